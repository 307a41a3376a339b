"""What the log says of people who were away must have been possible, and nobody was passed over who was there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.events import Deserted, Happened
from bot.core.life.lifecycle import advance, submit
from bot.core.life.record import of_absence, of_delegation
from bot.core.life.terms import of_person
from bot.core.moments import draw_moment
from bot.core.people.absence import Absence
from bot.core.people.delegation import Delegation
from bot.core.people.identity import Person
from bot.core.people.membership import Crowd
from bot.core.people.presence import Presence
from bot.core.ruling import Ruling
from tests import factories as a
from tests.core.audit.log import Log
from tests.core.life.test_quiet import LATE, the_night

RULING = replace(
    a.a_ruling(stages=[a.a_stage("qa", 1, [a.BO, a.CHEN], escalate=(a.a_step(15, to=[a.DIA]),))]),
    fallback=Crowd(people=(a.EVE, a.ANA)),
)
Tamper = Callable[[list[dict[str, Any]]], object]


def begun(absence: Absence, at: datetime = a.NOON, **detail: object) -> Happened:
    said = {**of_absence(replace(absence, since=at)), "replaces": None}
    by = a.an_actor(absence.person)
    return Happened(event="absence.begun", at=at, by=by, state=None, detail=said | detail)


def ended(absence: Absence) -> Happened:
    by = a.an_actor(absence.person)
    return Happened(event="absence.ended", at=a.NOON, by=by, state=None, detail=of_absence(absence))


def given(loan: Delegation) -> Happened:
    detail = {**of_delegation(loan), "replaces": None}
    return Happened(event="delegation.given", at=a.NOON, by=a.an_actor(loan.giver), state=None, detail=detail)


def a_log(*people: Person, lent: tuple[Delegation, ...] = (), ruling: Ruling = RULING, steps: int = 2) -> Log:
    """Those *people* go, it is asked, and everything a desertion can bring is brought."""
    log, absences = Log(), [a.an_absence(person) for person in people or (a.BO, a.CHEN, a.DIA)]
    for absence in absences:
        log.note(begun(absence), None)
    for loan in lent:
        log.note(given(loan), None)
    asked = submit(a.a_submission(ruling=ruling), a.NOON)
    log.record(asked)
    event = Deserted(by=a.TIMER, presence=Presence(absences=tuple(absences), delegations=lent))
    for _ in range(steps):
        asked = advance(asked.request, event, a.NOON)
        log.record(asked)
    return log


@pytest.mark.parametrize(
    "log",
    [
        a_log(),
        a_log(a.BO, a.CHEN, a.GUS, lent=(a.a_delegation(a.BO, a.GUS),), steps=1),
        a_log(
            a.BO,
            lent=(a.a_delegation(a.BO, a.GUS), a.a_delegation(a.CHEN, a.ANA), a.a_delegation(a.GUS, a.DIA)),
            steps=1,
        ),
        a_log(
            a.BO,
            lent=(a.a_delegation(a.CHEN, a.GUS),),
            ruling=replace(RULING, stages=(replace(RULING.stages[0], quorum=2),)),
            steps=1,
        ),
    ],
    ids=[
        "step and fallback",
        "the stand-in is away",
        "who asked is no help, nor who lends",
        "one stands in, and two have to agree",
    ],
)
def test_what_happened_folds(log: Log) -> None:
    read = log.read()

    assert read.violation is None
    assert set(read.absences()) >= {"U0BO00000"}


def test_whoever_was_called_may_answer_in_the_fold_too() -> None:
    log = a_log()
    asked = submit(a.a_submission(ruling=RULING), a.NOON)
    event = a.a_desertion(a.BO, a.CHEN, a.DIA)
    request = advance(advance(asked.request, event, a.NOON).request, event, a.NOON).request
    log.record(advance(request, a.approval(by=a.EVE), a.NOON))

    assert log.first_violation() is None


def test_an_escalation_in_quiet_hours_folds_whatever_brought_it() -> None:
    ruling = replace(RULING, quiet=the_night(), timeout=24 * a.HOUR)
    remind = replace(ruling.stages[0], remind_after=timedelta(minutes=5))
    asked = submit(a.a_submission(ruling=replace(ruling, stages=(remind,))), LATE)
    log = Log().record(asked)
    reminded = advance(asked.request, a.a_reminder(), LATE + timedelta(minutes=5))
    escalated = advance(reminded.request, replace(a.an_escalation(), by=a.TIMER), LATE + timedelta(minutes=15))

    assert log.record(reminded, escalated).first_violation() is None


def find(entries: list[dict[str, Any]], event: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["event"] == event)


FORGERIES: dict[str, Tamper] = {
    "nobody was away": lambda entries: entries.__delitem__(slice(0, 3)),
    "one was there": lambda entries: entries.__delitem__(1),
    "said by another": lambda entries: entries[0]["actor"].update(slack_id="U0EVE0000"),
    "said by a guest": lambda entries: entries[0]["actor"].update(standing="guest"),
    "for too long": lambda entries: entries[0]["detail"].update(until=draw_moment(a.NOON + timedelta(days=91))),
    "for no time": lambda entries: entries[0]["detail"].update(until=draw_moment(a.NOON)),
    "since another moment": lambda entries: entries[0]["detail"].update(since=draw_moment(a.NOON - a.HOUR)),
    "in place of nothing": lambda entries: entries[0]["detail"].update(replaces="another"),
    "others are named": lambda entries: find(entries, "request.deserted")["detail"].update(away=[]),
    "others are asked": lambda entries: find(entries, "request.deserted")["detail"].update(to=[of_person(a.OLD)]),
    "taken twice": lambda entries: entries.insert(5, entries[4]),
    "asked thrice": lambda entries: entries.append(entries[-1]),
    "by a person": lambda entries: find(entries, "request.deserted")["actor"].update(via="slack_button"),
}


@pytest.mark.parametrize("tamper", FORGERIES.values(), ids=FORGERIES.keys())
def test_what_cannot_have_happened_is_found(tamper: Tamper) -> None:
    log = a_log()
    tamper(log.entries)
    for number, entry in enumerate(log.entries, start=1):
        log.entries[number - 1] = {**entry, "seq": number}

    assert log.first_violation() is not None


def test_an_absence_that_was_over_makes_nobody_deserted() -> None:
    log = Log()
    for person in (a.BO, a.CHEN):
        log.note(begun(a.an_absence(person)), None)
    later = a.NOON + a.HOUR
    asked = submit(a.a_submission(ruling=RULING), later)
    log.record(asked, advance(asked.request, a.a_desertion(a.BO, a.CHEN), later))

    violation = log.first_violation()
    assert violation is not None
    assert "deserted" in violation.sentence


def test_who_is_back_was_away() -> None:
    absence = a.an_absence(a.BO)

    log = Log()
    log.note(begun(absence), None)
    log.note(ended(absence), None)
    assert log.first_violation() is None
    log.note(ended(absence), None)
    violation = log.first_violation()
    assert violation is not None
    assert "back" in violation.sentence
