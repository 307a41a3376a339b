"""Who stands in for whom, on both databases: the last word counts, also within one group, and the log knows it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.people.delegation import Delegation
from bot.core.people.identity import Person
from bot.core.stamp import Stamp
from bot.store import Store, Transaction, verify_audit
from bot.usecases.delegate import Handover, delegate, revoke
from tests.factories import BO, CHEN, DIA, GUS, HOUR, MICROSECOND, NOON, a_delegation, an_actor
from tests.store.asks import at_once
from tests.store.conftest import Clock
from tests.store.owner import owner_of

DIA_ID, GUS_ID = "U0DIA0000", "U0GUS0000"


Give = Callable[[Transaction, datetime], Delegation]


def giving(giver: Person = DIA, receiver: Person = GUS, until: datetime = NOON + HOUR, key: str = "1") -> Give:
    handover = Handover(
        by=an_actor(giver),
        to=an_actor(receiver),
        until=until,
        until_words="noon",
        replay_key=Stamp(f"{giver.key}{key}"),
    )

    def give(tx: Transaction, now: datetime) -> Delegation:
        return delegate(tx, handover, now).given

    return give


async def received(store: Store, receiver: str = GUS_ID) -> list[str]:
    return [one.giver.key for one in await store.read(lambda snapshot: snapshot.delegations_to(receiver))]


async def test_it_is_there_until_its_end_and_not_at_it(store: Store, clock: Clock) -> None:
    given = await store.committer.run(giving())

    clock.forward(hours=1, microseconds=-1)
    assert await received(store) == ["dia"]
    assert await store.read(lambda snapshot: snapshot.delegation_of(DIA_ID)) == given
    clock.forward(microseconds=1)
    assert await received(store) == []
    assert await store.read(lambda snapshot: snapshot.delegation_of(DIA_ID)) is None


async def test_a_use_case_sees_what_an_earlier_one_of_its_group_said(store: Store) -> None:
    def look(tx: Transaction, _now: datetime) -> tuple[list[str], list[str], bool]:
        to_gus = [one.giver.key for one in tx.delegations.to(GUS_ID)]
        to_chen = [one.giver.key for one in tx.delegations.to("U0CHEN000")]
        return to_gus, to_chen, tx.delegations.of(DIA_ID) is None

    await store.committer.run(giving(BO, until=NOON + 2 * HOUR))
    found = await at_once(
        store,
        giving(),
        look,
        giving(DIA, CHEN, key="2"),
        look,
        lambda tx, now: revoke(tx, an_actor(DIA), Stamp("dia3"), now),
        look,
    )

    assert found[1::2] == [
        (["bo", "dia"], [], False),
        (["bo"], ["dia"], False),
        (["bo"], [], True),
    ]
    assert await received(store) == ["bo"]
    assert (await store.read(verify_audit)).ok


async def test_a_delegation_is_between_accounts(store: Store) -> None:
    nameless = replace(GUS, slack_id=None)

    with pytest.raises(ValueError, match="two Slack accounts"):
        await store.committer.run(lambda tx, _now: tx.delegations.put(a_delegation(receiver=nameless)))


FORGERIES = {
    "made": "INSERT INTO delegations SELECT 'U0EVE0000', receiver, until, document FROM delegations",
    "lost": "DELETE FROM delegations",
    "given to somebody else": "UPDATE delegations SET receiver = 'U0EVE0000'",
    "changed inside": "UPDATE delegations SET document = replace(CAST(document AS TEXT), 'gus', 'eve')",
    "no document": "UPDATE delegations SET document = '{}'",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
async def test_verify_finds_what_was_written_past_the_log(store: Store, url: str, forgery: str) -> None:
    await store.committer.run(giving())
    if url.startswith("postgresql"):
        forgery = forgery.replace(
            "replace(CAST(document AS TEXT), 'gus', 'eve')", "replace(document::text, 'gus', 'eve')::json"
        )

    with owner_of(url) as sql:
        sql(forgery)

    verdict = await store.read(verify_audit)
    assert not verdict.ok
    assert "delegation of U0" in (verdict.why or "")


def test_a_span_is_counted_to_the_microsecond() -> None:
    assert a_delegation().is_running(NOON + HOUR - MICROSECOND)
    assert not a_delegation().is_running(NOON + HOUR)
    assert a_delegation(until=NOON).until - NOON == timedelta()
