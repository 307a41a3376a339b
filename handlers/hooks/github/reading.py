"""What a delivery of GitHub means: pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from fnmatch import fnmatchcase
from typing import cast

from bot.core.judging.source import Source
from handlers.hooks.delivery import Delivery, read_payload, require_json
from handlers.hooks.github.payloads import ProtectionRule, PullRequest, Repository, WorkflowRun
from handlers.hooks.meanings import Asked, Ended, Meaning, Nothing, Ping
from handlers.problems import Fault, invalid

_SHOWN_SHA = 12
_OVER = frozenset({"cancelled", "failure", "neutral", "skipped", "stale", "startup_failure", "success", "timed_out"})
"""Conclusions after which nothing of a run waits any more; ``action_required`` is none of them."""

_STRANGE = Nothing(why="not one of ours: the policy's source names its owner or repository neither")

_CALLBACK = re.compile(
    r"/repos/(?P<repository>[^/]+/[^/]+)/actions/runs/(?P<run>[0-9]{1,16})/deployment_protection_rule"
)


def read(delivery: Delivery, source: Source) -> Meaning:
    """Return what it means. Raises Problem: 400, 415, 422."""
    require_json(delivery.headers)
    event = delivery.headers.get("X-GitHub-Event", "")
    match event:
        case "ping":
            return Ping()
        case "deployment_protection_rule":
            rule = read_payload(ProtectionRule, delivery.body)
            return _read_rule(rule, source) if _is_ours(rule.repository, source) else _STRANGE
        case "workflow_run":
            told = read_payload(WorkflowRun, delivery.body)
            return _read_run(told) if _is_ours(told.repository, source) else _STRANGE
        case _:
            return Nothing(why="the App need not be subscribed to this event")


def _is_ours(repository: Repository, source: Source) -> bool:
    """Tell whether the policy lets it ask; GitHub knows no case in names."""
    name = repository.full_name.lower()
    owners, globs = (cast("Sequence[str] | None", source.terms.get(key)) for key in ("owners", "repositories"))
    is_owned = name.partition("/")[0] in {owner.lower() for owner in owners or ()}
    return is_owned or any(fnmatchcase(name, glob.lower()) for glob in globs or ())


def _read_rule(rule: ProtectionRule, source: Source) -> Meaning:
    if rule.action != "requested":
        return Nothing(why="only what is requested is asked")
    repository, deployment, run = rule.repository, rule.deployment, _run_of(rule, source)
    fields = {
        "title": f"Deploy {repository.name} to {rule.environment}"[:300],
        "action": "deploy",
        "service": repository.name,
        "environment": rule.environment,
        "repository": repository.full_name,
        "ref": deployment.ref,
        "commit": deployment.sha,
        "lane": f"{repository.full_name}/{rule.environment}",
        "requester": {"github": rule.sender.login},
        "authors": [{"github": login} for login in _authors(rule.pull_requests)],
        "parameters": {"event": rule.event} if rule.event else {},
        "links": _links(rule, run),
        "metadata": {"run": str(run), "deployment": str(deployment.id)},
    }
    return Asked(
        # A run that is tried again makes new deployments: each waits for an answer of its own.
        key=f"deployment:{deployment.id}",
        fields=fields,
        matter=_matter(repository.full_name, run),
        since=deployment.created_at.astimezone(UTC),
        address={
            "repository": repository.full_name,
            "run": run,
            "environment": rule.environment,
            "installation": rule.installation.id,
            "sha": deployment.sha,
        },
        is_kept_posted=True,
    )


def _read_run(told: WorkflowRun) -> Meaning:
    run = told.workflow_run
    if told.action != "completed" or run.conclusion not in _OVER:
        return Nothing(why="only a run that is over ends what waits in it")
    return Ended(
        matter=_matter(told.repository.full_name, run.id),
        at=told.ended_at.astimezone(UTC),
        reason=f"The run on GitHub ended: {run.conclusion}",
    )


def _run_of(rule: ProtectionRule, source: Source) -> int:
    """Return the run that waits: GitHub wants to be answered there, below the API of the policy and nowhere else."""
    base = str(source.terms["api_url"]).rstrip("/")
    found = _CALLBACK.fullmatch(rule.deployment_callback_url.removeprefix(base))
    is_ours = rule.deployment_callback_url.startswith(f"{base}/")
    if not is_ours or found is None or found["repository"].lower() != rule.repository.full_name.lower():
        detail = f"must be that of a run of the repository, below the source's api_url ({base})"
        raise invalid([Fault(pointer="/deployment_callback_url", detail=detail)])
    return int(found["run"])


def _matter(repository: str, run: int) -> str:
    return f"{repository}/runs/{run}"


def _authors(pulls: Sequence[PullRequest]) -> list[str]:
    return list(dict.fromkeys(pull.user.login for pull in pulls if pull.user is not None))[:100]


def _links(rule: ProtectionRule, run: int) -> list[Mapping[str, str]]:
    page = rule.repository.html_url
    commit = rule.deployment.sha
    links: list[Mapping[str, str]] = [
        {"label": "Run", "url": f"{page}/actions/runs/{run}"},
        {"label": f"Commit {commit[:_SHOWN_SHA]}", "url": f"{page}/commit/{commit}"},
    ]
    for pull in rule.pull_requests[:20]:
        title = f"#{pull.number} {pull.title}".strip()
        links.append({"label": title[:200], "url": f"{page}/pull/{pull.number}"})
    return links
