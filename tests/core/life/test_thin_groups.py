"""A live group that holds too few brings forward what silence would have brought, once; what can't be told does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.effects import Note, TellThread
from bot.core.errors import Refusal, Refused
from bot.core.events import Deserted
from bot.core.life import desertion
from bot.core.life.lifecycle import advance, submit
from bot.core.people.identity import Person
from bot.core.people.membership import Crowd, GroupKind, LiveGroup, Roll
from bot.core.people.presence import Presence
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Ruling
from tests import factories as a

RELEASE = a.a_group(fallback=[a.DIA])
ROTA = a.a_group("on-call", GroupKind.CALENDAR)
STEPS = (a.a_step(15, to=[a.GUS], channel=None), a.a_step(30, to=[], groups=[ROTA], channel=None))
FALLBACK = Crowd(people=(a.EVE,), groups=(a.a_group("house"),))


def a_rule(quorum: int = 2, groups: tuple[LiveGroup, ...] = (RELEASE,), **fields: object) -> Ruling:
    stage = a.a_stage("qa", quorum, (), **({"groups": groups, "escalate": STEPS} | fields))
    return replace(a.a_ruling(stages=[stage], timeout=2 * a.HOUR), fallback=FALLBACK)


def asked(ruling: Ruling | None = None) -> ApprovalRequest:
    return submit(a.a_submission(ruling=ruling or a_rule()), a.NOON).request


def a_roll(*people: Person, **fields: object) -> Roll:
    return replace(Roll(people=people, read_at=a.NOON), **fields)  # pyright: ignore[reportArgumentType] - any by its name


def found(release: Roll, **others: Roll) -> Presence:
    rolls = {RELEASE: release, **{group: others[name] for name, group in GROUPS.items() if name in others}}
    return Presence(rolls=rolls)


GROUPS = {"rota": ROTA, "house": FALLBACK.groups[0]}


def thin(*people: Person, **others: Roll) -> Deserted:
    return Deserted(by=a.TIMER, presence=found(a_roll(*people), **others))


@pytest.mark.parametrize(
    ("people", "quorum", "is_so"),
    [
        ((a.BO, a.CHEN), 2, False),
        ((a.BO,), 2, True),
        ((a.BO,), 1, False),
        ((a.BO, a.ANA), 2, True),  # ana asked
        ((), 1, False),  # dia stands in for a group in which nobody can
        ((a.ANA,), 1, False),
        ((), 2, True),
    ],
)
def test_a_group_with_too_few_for_the_quorum_is_noticed(people: tuple[Person, ...], quorum: int, is_so: bool) -> None:  # noqa: FBT001 - a row
    request = asked(a_rule(quorum))

    assert desertion.open_groups(request) == (RELEASE,)
    assert desertion.is_deserted(request, found(a_roll(*people)), a.NOON) is is_so
    if not is_so:
        with pytest.raises(Refused) as refused:
            advance(request, thin(*people), a.NOON)
        assert refused.value.code is Refusal.TOO_EARLY


@pytest.mark.parametrize(
    "presence",
    [
        Presence(),
        Presence(absences=(a.an_absence(a.BO),)),
        found(a_roll(trouble="Slack: ratelimited")),
        found(a_roll(a.BO, read_at=a.NOON - timedelta(seconds=61))),
    ],
    ids=["not looked up", "only who is away is known", "nobody can tell", "read too long ago"],
)
def test_what_cannot_be_told_brings_nothing_forward(presence: Presence) -> None:
    assert not desertion.is_deserted(asked(), presence, a.NOON)
    with pytest.raises(Refused) as refused:
        advance(asked(), Deserted(by=a.TIMER, presence=presence), a.NOON)
    assert refused.value.code is Refusal.TOO_EARLY


def test_the_steps_and_then_the_fallback_are_taken_each_once() -> None:
    one = advance(asked(a_rule(5)), thin(a.BO), a.NOON)
    assert (one.request.steps, one.request.called, one.request.thin) == (1, (a.GUS,), (RELEASE,))
    assert [entry.event for entry in one.happened] == ["request.deserted"]
    said = [effect.said for effect in one.effects if isinstance(effect, TellThread)]
    assert [(each.note, each.calls) for each in said] == [(Note.DESERTED, (a.GUS,))]

    two = advance(one.request, thin(a.BO), a.NOON).request
    assert (two.steps, two.called_groups) == (2, (ROTA,))
    assert not desertion.is_deserted(two, found(a_roll(a.BO)), a.NOON), "the rota was not looked up yet"

    three = advance(two, thin(a.BO, rota=a_roll(a.CHEN)), a.NOON).request
    assert (three.steps, three.called, three.called_groups) == (2, (a.GUS, a.EVE), (ROTA, *FALLBACK.groups))

    assert desertion.open_groups(three) == ()
    with pytest.raises(Refused) as refused:
        advance(three, thin(a.BO, rota=a_roll(a.CHEN), house=a_roll()), a.NOON)
    assert refused.value.code is Refusal.NOTHING_LEFT


def test_enough_are_asked_as_soon_as_a_step_brings_them() -> None:
    after = advance(asked(), thin(a.BO), a.NOON).request

    assert not desertion.is_deserted(after, found(a_roll(a.BO)), a.NOON)
    assert desertion.is_deserted(after, found(a_roll(a.GUS)), a.NOON), "gus is one voice, however he was called"


def test_who_has_approved_is_not_missed_and_who_is_away_is() -> None:
    request = asked()
    approved = advance(request, a.approval(by=a.in_group(a.BO, RELEASE)), a.NOON).request
    away = replace(found(a_roll(a.BO, a.CHEN)), absences=(a.an_absence(a.CHEN),))

    assert not desertion.is_deserted(approved, found(a_roll(a.CHEN)), a.NOON)
    assert desertion.is_deserted(approved, found(a_roll(a.BO)), a.NOON)
    assert desertion.is_deserted(request, away, a.NOON)
    assert advance(request, Deserted(by=a.TIMER, presence=away), a.NOON).request.deserted == (a.CHEN,)
    lent = replace(found(a_roll(a.BO, a.CHEN)), delegations=(a.a_delegation(a.CHEN, a.GUS),))
    assert not desertion.is_deserted(request, lent, a.NOON)


def test_a_later_stage_begins_without_what_the_earlier_lacked() -> None:
    chain = replace(a_rule(1), stages=(a_rule(1).stages[0], a.a_stage("last", 1, [a.CHEN])))
    deserted = advance(
        asked(chain),
        Deserted(by=a.TIMER, presence=replace(found(a_roll(a.BO)), absences=(a.an_absence(a.BO),))),
        a.NOON,
    )
    after = advance(deserted.request, a.approval(by=a.GUS), a.NOON).request

    assert (after.stage, after.thin, after.state) == (1, (), State.PENDING)
