"""A trouble is told once, whoever meets it, until it is mended; on both databases."""

import asyncio
from datetime import datetime

from bot.core.alarm import Alarm
from bot.core.events import Happened
from bot.core.people.identity import Actor, Via
from bot.store import Store, Transaction
from tests.store.conftest import Clock, OpenStore

RELAY = Actor(name="relay", via=Via.RELAY)


async def sounded(store: Store, what: str = "is_archived") -> bool:
    """Sound it as the house does: with a line in the log."""

    def sound(tx: Transaction, now: datetime) -> bool:
        tx.note(Happened(event="channel.unusable", at=now, by=RELAY, state=None, detail={}), None)
        return tx.alarms.sound("channel:#a", what, "#admins")

    return await store.committer.run(sound)


async def known(store: Store) -> Alarm | None:
    return await store.committer.run(lambda tx, _: tx.alarms.of("channel:#a"))


async def test_the_same_trouble_is_news_once_and_keeps_its_beginning(store: Store, clock: Clock) -> None:
    first = await sounded(store)
    began = await known(store)
    clock.forward(hours=1)
    again, other = await sounded(store), await sounded(store, "not_in_channel")
    alarm = await known(store)

    assert (first, again, other) == (True, False, True)
    assert began is not None
    assert alarm == Alarm(about="channel:#a", what="not_in_channel", since=began.since, told_in="#admins")


async def test_what_is_mended_is_news_once_and_may_break_again(store: Store) -> None:
    await sounded(store)

    mended = [await store.committer.run(lambda tx, _: tx.alarms.silence("channel:#a")) for _ in range(2)]

    assert [alarm is not None for alarm in mended] == [True, False]
    assert await known(store) is None
    assert await sounded(store)


async def test_in_one_group_only_the_first_has_news(store: Store) -> None:
    told = await asyncio.gather(*(sounded(store) for _ in range(20)))

    assert told.count(True) == 1


async def test_two_replicas_have_one_piece_of_news_between_them(open_store: OpenStore) -> None:
    one, two = await open_store("one"), await open_store("two")

    told = await asyncio.gather(*(sounded(store) for store in (one, two) for _ in range(10)))

    assert told.count(True) == 1


async def test_a_use_case_that_breaks_leaves_no_alarm(store: Store) -> None:
    def sound_and_break(tx: Transaction, _now: datetime) -> None:
        tx.alarms.sound("channel:#a", "is_archived", None)
        raise ZeroDivisionError

    await asyncio.gather(store.committer.run(sound_and_break), return_exceptions=True)

    assert await known(store) is None
