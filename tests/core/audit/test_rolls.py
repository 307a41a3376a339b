"""A desertion because of a thin group stands in the log with what was found, and the fold counts it again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.core.life.lifecycle import advance, submit
from bot.core.life.terms import of_person
from bot.core.moments import draw_moment
from bot.core.people.identity import Person
from tests import factories as a
from tests.core.audit.log import Log
from tests.core.life.test_thin_groups import RELEASE, a_roll, a_rule, thin

Tamper = Callable[[dict[str, Any]], object]


def a_log(*people: Person, quorum: int = 5) -> Log:
    """A request of a group that holds *people*: both steps, then the fallback, are asked at once."""
    born = submit(a.a_submission(ruling=a_rule(quorum)), a.NOON)
    log, request = Log().record(born), born.request
    for rolls in ({}, {}, {"rota": a_roll(a.CHEN)}):
        outcome = advance(request, thin(*people, **rolls), a.NOON)
        log.record(outcome)
        request = outcome.request
    return log


@pytest.mark.parametrize("people", [(), (a.BO,), (a.ANA,), (a.BO, a.GUS, a.EVE)])
def test_what_happened_folds(people: tuple[Person, ...]) -> None:
    log = a_log(*people)

    assert [entry["event"] for entry in log.entries[1:]] == ["request.deserted"] * 3
    assert log.first_violation() is None


def test_whoever_was_called_may_answer_in_the_fold_too() -> None:
    born = submit(a.a_submission(ruling=a_rule()), a.NOON)
    deserted = advance(born.request, thin(a.BO), a.NOON)
    log = Log().record(born, deserted, advance(deserted.request, a.approval(by=a.GUS), a.NOON))

    assert log.first_violation() is None


FORGERIES: dict[str, tuple[Tamper, str]] = {
    "nobody looked": (lambda detail: detail.pop("rolls"), "without a look"),
    "another group was looked at": (lambda detail: detail["rolls"][0].update(ref="another"), "without a look"),
    "a group more": (lambda detail: detail["rolls"].append(detail["rolls"][0]), "without a look"),
    "read too long ago": (
        lambda detail: detail["rolls"][0].update(read_at=draw_moment(a.NOON - timedelta(seconds=61))),
        "too long before",
    ),
    "enough were in it": (
        lambda detail: detail["rolls"][0]["people"].extend(of_person(one) for one in (a.CHEN, a.GUS, a.EVE, a.DIA)),
        "enough of those",
    ),
    "somebody was called away": (lambda detail: detail.update(away=[of_person(a.BO)]), "others"),
    "others were asked": (lambda detail: detail.update(to=[of_person(a.OLD)]), "others"),
}


@pytest.mark.parametrize(("tamper", "why"), FORGERIES.values(), ids=FORGERIES.keys())
def test_what_cannot_have_happened_is_found(tamper: Tamper, why: str) -> None:
    log = a_log(a.BO)
    tamper(log.entries[1]["detail"])

    violation = log.first_violation()

    assert violation is not None
    assert why in violation.sentence


def test_no_step_and_no_fallback_is_taken_twice() -> None:
    log = a_log(a.BO)
    again = log.entries[-1]
    log.entries.append({**again, "seq": again["seq"] + 1})

    assert log.first_violation() is not None


def test_a_group_that_a_step_calls_again_is_looked_at_once() -> None:
    steps = (a.a_step(15, to=[a.GUS], groups=[RELEASE], channel=None), a.a_step(30, to=[a.EVE], channel=None))
    born = submit(a.a_submission(ruling=a_rule(5, escalate=steps)), a.NOON)
    once = advance(born.request, thin(a.BO), a.NOON)
    twice = advance(once.request, thin(a.BO), a.NOON)
    log = Log().record(born, once, twice)

    assert [len(entry["detail"]["rolls"]) for entry in log.entries[1:]] == [1, 1]
    assert log.first_violation() is None
