"""What would have been counted at each moment of a replay: people's answers as they were, budgets as they would be."""

from bisect import bisect_right, insort
from collections import defaultdict
from datetime import datetime

from bot.core.judging.counting import LOOK_BACK, MOST, Counts, Tally, Uses, Window, answered_at, undertaking
from bot.core.request import ApprovalRequest, State, Subject
from bot.core.ruling import Handling, Ruling


class Past:
    """Takes requests in the order they were asked."""

    def __init__(self) -> None:
        self._answers = defaultdict[tuple[str, State], list[datetime]](list)
        self._uses = defaultdict[tuple[str, Handling], list[datetime]](list)
        self._lanes = defaultdict[tuple[str, str], list[datetime | None]](list)

    def take(self, request: ApprovalRequest, ruling: Ruling) -> None:
        """Remember *request*, and the *ruling* that it would have had."""
        self._uses[ruling.rule, ruling.handling].append(request.created_at)
        answered = answered_at(request)
        if answered is not None:
            insort(self._answers[undertaking(request.source, request.subject), request.state], answered)
        if request.subject.lane:
            self._lanes[request.source, request.subject.lane].append(request.decision and request.decision.at)

    def counts(self, source: str, subject: Subject, now: datetime) -> Counts:
        """Return what conditions would have read at *now*."""
        alike = undertaking(source, subject)
        return Counts(
            approved_last_30d=_within(self._answers[alike, State.APPROVED], now - LOOK_BACK, now),
            rejected_last_30d=_within(self._answers[alike, State.REJECTED], now - LOOK_BACK, now),
            open_in_lane=self._open(source, subject.lane, now) if subject.lane else 0,
        )

    def _open(self, source: str, lane: str, now: datetime) -> int:
        """Count what has not ended, and forget the rest: time only goes on."""
        still = [end for end in self._lanes[source, lane] if end is None or end > now]
        self._lanes[source, lane] = still
        return min(MOST, len(still))

    def tally_at(self, now: datetime) -> Tally:
        """Return what says how often rules would have been used by *now*."""

        def tally(window: Window) -> Uses:
            uses, most = self._uses[window.rule, window.handling], window.limit.count
            inside = uses[bisect_right(uses, now - window.limit.per) :][-most:]
            return Uses(count=len(inside), since=inside[0] if inside else None)

        return tally


def _within(moments: list[datetime], after: datetime, now: datetime) -> int:
    return min(MOST, bisect_right(moments, now) - bisect_right(moments, after))
