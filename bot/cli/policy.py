"""`jit policy`: whether the file is right, and what it would say to a request."""

import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Annotated

import orjson
import typer

from bot.cli.chosen import chosen_settings
from bot.cli.given import GIVEN, read_given
from bot.cli.online import check_online
from bot.cli.output import AS_JSON, print_json, print_lines
from bot.core.evidence import TestEvidence, merged
from bot.core.judging.facts import Facts
from bot.core.judging.ownership import owned
from bot.core.judging.policy import Policy
from bot.core.judging.source import Source
from bot.machine import utc_now
from bot.policy import Explanation, Verdict, check_policy, explain, load_policy, run_cases, tests_given
from bot.reports import ReportUnreadable, read_report
from handlers.api.asking.bodies import read_documents, read_json
from handlers.api.asking.model import RequestAsked
from handlers.api.asking.reading import read_subject, read_tests
from handlers.problems import Problem

commands = typer.Typer(help="Check the policy file, and try it on a request.", no_args_is_help=True)


class _Unaskable(Exception):
    """A body that the API would refuse, with everything that is wrong with it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


PolicyFile = Annotated[Path | None, typer.Option("--file", "-f", help="The policy file, instead of JIT_POLICY_FILE.")]


@commands.command()
def check(
    file: PolicyFile = None,
    *,
    online: Annotated[bool, typer.Option("--online", help="Also ask Slack for the channels and people in it.")] = False,
) -> None:
    """Say whether the policy file can be used; exit 78 with every error in it when not."""
    path = file or chosen_settings().policy_file
    checked = check_policy(path)
    for warning in checked.warnings:
        sys.stderr.write(f"jit: warning: {warning}\n")
    policy = checked.policy
    print_lines([f"{path}: good: {len(policy.rules)} rules, {len(policy.sources)} sources, {policy.hash[:19]}"])
    if online:
        check_online(path, chosen_settings())


@commands.command(name="explain")
def explain_request(
    request: Annotated[str, typer.Argument(help="A file with the body of POST /v1/requests; - reads standard input.")],
    source: Annotated[str | None, typer.Option(help="Who asks; not needed when the policy names one source.")] = None,
    given: Annotated[list[str] | None, GIVEN] = None,
    file: PolicyFile = None,
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Say what the policy would do with a request, when silence brings what, and why; nothing is asked or stored."""
    policy = load_policy(file or chosen_settings().policy_file)
    taken = read_given(given or (), policy)
    try:
        facts = _facts(_body(request), _source(policy, source), policy, taken.now)
    except _Unaskable as unaskable:
        raise typer.BadParameter("; ".join(unaskable.faults)) from None
    facts = replace(facts, counts=taken.counts, tests=tests_given(taken.triage, facts.tests))
    explanation = explain(policy, facts, taken.tally)
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
        "explanation": ruling.lines,
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


@commands.command(name="test")
def try_cases(
    cases: Annotated[Path, typer.Argument(help="A file of cases: requests, and what must come of each.")],
    file: PolicyFile = None,
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Try the policy on cases; exit 1 when one does not come out as expected. Made for the policy's own CI."""
    policy = load_policy(file or chosen_settings().policy_file)

    def read_facts(body: dict[str, object], source: str | None, now: datetime | None) -> Facts | list[str]:
        try:
            return _facts(orjson.dumps(body), _source(policy, source), policy, now)
        except typer.BadParameter as error:
            return [error.message]
        except _Unaskable as unaskable:
            return unaskable.faults

    verdicts = run_cases(cases, policy, read_facts)
    if as_json:
        print_json([asdict(verdict) | {"ok": not verdict.faults} for verdict in verdicts])
    else:
        print_lines(chain.from_iterable(map(_report, verdicts)))
        failed = sum(1 for verdict in verdicts if verdict.faults)
        print_lines([f"{len(verdicts)} cases, {failed} failed" if failed else f"{len(verdicts)} cases, all good"])
    if any(verdict.faults for verdict in verdicts):
        raise typer.Exit(1)


def _report(verdict: Verdict) -> Iterator[str]:
    yield f"{'FAILED' if verdict.faults else 'good'}: {verdict.name}"
    if verdict.faults:
        yield from (f"    {fault}" for fault in verdict.faults)
        yield from (f"      {step}" for step in verdict.explanation)


def _facts(body: bytes, source: Source, policy: Policy, now: datetime | None = None) -> Facts:
    """Read the body by the API's own rules, so that what is explained is what would be asked."""
    try:
        asked = read_json(RequestAsked, body)
        read_documents({"parameters": asked.parameters, "metadata": asked.metadata}, body)
        subject = read_subject(asked, policy.people, source)
        tests = read_tests(asked.tests) if asked.tests else _reported(asked)
    except Problem as problem:
        faults = [f"{fault.pointer or '/'}: {fault.detail}" for fault in problem.faults]
        raise _Unaskable(faults or [problem.detail]) from None
    except ReportUnreadable as error:
        raise _Unaskable([f"/reports: {error}"]) from None
    tests = owned(tests, subject.repository, policy.owners_of)
    return Facts(subject=subject, tests=tests, source=source.name, now=now or utc_now())


def _reported(asked: RequestAsked) -> TestEvidence:
    reports = [read_report(one.content.encode(), one.name or "report", one.format) for one in asked.reports]
    return merged(reports) if reports else TestEvidence()
