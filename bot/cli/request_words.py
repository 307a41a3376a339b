"""A request on a terminal: one row in a list, and everything about it with its history."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.core.evidence import Failure
from bot.core.life import quorum
from bot.core.life.demanding import LONGEST_CONDITION
from bot.core.moments import read_moment
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest, Precedent, Settled
from bot.core.view import RequestView
from bot.slack.cards.company import numbers
from bot.slack.words import rich, texts, triage, who
from bot.slack.words.endings import in_category
from bot.store import AuditRow

HEADINGS = ("#", "state", "title", "where", "who", "when (UTC)")
ELASTIC = frozenset({"title", "where", "who"})

_FAILURES = 20
_RELAY = "slack:"


def draw_row(request: ApprovalRequest) -> tuple[object, ...]:
    """Return the row under HEADINGS: who it waits for and until when, or who ended it and when that is or was."""
    subject = request.subject
    where = " · ".join(filter(None, (subject.service, subject.environment)))
    return (request.number, request.state.value, subject.title, where, _who(request), _when(request))


def draw_whole(view: RequestView, history: tuple[AuditRow, ...]) -> Iterator[str]:
    """Yield the lines about one request."""
    yield f"#{view.request.number} {view.request.state.value}: {view.request.subject.title}"
    shared = [("card", f"{numbers(view)} share one card")] if view.company else []
    for label, text in (
        *_asked(view.request),
        *shared,
        *_rules(view.request),
        *_looking(view.request),
        *_ended(view.request),
    ):
        if text:
            yield f"  {label:<9}{text}"
    yield f"  {'tests':<9}{texts.count(view.tests)}"
    for failure in view.tests.failures[:_FAILURES]:
        yield from (f"  {'':<9}{line}" for line in _failure(failure))
    if len(view.tests.failures) > _FAILURES:
        yield f"  {'':<9}and {len(view.tests.failures) - _FAILURES} more; --json shows all"
    yield "history (UTC):"
    for row in history:
        yield _event(row.entry)


def _failure(failure: Failure) -> Iterator[str]:
    yield f"- {triage.WORDS[failure.triage]}: {failure.id}{f': {failure.message}' if failure.message else ''}"
    if about := " · ".join(filter(None, (failure.owner, triage.whole_past(failure)))):
        yield f"  {about}"


def _who(request: ApprovalRequest) -> str:
    if request.decision is not None:
        return f"by {_name(request.decision.by)}"
    if request.settled is not None:
        return f"{_settled(request.settled)} by {_name(request.settled.decision.by)}, can be undone"
    return who.approvers(request) if request.state.is_open else ""


def _when(request: ApprovalRequest) -> str:
    if request.decision is not None:
        return _minute(request.decision.at)
    if request.settled is not None:
        return f"released {_minute(request.settled.release_at)}"
    return f"until {_minute(request.deadline)}" if request.deadline is not None else _minute(request.created_at)


def _asked(request: ApprovalRequest) -> Iterator[tuple[str, str | None]]:
    subject = request.subject
    by = f" by {subject.requester.key}" if subject.requester else ""
    yield "what", texts.place(subject)
    yield "asked", f"{_second(request.created_at)} UTC{by}, through {request.source}"
    yield "reason", subject.reason
    yield "commit", subject.commit
    yield "before", _before(request.precedent)
    for one in request.earlier:
        void = f"; {texts.approvals(one.voided)} void" if one.voided else ""
        yield "changed", f"{_second(one.replaced_at)} UTC since revision {one.revision}: {one.since}{void}"
    yield "id", request.id


def _before(earlier: Precedent | None) -> str | None:
    if earlier is None:
        return None
    about, reason = in_category(earlier.category), f": {earlier.reason}" if earlier.reason else ""
    return f"#{earlier.number} of this change was rejected by {_name(earlier.by)}{about}, {_minute(earlier.at)}{reason}"


def _looking(request: ApprovalRequest) -> Iterator[tuple[str, str | None]]:
    claim = request.claim
    if claim is not None:
        yield "looking", f"{claim.by.name}, until {_second(claim.until)} UTC"


def _rules(request: ApprovalRequest) -> Iterator[tuple[str, str | None]]:
    ruling = request.ruling
    yield "rule", f"{ruling.rule} ({ruling.handling.value})"
    for stage in ruling.stages:
        yield (
            "stage",
            f"{stage.name}: {stage.quorum} of {who.free_of(request, None if stage.anyone else stage.approvers)}",
        )
    if request.settled is not None:
        release = _second(request.settled.release_at)
        yield "settled", f"{_settled(request.settled)}, to be released {release} UTC unless it is undone"
    elif request.state.is_open and ruling.stages:
        many, whom = who.needed(request)
        yield "waits", f"{many}{whom}"
    if ruling.stages:
        until = f" at {_second(request.deadline)} UTC" if request.deadline is not None else ""
        yield "silence", f"{texts.silence(request)}{until}"
    yield "shown in", ", ".join(ruling.channels)


def _ended(request: ApprovalRequest) -> Iterator[tuple[str, str | None]]:
    for review, replaced_at in zip(request.reviews, quorum.replaced(request), strict=True):
        void = f" (of revision {review.revision}, no longer counts)" if review.void else ""
        void += " (taken back)" if review.withdrawn else ""
        void += " (replaced by a later answer)" if replaced_at else ""
        reason = f": {review.reason}" if review.reason else ""
        did = f"{texts.verdict(review.verdict, review.category)} by {_name(review.by)}"
        under = texts.under(review.condition, LONGEST_CONDITION)
        yield "answer", f"{_second(review.at)} UTC {did}{under}{void}{reason}"
    decision = request.decision
    if decision is not None:
        reason = f": {decision.reason}" if decision.reason else ""
        yield "decided", f"{_second(decision.at)} UTC {request.state.value} by {_name(decision.by)}{reason}"
        for condition in decision.conditions:
            yield "if", condition


def _settled(settled: Settled) -> str:
    return "approved" if settled.is_yes else "rejected"


def _name(actor: Actor) -> str:
    return rich.called(actor.name, actor.via)


def _event(entry: Mapping[str, Any]) -> str:
    line = f"  {_second(read_moment(entry['at']))}  {entry['event']}  {entry['actor']['name']}"
    return f"{line}{_why(entry['detail'])}"


def _why(detail: Mapping[str, Any]) -> str:
    """Say what a line of the log is about, where it says so: where to, what, and why it was not."""
    where = str(detail.get("destination") or "").removeprefix(_RELAY)
    said = next((str(detail[key]) for key in ("sentence", "why", "skipped", "reason") if detail.get(key)), "")
    words = ": ".join(filter(None, (str(detail.get("verdict") or ""), said)))
    return "".join((f" to {where}" if where else "", f": {words}" if words else ""))


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%m-%d %H:%M}"


def _second(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
