"""GitHub: a deployment that waits for us is answered, told how it stands, and has a check run on its commit."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

import orjson

from bot.core.attempts import Attempt, Delivered, GiveUp, Unknown
from bot.core.request import State
from bot.core.view import RequestView
from bot.delivery.native.github.api import Ask, GitHubApi, read_ending, said_by
from bot.delivery.native.github.looking import (
    Elsewhere,
    Gone,
    Run,
    is_another,
    is_of_another_commit,
    look_at_run,
    look_at_what_waits,
)
from bot.delivery.native.github.words import draw_check, draw_decision, draw_report
from bot.delivery.native.receiver import Return, Terms
from bot.delivery.outward import Answered, Outward, Unanswered

MOST_REPORTS = 8
"""GitHub takes ten; a report that was sent and not noted down, as after a crash, must not be the eleventh."""

_QUIET = frozenset({State.CANCELLED, State.EXPIRED, State.SUPERSEDED})
"""Ends that nobody spoke: nothing is amiss when nothing waits for them any more."""

_DECIDED = re.compile(r"already|no longer|no pending|not (?:pending|waiting)|completed", re.IGNORECASE)


class GitHub:
    """Answers deployment protection rules.

    An address has ``repository``, ``run``, ``environment`` and ``installation``, and ``sha`` where there is a commit.
    A memo has the ``attempt`` of the run and its ``head`` as they were first seen, what was ``sent`` of a decision and
    may have got through, how many ``reports`` were sent and what the last one ``said``, the id of the ``check`` and
    what it shows.
    """

    def __init__(self, outward: Outward) -> None:
        self._api = GitHubApi(outward)

    def draw(self, view: RequestView, address: Mapping[str, Any], public_url: str) -> bytes:  # noqa: ARG002 - no link
        """Return the decision in GitHub's words."""
        return draw_decision(view.request, str(address["environment"]))

    async def answer(self, back: Return, body: bytes, now: datetime) -> Attempt:
        """Decide what waits, if it is still what was decided on; else give up, so that somebody looks."""
        if is_of_another_commit(back):
            return GiveUp(why="not sent: what waits there is not what the request speaks of")
        run = await look_at_run(self._api, back, now)
        if not isinstance(run, Run):
            return run
        found = await look_at_what_waits(self._api, back, run, now)
        memo = {**run.memo, **back.memo}
        if found is None:
            return await self._decide(replace(back, memo=memo), body, now)
        return (
            _not_taken(back, body, found.why, is_ours=isinstance(found, Gone))
            if isinstance(found, Gone | Elsewhere)
            else found
        )

    async def _decide(self, back: Return, body: bytes, now: datetime) -> Attempt:
        """Send it. That it was is noted first: where it was decided already, only then it may have been by us."""
        sent = {**back.memo, "sent": _digest(body)}
        await back.remember(sent)
        answer = await self._api.ask(back.terms, _review(back.address, body), now)
        if isinstance(answer, Answered) and answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            said = said_by(answer)
            if _DECIDED.search(said):
                return _not_taken(back, body, said)
        ending = read_ending(answer, now)
        if _certainly_failed(answer, ending):
            await back.remember(back.memo)
        return ending

    async def tell(self, back: Return, view: RequestView, public_url: str, now: datetime) -> Attempt:  # noqa: ARG002 - as above
        """Bring the check run up to date, then report how it stands while it waits."""
        detail = dict[str, object]()
        run = await look_at_run(self._api, back, now)
        if not isinstance(run, Run):
            return run
        memo = {**run.memo, **back.memo}
        if is_another(run, back) is not None:
            return Delivered(detail={"told": "not, it was tried again"})
        if memo != back.memo:
            await back.remember(memo)
        if back.terms.source.terms.get("check_run") and back.address.get("sha"):
            shown = await self._show_check(back, view, memo, now)
            if not isinstance(shown, Delivered):
                return shown
            detail |= shown.detail
        if view.request.state.is_open:
            reported = await self._report(back, view, memo, now)
            if not isinstance(reported, Delivered):
                return reported
            detail |= reported.detail
        return Delivered(detail=detail)

    async def inspect(self, terms: Terms) -> tuple[str, ...]:
        """Ask whether GitHub knows the App by this key, what it may, and where it is installed."""
        app = await self._api.ask_as_app(terms, "/app")
        if not isinstance(app, Answered):
            return (f"can't be asked: {app.why}",)
        if app.status != HTTPStatus.OK:
            return (f"does not know the App by its key: answered {app.status}: {said_by(app)}",)
        installed = await self._api.ask_as_app(terms, "/app/installations?per_page=1")
        is_installed = isinstance(installed, Answered) and installed.body.strip() not in {b"", b"[]"}
        return (*_lacks(app, has_check=bool(terms.source.terms.get("check_run"))), *([] if is_installed else _NOWHERE))

    async def _show_check(self, back: Return, view: RequestView, memo: dict[str, Any], now: datetime) -> Attempt:
        drawn = orjson.dumps(draw_check(view, str(back.address["environment"]), str(back.address["sha"])))
        digest, check = _digest(drawn), memo.get("check")
        if memo.get("shows") == digest or check == "refused":
            return Delivered()
        answer = await self._api.ask(back.terms, _check(back.address, check, drawn), now)
        if isinstance(answer, Answered) and answer.status in {HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY}:
            # It may not write checks, or not on this commit: the decision matters, and this is only shown.
            memo["check"] = "refused"
            await back.remember(memo)
            return Delivered(detail={"check": f"refused: {said_by(answer)}"})
        ending = read_ending(answer, now)
        if not isinstance(answer, Answered) or not isinstance(ending, Delivered):
            return ending
        memo |= {"check": check or _id_in(answer), "shows": digest}
        await back.remember(memo)
        return Delivered(detail={"check": str(memo["check"])})

    async def _report(self, back: Return, view: RequestView, memo: dict[str, Any], now: datetime) -> Attempt:
        body = draw_report(view, str(back.address["environment"]))
        sent: int = memo.get("reports", 0)
        if memo.get("said") == _digest(body) or sent >= MOST_REPORTS:
            return Delivered()
        ending = read_ending(await self._api.ask(back.terms, _review(back.address, body), now), now)
        if isinstance(ending, Delivered):
            await back.remember({**memo, "reports": sent + 1, "said": _digest(body)})
            return Delivered(detail={"reported": sent + 1})
        return ending


def _not_taken(back: Return, body: bytes, why: str, *, is_ours: bool = True) -> Attempt:
    """Return what it means that nothing waits: an attempt of ours got through if it may have; else somebody looks."""
    if is_ours and back.memo.get("sent") == _digest(body):
        return Delivered(detail={"said": why})
    if back.request.state in _QUIET:
        return Delivered(detail={"not_taken": why})
    return GiveUp(why=f"not taken: {why}")


def _certainly_failed(answer: Answered | Unanswered, ending: Attempt) -> bool:
    """Tell whether GitHub did nothing; an error of its own may have come after it did."""
    if isinstance(answer, Answered):
        return not isinstance(ending, Delivered) and answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return not isinstance(answer, Unknown)


_NOWHERE = ("is installed nowhere: install the App in the organisation or repository",)


def _lacks(app: Answered, *, has_check: bool) -> tuple[str, ...]:
    try:
        said = cast("dict[str, Any]", orjson.loads(app.body))
        may, hears = dict[str, str](said.get("permissions") or {}), set[str](said.get("events") or ())
    except (ValueError, TypeError, AttributeError):
        return ("answers nothing that could be read",)
    wanted = {"actions": "read", "deployments": "write", **({"checks": "write"} if has_check else {})}
    lacks = [
        f"lacks the permission {name}: {level}"
        for name, level in wanted.items()
        if may.get(name) not in {level, "write"}
    ]
    deaf = (
        [] if "deployment_protection_rule" in hears else ["is not subscribed to the event deployment_protection_rule"]
    )
    return (*lacks, *deaf)


def _review(address: Mapping[str, Any], body: bytes) -> Ask:
    path = f"/repos/{address['repository']}/actions/runs/{address['run']}/deployment_protection_rule"
    return Ask(installation=int(address["installation"]), method="POST", path=path, body=body)


def _check(address: Mapping[str, Any], check: object, body: bytes) -> Ask:
    path, installation = f"/repos/{address['repository']}/check-runs", int(address["installation"])
    if check is None:
        return Ask(installation=installation, method="POST", path=path, body=body)
    return Ask(installation=installation, method="PATCH", path=f"{path}/{check}", body=body)


def _id_in(answer: Answered) -> int | None:
    try:
        return int(cast("dict[str, Any]", orjson.loads(answer.body))["id"])
    except (ValueError, KeyError, TypeError):
        return None


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
