"""What was asked and decided before, counted as this group sees it: what is stored, and what the group will store.

Each number is counted once per group in the database, at no more rows than it may count to, and then moved by what the
use cases before wrote. Another replica that wrote meanwhile moves the head of the log; the group then runs once more
while it holds the head, over fresh counts. So no two requests ever take the last of a budget.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import cast

from bot.core.judging.counting import (
    APPROVED,
    LOOK_BACK,
    MOST,
    OPEN_IN_LANE,
    REJECTED,
    Counts,
    Uses,
    Window,
    answered_at,
    ruled_at,
    undertaking,
)
from bot.core.judging.precedent import change_of, precedent_in
from bot.core.request import ApprovalRequest, Precedent, State, Subject
from bot.store.codec import read_request
from bot.store.database import Values
from bot.store.transaction.ground import Ground

Moment = Callable[[ApprovalRequest], datetime | None]
"""Tells when a request began to count, or that it does not."""


class History:
    """Counts for the policy. Nothing is counted that nobody asks for."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def counts(self, source: str, subject: Subject, wanted: Collection[str]) -> Counts:
        """Return the *wanted* ones of :data:`bot.core.judging.counting.COUNTED`; the others are zero."""
        return Counts(
            approved_last_30d=self._answers(source, subject, State.APPROVED) if APPROVED in wanted else 0,
            rejected_last_30d=self._answers(source, subject, State.REJECTED) if REJECTED in wanted else 0,
            open_in_lane=self._open(source, subject.lane) if OPEN_IN_LANE in wanted and subject.lane else 0,
        )

    def uses(self, window: Window) -> Uses:
        """Return how often a rule was used in a window; the newest count, when there are more than the limit's."""
        after, most = self._ground.now - window.limit.per, window.limit.count

        def used_at(request: ApprovalRequest) -> datetime | None:
            ruling = request.ruling
            return ruled_at(request) if (ruling.rule, ruling.handling) == (window.rule, window.handling) else None

        fresh = sorted(self._moved(used_at, after))[-most:]
        stored, since = self._used(window, after, most)
        if stored + len(fresh) > most:
            stored, since = self._used(window, after, most - len(fresh))
        earliest = [] if since is None else [self._ground.tools.database.read_moment(since)]
        return Uses(count=stored + len(fresh), since=min((*earliest, *fresh), default=None))

    def precedent(self, source: str, subject: Subject) -> Precedent | None:
        """Return what people said of the same change last, if that was a no, as this group sees it."""
        change = change_of(source, subject)
        if change is None:
            return None
        fresh = [
            put.request
            for put in self._ground.puts().values()
            if answered_at(put.request) and change_of(put.request.source, put.request.subject) == change
        ]
        if not fresh:
            document = self._stored("answered_last", change)[0]
            fresh = [read_request(cast("str | bytes", document))] if document else []
        if not fresh:
            return None
        # What was answered in this group was answered at one moment; the newest of it was asked last.
        newest = max(fresh, key=lambda one: one.number)
        card = self._ground.tools.first("permalink", newest.id)
        return precedent_in(newest, card[0] if card else None)

    def _used(self, window: Window, after: datetime, most: int) -> Values:
        moment = self._ground.tools.database.moment(after)
        return self._stored("uses", window.rule, window.handling.value, moment, most)

    def _answers(self, source: str, subject: Subject, state: State) -> int:
        after, alike = self._ground.now - LOOK_BACK, undertaking(source, subject)

        def answered(request: ApprovalRequest) -> datetime | None:
            is_alike = request.state is state and undertaking(request.source, request.subject) == alike
            return answered_at(request) if is_alike else None

        moment = self._ground.tools.database.moment(after)
        stored = self._stored("answers", alike, state.value, moment, MOST)[0]
        return min(MOST, stored + len(self._moved(answered, after)))

    def _open(self, source: str, lane: str) -> int:
        def is_open(request: ApprovalRequest) -> bool:
            return request.state.is_open and (request.source, request.subject.lane) == (source, lane)

        moved = self._ground.puts().values()
        stored = self._stored("open_count", source, lane, 2 * MOST)[0]
        ended = sum(1 for put in moved if (was := self._ground.stored_of(put.request.id)) is not None and is_open(was))
        return min(MOST, stored - ended + sum(1 for put in moved if is_open(put.request)))

    def _stored(self, name: str, *values: object) -> Values:
        """Return what the statement *name* counts; the same answer all through the group."""
        counted = self._ground.counted
        found = counted.get((name, *values))
        if found is None:
            found = counted[name, *values] = self._ground.tools.first(name, *values) or (0, None)
        return found

    def _moved(self, moment_of: Moment, after: datetime) -> list[datetime]:
        """Return the moments, later than *after*, of what begins to count in this group, in its order.

        What was stored already when the group locked it, as it counts now, is in the database's count.
        """
        moments = list[datetime]()
        for put in self._ground.puts().values():
            moment, was = moment_of(put.request), self._ground.stored_of(put.request.id)
            if moment is not None and moment > after and (was is None or moment_of(was) is None):
                moments.append(moment)
        return moments
