"""Who is away is asked about, and nothing else: no right comes of it, and every step is taken once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.effects import Note, SendDigest, ShowCard, TellThread
from bot.core.errors import Refusal, Refused
from bot.core.events import Deserted, Event
from bot.core.life import desertion
from bot.core.life.lifecycle import advance, submit
from bot.core.people.absence import LONGEST_REASON, declared
from bot.core.people.identity import Person, Standing
from bot.core.people.membership import Crowd
from bot.core.people.presence import Presence
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Delegating, Ruling
from tests import factories as a
from tests.core.life.test_quiet import LATE, MORNING, the_night

MINUTE = timedelta(minutes=1)
STEPS = (a.a_step(15, to=[a.DIA]), a.a_step(30, to=[a.GUS], channel=None))
FALLBACK = Crowd(people=(a.EVE, a.ANA))
"""Ana asks, so she is banned."""


def a_rule(*approvers: Person, quorum: int = 1, steps: tuple[object, ...] = STEPS, **fields: object) -> Ruling:
    stage = a.a_stage("qa", quorum, approvers or (a.BO, a.CHEN), escalate=steps)
    return replace(a.a_ruling(stages=[stage]), fallback=FALLBACK, **fields)  # pyright: ignore[reportArgumentType] - by name


def asked(ruling: Ruling | None = None) -> ApprovalRequest:
    return submit(a.a_submission(ruling=ruling or a_rule()), a.NOON).request


def away(*people: Person) -> Presence:
    return Presence(absences=tuple(a.an_absence(person) for person in people))


def lent(*pairs: tuple[Person, Person], also_away: tuple[Person, ...] = ()) -> Presence:
    return replace(away(*also_away), delegations=tuple(a.a_delegation(giver, receiver) for giver, receiver in pairs))


def keys(people: tuple[Person, ...]) -> list[str]:
    return [person.key for person in people]


@pytest.mark.parametrize(
    ("rule", "presence", "is_so"),
    [
        (a_rule(), away(), False),
        (a_rule(), away(a.BO), False),
        (a_rule(), away(a.BO, a.CHEN), True),
        (a_rule(), away(a.DIA, a.GUS), False),
        (a_rule(quorum=2), away(a.BO), True),
        (a_rule(a.BO, a.CHEN, a.DIA, quorum=2), away(a.BO), False),
        (a_rule(a.ANA, a.BO), away(a.BO), True),  # ana asked, so she is nobody who could answer
        (a_rule(a.ANA, a.BO, quorum=2), away(), False),  # too few even with everybody there: not what this is about
        (a_rule(), lent((a.BO, a.GUS), (a.CHEN, a.GUS)), False),
        (a_rule(), lent((a.BO, a.GUS), (a.CHEN, a.GUS), also_away=(a.BO, a.CHEN)), False),
        (a_rule(), lent((a.BO, a.GUS), also_away=(a.CHEN, a.GUS)), True),
        (a_rule(), lent((a.BO, a.ANA), (a.CHEN, a.ANA)), True),  # who asked is no help
        (a_rule(), lent((a.BO, a.CHEN), (a.CHEN, a.BO)), True),  # each sends to the other
        (a_rule(), lent((a.BO, a.GUS), (a.GUS, a.EVE), also_away=(a.CHEN,)), True),  # what was lent is not lent on
        (a_rule(quorum=2), lent((a.BO, a.GUS), (a.CHEN, a.GUS)), True),  # one voice, whomever it is lent
        (a_rule(quorum=2), lent((a.BO, a.GUS), (a.CHEN, a.DIA)), False),
        (a_rule(quorum=2), lent((a.BO, a.CHEN)), True),  # chen has one voice, and it is hers already
        (a_rule(delegation=Delegating.FORBID), lent((a.BO, a.GUS), also_away=(a.CHEN,)), True),
    ],
)
def test_so_many_are_away_that_the_others_are_too_few(rule: Ruling, presence: Presence, is_so: bool) -> None:  # noqa: FBT001 - a row
    request = asked(rule)

    assert desertion.is_deserted(request, presence, a.NOON) is is_so
    if not is_so:
        with pytest.raises(Refused) as refused:
            advance(request, Deserted(by=a.TIMER, presence=presence), a.NOON)
        assert refused.value.code is Refusal.TOO_EARLY


@pytest.mark.parametrize(
    "rule",
    [
        replace(a_rule(), stages=(a.a_stage("qa", 1, [], anyone=True, escalate=STEPS),)),
        replace(a_rule(steps=()), fallback=Crowd(people=(a.ANA, a.BO))),
    ],
    ids=["anyone", "nobody else to ask"],
)
def test_where_nobody_can_know_or_nobody_is_left_nothing_happens(rule: Ruling) -> None:
    request = asked(rule)

    assert not desertion.is_deserted(request, away(a.BO, a.CHEN), a.NOON)
    with pytest.raises(Refused) as refused:
        advance(request, a.a_desertion(a.BO, a.CHEN), a.NOON)
    assert refused.value.code is Refusal.NOTHING_LEFT


def test_the_next_step_is_taken_now_and_its_own_time_brings_nothing_more() -> None:
    outcome = advance(asked(), a.a_desertion(a.BO, a.CHEN), a.NOON)

    after = outcome.request
    assert (after.state, after.steps, keys(after.called), keys(after.deserted)) == (
        State.PENDING,
        1,
        ["dia"],
        ["bo", "chen"],
    )
    assert after.channels == ("#approvals", "#incidents")
    (line,) = outcome.happened
    assert (line.event, line.detail["step"]) == ("request.deserted", 1)
    said = [effect.said for effect in outcome.effects if isinstance(effect, TellThread)]
    assert [(one.note, keys(one.calls)) for one in said] == [(Note.DESERTED, ["dia"])] * 2
    assert ShowCard(request=a.ID, channel="#incidents") in outcome.effects
    with pytest.raises(Refused):
        advance(after, replace(a.an_escalation(), by=a.TIMER), a.NOON + 15 * MINUTE)
    assert advance(after, replace(a.an_escalation(), by=a.TIMER), a.NOON + 30 * MINUTE).request.steps == 2


def test_every_step_is_taken_once_then_the_fallback_once_and_then_silence_runs_on() -> None:
    everybody = Deserted(by=a.TIMER, presence=away(a.BO, a.CHEN, a.DIA, a.GUS, a.EVE))
    request = asked()
    called = list[list[str]]()
    while desertion.is_deserted(request, everybody.presence, a.NOON):
        request = advance(request, everybody, a.NOON).request
        called.append(keys(request.called))

    assert called == [["dia"], ["dia", "gus"], ["dia", "gus", "eve"]]
    assert (request.steps, request.escalations, request.deadline) == (2, 3, a.NOON + a.HOUR)
    assert advance(request, a.a_timeout(), a.NOON + a.HOUR).request.state is State.EXPIRED


@pytest.mark.parametrize("answer", [a.approval(by=a.BO), a.approval(by=a.DIA)])
def test_who_is_away_and_who_was_called_may_both_answer(answer: Event) -> None:
    after = advance(asked(), a.a_desertion(a.BO, a.CHEN), a.NOON).request

    assert advance(after, answer, a.NOON).request.state is State.APPROVED


def test_who_said_yes_is_needed_no_more_and_can_say_it_for_nobody_else() -> None:
    request = asked(a_rule(a.BO, a.CHEN, a.GUS, quorum=2))
    request = advance(request, a.approval(by=a.BO), a.NOON).request

    assert not desertion.is_deserted(request, away(a.BO, a.CHEN), a.NOON)
    assert desertion.is_deserted(request, away(a.GUS, a.CHEN), a.NOON)
    assert desertion.is_deserted(request, lent((a.CHEN, a.BO), (a.GUS, a.BO)), a.NOON)


def test_a_stage_begins_with_nobody_deserted() -> None:
    chain = replace(a_rule(), stages=(a_rule().stages[0], a.a_stage("release", 1, [a.EVE])))
    after = advance(asked(chain), a.a_desertion(a.BO, a.CHEN), a.NOON).request

    assert advance(after, a.approval(by=a.DIA), a.NOON).request.deserted == ()


def test_quiet_hours_hold_back_the_ping_and_not_the_asking() -> None:
    request = submit(a.a_submission(ruling=a_rule(quiet=the_night(), timeout=24 * a.HOUR)), LATE).request
    outcome = advance(request, a.a_desertion(a.BO, a.CHEN), LATE)

    assert (outcome.request.steps, outcome.request.quiet_until) == (1, MORNING)
    assert all(not effect.said.calls for effect in outcome.effects if isinstance(effect, TellThread))
    assert {effect.channel for effect in outcome.effects if isinstance(effect, SendDigest)} == {
        "#approvals",
        "#incidents",
    }


def test_who_follows_another_is_deserted_with_it_and_stays_silent() -> None:
    rule = a_rule(group_within=a.HOUR)
    follower = submit(replace(a.a_submission(ruling=rule, request_id=a.OTHER_ID), leader=a.ID), a.NOON).request

    outcome = advance(follower, a.a_desertion(a.BO, a.CHEN), a.NOON)

    assert outcome.request.leader == a.ID
    assert {type(effect) for effect in outcome.effects} == {ShowCard}


@pytest.mark.parametrize(
    ("by", "hours", "reason", "code"),
    [
        (a.an_actor(a.DIA, standing=Standing.GUEST), 1, "", Refusal.NOT_ELIGIBLE),
        (a.an_actor(replace(a.DIA, slack_id=None)), 1, "", Refusal.NOT_ELIGIBLE),
        (a.an_actor(a.DIA), 0, "", Refusal.OUT_OF_RANGE),
        (a.an_actor(a.DIA), 90 * 24 + 1, "", Refusal.OUT_OF_RANGE),
        (a.an_actor(a.DIA), 1, "x" * (LONGEST_REASON + 1), Refusal.OUT_OF_RANGE),
    ],
)
def test_who_may_not_say_to_be_away(by: a.Actor, hours: int, reason: str, code: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        declared("one", by, a.NOON + hours * a.HOUR, reason, a.NOON)

    assert refused.value.code is code


def test_an_absence_is_over_at_its_end_and_names_its_own_person_only() -> None:
    absence = declared("one", a.an_actor(a.DIA), a.NOON + a.HOUR, " a holiday ", a.NOON)

    assert (absence.person, absence.reason) == (a.DIA, "a holiday")
    assert absence.is_running(a.NOON + a.HOUR - a.MICROSECOND)
    assert not absence.is_running(a.NOON + a.HOUR)
    twin = replace(a.DIA, slack_id="U0TWIN000")
    assert Presence(absences=(absence,)).is_there(twin), "another account is another person"
    assert not Presence(absences=(absence,)).is_there(replace(a.DIA, slack_id=None)), "the policy knows the address"


def test_who_is_named_twice_is_gone_once() -> None:
    again = replace(a.CHEN, key="chen again")

    found = desertion.muster(asked(a_rule(a.CHEN, again)), away(a.CHEN, again))

    assert found.gone == (a.CHEN,)
    assert found.left == ()
