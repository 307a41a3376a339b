"""What the log says of waivers must have been possible, and nothing may lean on one that could not be used."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.core.events import Happened
from bot.core.life.lifecycle import submit
from bot.core.life.terms import of_person
from bot.core.moments import draw_moment
from bot.core.people.identity import Actor, Person, Standing, Via
from bot.core.waivers.excusing import excused
from bot.core.waivers.record import of_course, of_waiver
from bot.core.waivers.waiver import End, Ending, Waiver
from tests.core.audit.log import Log
from tests.core.waivers.given import DAY, SITE, a_waiver, failing
from tests.factories import (
    ANA,
    BO,
    HOUR,
    ID,
    MICROSECOND,
    NOON,
    OTHER_ID,
    TIMER,
    a_failure,
    a_ruling,
    a_subject,
    a_submission,
    an_actor,
)

OPERATOR = Actor(name="operator", via=Via.CLI)


def a_line(event: str, by: Actor, at: datetime = NOON, detail: Mapping[str, object] | None = None) -> Happened:
    return Happened(event=event, at=at, by=by, state=None, detail=detail or {"waiver": 1, "reason": None})


def a_log(waiver: Waiver | None = None, *, uses: int = 1, requester: Person = ANA) -> Log:
    """Bo waives a failure of the first request; *uses* others, an hour later, have the same."""
    log, given = Log(), waiver or a_waiver()
    asked = submit(a_submission(tests=failing().headline()), NOON)
    log.record(asked)
    log.note(a_line("waiver.given", an_actor(BO), NOON, of_waiver(given)), asked.request)
    for n in range(uses):
        use(log, given, number=n + 2, requester=requester)
    return log


def use(log: Log, waiver: Waiver, number: int = 2, requester: Person = ANA, now: datetime = NOON + HOUR) -> None:
    tests = excused(failing(), [waiver], SITE, NOON).headline()
    event = replace(
        a_submission(subject=a_subject(requester=requester), tests=tests, ruling=a_ruling(forbid=())),
        id=OTHER_ID[:-1] + str(number),
        number=number,
    )
    log.record(submit(event, now))


def broken(log: Log) -> str:
    violation = log.first_violation()
    return "" if violation is None else violation.sentence


def test_a_waiver_that_is_given_and_used_is_fine_and_its_uses_are_counted() -> None:
    read = a_log(uses=2).read()

    assert read.violation is None
    assert read.waivers()[1].terms == of_waiver(a_waiver())
    assert read.waivers()[1].course == of_course(a_waiver(used=2))


def test_reminding_and_each_way_to_end_are_told_as_the_waiver_itself_tells_them() -> None:
    reminded_at, over = NOON + 2 * DAY, NOON + 3 * DAY
    expired, revoked = a_log(uses=0), a_log(uses=0)
    expired.note(a_line("waiver.reminded", TIMER, reminded_at), None)
    expired.note(a_line("waiver.expired", TIMER, over), None)
    revoked.note(a_line("waiver.revoked", OPERATOR, NOON + HOUR, {"waiver": 1, "reason": "mended"}), None)

    by_clock = a_waiver(reminded_at=reminded_at, end=End(how=Ending.EXPIRED, at=over, by=TIMER))
    by_hand = a_waiver(end=End(how=Ending.REVOKED, at=NOON + HOUR, by=OPERATOR, reason="mended"))
    assert expired.read().violation is None
    assert expired.read().waivers()[1].course == of_course(by_clock)
    assert revoked.read().waivers()[1].course == of_course(by_hand)


def nobody_listed(entries: list[dict[str, Any]]) -> None:
    entries[1]["actor"]["standing"] = Standing.GUEST.value


def given_with(**fields: object) -> Callable[[list[dict[str, Any]]], object]:
    return lambda entries: entries[1]["detail"].update(fields)


def used_with(**fields: object) -> Callable[[list[dict[str, Any]]], object]:
    return lambda entries: entries[2]["detail"]["waived"].update(fields)


FORGERIES: dict[str, tuple[Callable[[list[dict[str, Any]]], object], str]] = {
    "given by a guest": (nobody_listed, "no full member"),
    "given in another's name": (given_with(by=of_person(ANA)), "somebody else"),
    "a number left out": (given_with(waiver=2), "#1 should stand here"),
    "for ever": (given_with(until=draw_moment(NOON + 366 * DAY)), "for too long"),
    "for no time": (given_with(until=draw_moment(NOON)), "for no time"),
    "made older": (given_with(since=draw_moment(NOON - HOUR)), "for no time"),
    "reminded when over": (given_with(remind_at=draw_moment(NOON + 3 * DAY)), "reminded"),
    "of no use": (given_with(uses=0), "given for nothing"),
    "of any failure": (given_with(signature=""), "nobody could recognise"),
    "of any repository": (given_with(repository=""), "nobody could recognise"),
    "for no reason": (given_with(reason=" "), "for no reason"),
    "of another request": (given_with(about=OTHER_ID), "another request"),
    "of another source": (given_with(source="cd"), "another request"),
    "in another repository": (used_with(repository="acme/search"), "does not hold"),
    "of none": (used_with(uses=[]), "leans on no waiver"),
    "twice in one request": (used_with(uses=[{"waiver": 1, "failures": 1}] * 2), "twice"),
    "of more failures than it says": (used_with(failures=2), "not as many"),
    "of more failures than there are": (used_with(failures=2, uses=[{"waiver": 1, "failures": 2}]), "more failures"),
    "of no failure": (used_with(failures=0, uses=[{"waiver": 1, "failures": 0}]), "covers none"),
    "of one that was not there": (used_with(uses=[{"waiver": 9, "failures": 1}]), "there was no waiver #9"),
    "never given": (lambda entries: entries.pop(1), "there was no waiver #1"),
}


@pytest.mark.parametrize(("forgery", "says"), FORGERIES.values(), ids=FORGERIES.keys())
def test_what_cannot_have_been_is_found(forgery: Callable[[list[dict[str, Any]]], object], says: str) -> None:
    log = a_log()
    forgery(log.entries)
    for seq, entry in enumerate(log.entries, start=1):
        entry["seq"] = seq

    assert says in broken(log)


def test_more_uses_than_were_given_are_found() -> None:
    assert broken(a_log(a_waiver(uses=2), uses=2)) == ""
    assert "used up" in broken(a_log(a_waiver(uses=2), uses=3))


def test_a_use_at_its_end_is_found() -> None:
    just_before, at_its_end = a_log(uses=0), a_log(uses=0)
    use(just_before, a_waiver(), now=NOON + 3 * DAY - MICROSECOND)
    use(at_its_end, a_waiver(), now=NOON + 3 * DAY)

    assert broken(just_before) == ""
    assert "had ended before" in broken(at_its_end)


def test_a_use_after_it_was_taken_back_is_found() -> None:
    log = a_log(uses=0)
    log.note(a_line("waiver.revoked", an_actor(BO)), None)
    use(log, a_waiver())

    assert "revoked before" in broken(log)


def asked_by(**fields: object) -> Callable[[list[dict[str, Any]]], object]:
    return lambda entries: entries[2]["detail"].update(fields)


OWN = {
    "asked": asked_by(requester=of_person(BO)),
    "wrote": asked_by(authors=[of_person(ANA), of_person(BO)]),
    "started": asked_by(triggerer=of_person(BO)),
    "nobody is named": asked_by(requester=None),
}


@pytest.mark.parametrize("forgery", OWN.values(), ids=OWN.keys())
def test_leaning_on_ones_own_waiver_is_found_whatever_the_rule_bans(
    forgery: Callable[[list[dict[str, Any]]], object],
) -> None:
    log = a_log()
    forgery(log.entries)

    assert "whose request it is" in broken(log)


def test_leaning_on_a_waiver_of_whom_nothing_tells_apart_from_who_asked_is_found() -> None:
    log, giver = a_log(), of_person(Person(key="slack:U0BO00000", slack_id="U0BO00000"))
    log.entries[1]["detail"]["by"] = giver
    log.entries[1]["actor"].update(giver or {})
    assert broken(log) == "", "both have Slack accounts, and two different ones"
    log.entries[2]["detail"]["requester"] = of_person(Person(key="github:somebody", github="somebody"))

    assert "whose request it is" in broken(log)


COURSES = {
    "reminded too early": ([("waiver.reminded", TIMER, NOON + DAY)], "too early"),
    "reminded twice": ([("waiver.reminded", TIMER, NOON + 2 * DAY)] * 2, "twice"),
    "reminded when it was over": ([("waiver.reminded", TIMER, NOON + 3 * DAY)], "had ended"),
    "expired too early": ([("waiver.expired", TIMER, NOON + 3 * DAY - MICROSECOND)], "not due"),
    "expired twice": ([("waiver.expired", TIMER, NOON + 3 * DAY)] * 2, "had ended"),
    "revoked twice": ([("waiver.revoked", OPERATOR, NOON)] * 2, "revoked before"),
    "revoked by a bot": ([("waiver.revoked", TIMER, NOON)], "no full member"),
}


@pytest.mark.parametrize(("lines", "says"), COURSES.values(), ids=COURSES.keys())
def test_a_course_that_no_waiver_takes_is_found(lines: list[tuple[str, Actor, datetime]], says: str) -> None:
    log = a_log(uses=0)
    for event, by, at in lines:
        log.note(a_line(event, by, at), None)

    assert says in broken(log)


def test_one_that_is_used_up_does_not_expire() -> None:
    log = a_log(a_waiver(uses=1))
    log.note(a_line("waiver.expired", TIMER, NOON + 3 * DAY), None)

    assert "was used up" in broken(log)


def test_a_request_that_leans_on_none_says_nothing_of_waivers() -> None:
    log = a_log(uses=0)

    assert "waived" not in log.entries[0]["detail"]
    assert log.entries[0]["request"] == ID
    assert a_failure().id == log.entries[1]["detail"]["test"]
