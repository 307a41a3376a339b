"""Whether the very deployment that was decided on still waits: a run that is tried again keeps its id."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast

import orjson

from bot.core.attempts import GiveUp, TryLater, Unknown
from bot.delivery.native.github.api import Ask, GitHubApi, read_ending
from bot.delivery.native.receiver import Memo, Return
from bot.delivery.outward import Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as it is now: its ``attempt``, when that began (aware UTC), of which commit, by which event."""

    attempt: int
    began: datetime
    sha: str
    event: str
    is_over: bool

    @property
    def memo(self) -> Memo:
        """What is kept in mind of it from the first look on."""
        return {"attempt": self.attempt, "head": self.sha}


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What was decided on is not what waits there."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """It is still that run, and nothing waits for us there any more."""

    why: str


Failed = GiveUp | TryLater | Unknown


async def look_at_run(api: GitHubApi, back: Return, now: datetime) -> Run | Failed:
    """Return the run as GitHub shows it."""
    answer = await _get(api, back, "", now)
    if not isinstance(answer, Answered):
        return answer
    try:
        said = cast("dict[str, Any]", orjson.loads(answer.body))
        return Run(
            attempt=int(said["run_attempt"]),
            began=datetime.fromisoformat(str(said["run_started_at"])).astimezone(UTC),
            sha=str(said["head_sha"]),
            event=str(said["event"]),
            is_over=said["status"] == "completed",
        )
    except (ValueError, KeyError, TypeError):
        return TryLater(why="what GitHub shows of the run can't be read")


async def look_at_what_waits(api: GitHubApi, back: Return, run: Run, now: datetime) -> Elsewhere | Gone | Failed | None:
    """Return why the decision may not be sent; None: it may."""
    stranger = is_another(run, back)
    if stranger is not None:
        return Elsewhere(why=stranger)
    if run.is_over:
        return Gone(why="the run is over")
    answer = await _get(api, back, "/pending_deployments", now)
    if not isinstance(answer, Answered):
        return answer
    try:
        said = cast("list[dict[str, Any]]", orjson.loads(answer.body))
        waiting = {str(one["environment"]["name"]).casefold() for one in said}
    except (ValueError, KeyError, TypeError):
        return TryLater(why="what GitHub shows of the pending deployments can't be read")
    environment = str(back.address["environment"])
    return None if environment.casefold() in waiting else Gone(why=f"nothing waits for {environment} there")


def is_another(run: Run, back: Return) -> str | None:
    """Return why *run* is not what was asked about, if it is not."""
    sha, attempt = back.address.get("sha"), back.memo.get("attempt", run.attempt)
    if back.since is None or run.began > back.since:
        return f"the run was tried again after this was asked (attempt {run.attempt})"
    if run.attempt != attempt:
        return f"the run is at attempt {run.attempt}, and this was asked at attempt {attempt}"
    # Of a pull request GitHub shows the head of its branch there, and deploys what it would be merged to.
    of_a_pull_request = run.event.startswith("pull_request")
    if run.sha != back.memo.get("head", run.sha) or (run.sha != sha and not of_a_pull_request):
        return f"the run is of the commit {run.sha[:12]}, and this was asked of {str(sha)[:12]}"
    return None


def is_of_another_commit(back: Return) -> bool:
    """Tell whether the request speaks of another commit than what would be answered."""
    address, subject = back.address, back.request.subject
    shown: Mapping[str, object] = {
        "sha": subject.commit,
        "environment": subject.environment,
        "repository": subject.repository,
    }
    return any(address.get(name) != value for name, value in shown.items())


async def _get(api: GitHubApi, back: Return, what: str, now: datetime) -> Answered | Failed:
    path = f"/repos/{back.address['repository']}/actions/runs/{back.address['run']}{what}"
    answer = await api.ask(
        back.terms, Ask(installation=int(back.address["installation"]), method="GET", path=path), now
    )
    if isinstance(answer, Answered) and answer.status == HTTPStatus.OK:
        return answer
    ending = read_ending(answer, now)
    return ending if isinstance(ending, Failed) else TryLater(why="GitHub did not show the run")
