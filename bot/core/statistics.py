"""What came of what was asked, by rule: how much, how it ended, and how long people took."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from bot.core.request import State
from bot.core.ruling import Handling


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What is left of one request when only its course matters. ``answered_at`` is when people settled it, if any."""

    rule: str
    handling: Handling
    state: State
    ruled_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of some requests. ``asked`` counts those that were put to people, ``auto`` all others.

    ``unanswered`` are those approved or rejected that no person answered: silence, or an emergency, settled them.
    Half of the people's answers took at most ``median``, nine of ten at most ``ninetieth``.
    """

    asked: int = 0
    approved: int = 0
    rejected: int = 0
    expired: int = 0
    withdrawn: int = 0
    open: int = 0
    unanswered: int = 0
    auto_approved: int = 0
    auto_rejected: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None

    @property
    def auto(self) -> int:
        """How many the policy settled by itself."""
        return self.auto_approved + self.auto_rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What came of all, and of each rule's, the most used first."""

    total: Tally
    by_rule: tuple[tuple[str, Tally], ...]


def fold(traces: Iterable[Trace], since: datetime) -> Statistics:
    """Return what came of those *traces* that were ruled later than *since*."""
    found = [trace for trace in traces if trace.ruled_at > since]
    rules: dict[str, list[Trace]] = {}
    for trace in found:
        rules.setdefault(trace.rule, []).append(trace)
    by_rule = sorted(((rule, _tally(those)) for rule, those in rules.items()), key=lambda one: -_size(one[1]))
    return Statistics(total=_tally(found), by_rule=tuple(by_rule))


def _size(tally: Tally) -> int:
    return tally.asked + tally.auto


def _tally(traces: Sequence[Trace]) -> Tally:
    auto = [trace.state for trace in traces if trace.handling is not Handling.REQUIRE_APPROVAL]
    asked = [trace for trace in traces if trace.handling is Handling.REQUIRE_APPROVAL]
    states = [trace.state for trace in asked]
    settled = [trace for trace in asked if trace.state in {State.APPROVED, State.REJECTED}]
    times = sorted(_times(asked))
    return Tally(
        asked=len(asked),
        approved=states.count(State.APPROVED),
        rejected=states.count(State.REJECTED),
        expired=states.count(State.EXPIRED),
        withdrawn=states.count(State.CANCELLED) + states.count(State.SUPERSEDED),
        open=sum(1 for state in states if state.is_open),
        unanswered=sum(1 for trace in settled if trace.answered_at is None),
        auto_approved=auto.count(State.APPROVED),
        auto_rejected=auto.count(State.REJECTED),
        median=_rank(times, 0.5),
        ninetieth=_rank(times, 0.9),
    )


def _times(asked: Iterable[Trace]) -> Iterator[timedelta]:
    return (trace.answered_at - trace.ruled_at for trace in asked if trace.answered_at is not None)


def _rank(times: Sequence[timedelta], part: float) -> timedelta | None:
    """Return the shortest time that at least *part* of them did not exceed; *times* are in order."""
    return times[ceil(part * len(times)) - 1] if times else None
