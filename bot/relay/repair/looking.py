"""Looks at cards in Slack, as many as a few calls allow: those of one channel that stand together are seen together."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.request import RequestId
from bot.core.view import Detour, RequestView
from bot.relay.repair.judging import Care, Found, Judged, Sighting, care_for, is_own, judge
from bot.relay.repair.notices import RepairNotices
from bot.slack.faults import CALL_ERRORS, Fault, is_closed, read_fault
from bot.slack.workspace.sight import Page, Sight
from bot.store import Look

_REST = timedelta(minutes=1)
"""How long Slack is left alone at least when it did not answer, or did not want to."""


class Draws(Protocol):
    """Tells drawings of a card apart."""

    def digest(self, view: RequestView, channel: str, detour: Detour | None) -> str:
        """Return the digest of what the card in *channel* shows now."""
        ...


class Views(Protocol):
    """Knows how requests stand."""

    async def view(self, request_id: RequestId) -> RequestView | None:
        """Return the request as it is now."""
        ...


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A card, what it is worth, and how it should look."""

    look: Look
    care: Care
    drawn: str

    @property
    def ts(self) -> str:
        return self.look.card.ts

    def found(self, found: Found, why: str | None = None) -> Judged:
        return Judged(look=self.look, found=found, care=self.care, why=why)


class _Budget:
    """The calls that are left of a round."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0


class Watcher:
    """Asks Slack; how often, its caller says. By *clock* (aware UTC) it leaves Slack alone after a refusal."""

    def __init__(
        self, books: Views, sight: Sight, draws: Draws, notices: RepairNotices, clock: Callable[[], datetime]
    ) -> None:
        self._books = books
        self._sight = sight
        self._draws = draws
        self._notices = notices
        self._clock = clock
        self._rest_until: datetime | None = None

    async def judge(self, looks: Sequence[Look], calls: int) -> list[Judged]:
        """Return what is wrong with each of *looks*, with at most so many *calls* to Slack."""
        judged, channels, budget = list[Judged](), defaultdict[str, list[_Wanted]](list), _Budget(calls)
        lacking = set[RequestId]()
        for look in looks:
            view = await self._books.view(look.request)
            if view is None or not is_own(look.card, view):
                judged.append(Judged(look=look, found=Found.BORROWED, care=Care.NONE))
                continue
            lacking |= {look.request} if view.bare_channels() else set()
            care = care_for(view.request, self._clock())
            drawn = self._draws.digest(view, look.card.channel, look.card.detour)
            channels[look.card.channel_id].append(_Wanted(look, care, drawn))
        for channel, wanted in channels.items():
            judged += await self._in_channel(channel, wanted, budget)
        return [replace(one, lacks=one.look.request in lacking) for one in judged]

    async def _in_channel(self, channel: str, wanted: list[_Wanted], budget: _Budget) -> list[Judged]:
        left, judged = sorted(wanted, key=lambda one: one.ts, reverse=True), list[Judged]()
        try:
            if not self._is_resting() and budget.take():
                if (why := await self._sight.closed(channel)) is not None:
                    return [one.found(Found.CLOSED, why) for one in left]
                while left and budget.take():
                    page = await self._sight.look(channel, left[0].ts)
                    if page is None:
                        break
                    judged += _judged(left, page)
                    left = [one for one in left if one.ts < page.oldest]
        except CALL_ERRORS as error:
            fault = read_fault(error)
            if is_closed(fault):
                return [*judged, *(one.found(Found.CLOSED, fault.code) for one in left)]
            self._rest(fault)
        return [*judged, *(one.found(Found.UNSEEN) for one in left)]

    def _rest(self, fault: Fault) -> None:
        rest = max(fault.after or _REST, _REST)
        self._rest_until = self._clock() + rest
        self._notices.held(str(fault), rest.total_seconds())

    def _is_resting(self) -> bool:
        now, until = self._clock(), self._rest_until
        # A clock that was set back must not make the rest longer than any rest is.
        return until is not None and now < until <= now + timedelta(hours=1)


def _judged(left: Sequence[_Wanted], page: Page) -> Iterator[Judged]:
    for one in left:
        if one.ts >= page.oldest:
            seen = Sighting(is_there=one.ts in page.words, words=page.words.get(one.ts))
            yield judge(one.look, care=one.care, drawn=one.drawn, seen=seen)
