"""What somebody is to a group: in it, standing in while nobody of it may answer, outside, or not to be told."""

import asyncio

import pytest

from bot.core.people.identity import Person
from bot.core.people.membership import Belonging, GroupKind, LiveGroup, Roll
from bot.rolls import Memberships, memberships
from tests import factories as a

RELEASE = a.a_group(fallback=[a.DIA])
ONCALL = a.a_group("on-call", GroupKind.CALENDAR, fallback=[a.DIA])


def a_roll(*people: Person, trouble: str | None = None) -> Roll:
    return Roll(people=people, read_at=a.NOON, trouble=trouble)


@pytest.mark.parametrize(
    ("person", "group", "roll", "belonging", "why"),
    [
        (a.BO, RELEASE, a_roll(a.BO, a.CHEN), Belonging.MEMBER, ""),
        (a.DIA, RELEASE, a_roll(a.BO), Belonging.OUTSIDER, ""),
        (a.DIA, RELEASE, a_roll(), Belonging.FALLBACK, "nobody in it may answer"),
        (a.DIA, RELEASE, a_roll(a.ANA), Belonging.FALLBACK, "nobody in it may answer"),
        (a.CHEN, RELEASE, a_roll(), Belonging.OUTSIDER, ""),
        (a.DIA, RELEASE, a_roll(trouble="Slack: ratelimited"), Belonging.UNKNOWN, "Slack: ratelimited"),
        (a.DIA, ONCALL, a_roll(trouble="it is gone"), Belonging.FALLBACK, "it is gone"),
        (a.CHEN, ONCALL, a_roll(trouble="it is gone"), Belonging.UNKNOWN, "it is gone"),
    ],
    ids=[
        "in it",
        "not in it",
        "nobody in it",
        "only whoever asked",
        "no fallback",
        "Slack",
        "no copy",
        "no copy, other",
    ],
)
async def test_what_somebody_is_to_a_group(
    person: Person, group: LiveGroup, roll: Roll, belonging: Belonging, why: str
) -> None:
    async def read(_: LiveGroup) -> Roll:
        return roll

    found = await Memberships(dict.fromkeys(GroupKind, read), lambda: a.NOON).of(
        a.an_actor(person), a.a_request(), [group]
    )

    (membership,) = found.memberships
    assert (membership.belonging, membership.why, membership.read_at) == (belonging, why, a.NOON)


async def test_a_look_that_takes_too_long_is_one_that_could_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read(_: LiveGroup) -> Roll:
        await asyncio.sleep(60)
        return a_roll(a.BO)

    monkeypatch.setattr(memberships, "PATIENCE", 0.01)

    found = await Memberships(dict.fromkeys(GroupKind, read), lambda: a.NOON).roll(RELEASE)

    assert (found.people, found.trouble) == ((), "it did not answer in time")
