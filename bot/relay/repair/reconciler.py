"""The slow pass: asks Slack, few times a minute, whether the cards still show what they should.

It sends nothing itself. What is wrong becomes a row in the outbox, as if the request had just changed, and there it is
merged with what was to be sent anyway. Where it stands is a column of the cards, so it goes on after a restart, and
several replicas share the work.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.relay.repair.books import RepairBooks
from bot.relay.repair.judging import BROKEN, Found, Judged
from bot.relay.repair.looking import Watcher
from bot.relay.repair.notices import RepairNotices


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How much one round may do: ``calls`` to Slack, ``looks`` at cards, ``repairs`` begun.

    What was given up is tried again when it is ``patience`` old.
    """

    calls: int = 10
    looks: int = 200
    repairs: int = 20
    patience: timedelta = timedelta(hours=1)


AT_ONCE = Terms(calls=40, looks=1000, repairs=100, patience=timedelta())
"""What an operator may ask for: still less than Slack allows in a minute."""

_GIVEN_UP = "given_up"


class Reconciler:
    """One round at a time; rounds of several processes share the cards."""

    def __init__(self, books: RepairBooks, watcher: Watcher, notices: RepairNotices) -> None:
        self._books = books
        self._watcher = watcher
        self._notices = notices
        self._one_at_a_time = asyncio.Lock()

    async def tick(self) -> None:
        """Do one round of the slow pass. With nothing to look at it costs a few reads, and writes nothing."""
        async with self._one_at_a_time:
            await self._round(Terms())

    async def repair_now(self) -> dict[str, object]:
        """Look at as many cards as may be at once, and say what was found and how many are left to the slow pass."""
        async with self._one_at_a_time:
            await self._books.hasten()
            counted = await self._round(AT_ONCE)
        broken = {str(found): count for found, count in sorted(counted.items()) if found in BROKEN}
        looked = counted.total() - counted[_GIVEN_UP] - counted[Found.MISSING]
        return {"looked": looked, "broken": broken, _GIVEN_UP: counted[_GIVEN_UP], "left": await self._books.left()}

    async def _round(self, terms: Terms) -> Counter[str]:
        retried, lines = await self._books.retry(terms.patience)
        posted = await self._books.post_missing(terms.repairs)
        self._notices.retried(retried, lines)
        self._notices.posted(posted)
        counted = Counter({_GIVEN_UP: retried, Found.MISSING.value: posted})
        looks = await self._books.take(terms.looks)
        judged = await self._watcher.judge(looks, terms.calls)
        lacking = sorted({one.look.request for one in judged if one.lacks})
        beside = await self._books.post_beside(lacking[: max(0, terms.repairs - posted)])
        self._notices.posted(beside)
        counted[Found.MISSING] += beside
        posted += beside
        for one in await self._books.settle(tuple(_bounded(judged, terms.repairs - posted))):
            self._notices.looked(one)
            counted[one.found.value] += 1
        self._notices.waiting(await self._books.left())
        return +counted


def _bounded(judged: Sequence[Judged], repairs: int) -> Iterator[Judged]:
    """Yield *judged* with what is more than may be repaired at once left to the next round."""
    for one in judged:
        repairs -= one.is_repaired
        yield one if repairs >= 0 or not one.is_repaired else replace(one, found=Found.UNSEEN, mark=None, words=None)
