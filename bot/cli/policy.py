"""`jit policy`: whether the file is right, and what it would say to a request."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.app import utc_now
from bot.cli.output import AS_JSON, print_json, print_lines
from bot.core.evidence import TestEvidence, merged
from bot.core.rules import Facts, Policy, Source
from bot.policy import Explanation, check_policy, explain, load_policy
from bot.reports import ReportUnreadable, read_report
from bot.settings import read_settings
from handlers.api.asking.bodies import read_documents, read_json
from handlers.api.asking.model import RequestAsked
from handlers.api.asking.reading import read_subject, read_tests
from handlers.problems import Problem

commands = typer.Typer(help="Check the policy file, and try it on a request.", no_args_is_help=True)

PolicyFile = Annotated[Path | None, typer.Option("--file", "-f", help="The policy file, instead of JIT_POLICY_FILE.")]


@commands.command()
def check(file: PolicyFile = None) -> None:
    """Say whether the policy file can be used; exit 78 with every error in it when not."""
    path = file or read_settings().policy_file
    checked = check_policy(path)
    for warning in checked.warnings:
        sys.stderr.write(f"jit: warning: {warning}\n")
    policy = checked.policy
    print_lines([f"{path}: good: {len(policy.rules)} rules, {len(policy.sources)} sources, {policy.hash[:19]}"])


@commands.command(name="explain")
def explain_request(
    request: Annotated[str, typer.Argument(help="A file with the body of POST /v1/requests; - reads standard input.")],
    source: Annotated[str | None, typer.Option(help="Who asks; not needed when the policy names one source.")] = None,
    file: PolicyFile = None,
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Say what the policy would do with a request, and why; nothing is asked and nothing is stored."""
    policy = load_policy(file or read_settings().policy_file)
    explanation = explain(policy, _facts(_body(request), _source(policy, source), policy))
    if as_json:
        print_json(_draw(explanation))
    else:
        print_lines(explanation.lines)


def _draw(explanation: Explanation) -> dict[str, object]:
    ruling = explanation.ruling
    return {
        "rule": ruling.rule,
        "outcome": ruling.handling,
        "reason": ruling.reason,
        "explanation": ruling.explanation,
        "lines": explanation.lines,
    }


def _body(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _source(policy: Policy, name: str | None) -> Source:
    if name is None and len(policy.sources) == 1:
        return next(iter(policy.sources.values()))
    found = policy.sources.get(name or "")
    if found is None:
        raise typer.BadParameter(
            f"name one of the policy's sources with --source: {', '.join(policy.sources) or 'none'}"
        )
    return found


def _facts(body: bytes, source: Source, policy: Policy) -> Facts:
    """Read the body by the API's own rules, so that what is explained is what would be asked."""
    try:
        asked = read_json(RequestAsked, body)
        read_documents({"parameters": asked.parameters, "metadata": asked.metadata}, body)
        subject = read_subject(asked, policy.people, source)
        tests = read_tests(asked.tests) if asked.tests else _reported(asked)
    except Problem as problem:
        faults = [f"{fault.pointer or '/'}: {fault.detail}" for fault in problem.faults]
        raise typer.BadParameter("; ".join(faults) or problem.detail) from None
    except ReportUnreadable as error:
        raise typer.BadParameter(f"/reports: {error}") from None
    return Facts(subject=subject, tests=tests, source=source.name, now=utc_now())


def _reported(asked: RequestAsked) -> TestEvidence:
    reports = [read_report(one.content.encode(), one.name or "report", one.format) for one in asked.reports]
    return merged(reports) if reports else TestEvidence()
