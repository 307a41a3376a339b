"""What the log says of delegations must have been possible, and no answer may lean on one that was not there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.events import Happened
from bot.core.life.lifecycle import advance, submit
from bot.core.life.terms import of_person
from bot.core.moments import draw_moment
from bot.core.people.identity import Actor, Person, Standing
from bot.core.ruling import Delegating, Ruling
from tests.core.audit.log import Log
from tests.factories import (
    ANA,
    BO,
    DIA,
    EVE,
    GUS,
    HOUR,
    NOON,
    a_group,
    a_mandate,
    a_ruling,
    a_stage,
    a_subject,
    a_submission,
    an_actor,
    approval,
    in_group,
    rejection,
)

RULING = a_ruling(stages=[a_stage(approvers=[DIA, EVE], quorum=2, reject_quorum=2)])
LIVE = a_ruling(stages=[a_stage(approvers=[], groups=(a_group(),), quorum=2, reject_quorum=2)])
Tamper = Callable[[list[dict[str, Any]]], object]


def a_line(event: str = "delegation.given", at: datetime = NOON, by: Actor | None = None, **detail: object) -> Happened:
    said = {"id": "one", "giver": of_person(DIA), "receiver": of_person(GUS), "since": draw_moment(NOON)}
    said |= {"until": draw_moment(NOON + HOUR), "replaces": None} if event == "delegation.given" else {}
    return Happened(event=event, at=at, by=by or an_actor(DIA), state=None, detail=said | detail)


def a_log(
    *before: Happened,
    is_rejected: bool = False,
    requester: Person = ANA,
    ruling: Ruling = RULING,
    giver: Person | Actor = DIA,
) -> Log:
    """Dia delegates to gus, who answers in her name; *before* stands between the two."""
    log = Log()
    asked = submit(a_submission(ruling=ruling, subject=a_subject(requester=requester)), NOON)
    log.note(a_line(), None)
    log.record(asked)
    for line in before:
        log.note(line, None)
    click = replace(rejection(by=GUS) if is_rejected else approval(by=GUS), mandates=(a_mandate(giver),))
    return log.record(advance(asked.request, click, NOON))


def test_an_answer_in_a_name_that_was_lent_is_fine() -> None:
    read = a_log().read()

    assert read.violation is None
    assert read.loans()["U0DIA0000"].terms["id"] == "one"


def test_an_answer_in_the_name_of_a_member_of_a_live_group_is_fine() -> None:
    assert a_log(ruling=LIVE, giver=in_group(DIA)).first_violation() is None


def test_a_yes_is_taken_back_after_it_has_ended() -> None:
    log = Log().record(asked := submit(a_submission(ruling=RULING), NOON))
    log.note(a_line(), None)
    log.record(said := advance(asked.request, replace(approval(by=GUS), mandates=(a_mandate(),)), NOON))
    log.note(a_line("delegation.revoked"), None)

    log.record(advance(said.request, rejection(by=GUS), NOON))

    assert log.first_violation() is None


def changed(seq: int, **detail: object) -> Tamper:
    return lambda entries: entries[seq - 1]["detail"].update(detail)


FORGED: dict[str, tuple[Callable[[], Log], Tamper, str]] = {
    "nobody had lent it": (a_log, lambda entries: entries.pop(0), "not lent to them"),
    "it was lent to somebody else": (a_log, changed(1, receiver=of_person(BO)), "not lent to them"),
    "it was revoked": (lambda: a_log(a_line("delegation.revoked")), changed(1), "not lent to them"),
    "it was replaced": (
        lambda: a_log(a_line(id="two", receiver=of_person(BO), replaces="one")),
        changed(1),
        "not lent to them",
    ),
    "it had ended": (
        a_log,
        lambda entries: (
            [one.update(at=draw_moment(NOON - HOUR)) for one in entries[:1]]
            and entries[0]["detail"].update(until=draw_moment(NOON))
        ),
        "after that had ended",
    ),
    "in the name of nobody asked": (a_log, changed(3, on_behalf_of=of_person(BO)), "not lent to them"),
    "the rule forbids it": (
        a_log,
        lambda entries: entries[1]["detail"]["ruling"].update(delegation=Delegating.FORBID.value),
        "the rule forbids",
    ),
    "the giver is no approver": (
        a_log,
        lambda entries: entries[1]["detail"]["ruling"]["stages"][0].update(approvers=[of_person(EVE)]),
        "no approver of this stage",
    ),
    "the giver is banned": (a_log, changed(2, requester=of_person(DIA)), "the requester answered"),
    "the giver gave it twice": (
        a_log,
        lambda entries: entries.append({**entries[2], "seq": 4, "detail": {**entries[2]["detail"], "counted": 2}}),
        "counted twice",
    ),
    "delegated by somebody else": (a_log, lambda entries: entries[0].update(actor=an_entry(BO)), "somebody else"),
    "delegated by a guest": (
        a_log,
        lambda entries: entries[0]["actor"].update(standing=Standing.GUEST.value),
        "no full member",
    ),
    "delegated to oneself": (a_log, changed(1, receiver=of_person(DIA)), "to themselves"),
    "the giver was in no group": (
        lambda: a_log(ruling=LIVE, giver=in_group(DIA)),
        lambda entries: entries[2]["detail"]["on_behalf_of"].pop("memberships"),
        "no approver of this stage",
    ),
    "the giver was in another group": (
        lambda: a_log(ruling=LIVE, giver=in_group(DIA)),
        lambda entries: entries[2]["detail"]["on_behalf_of"]["memberships"][0].update(ref="another"),
        "no approver of this stage",
    ),
    "it was the stand-in who was in the group": (
        lambda: a_log(ruling=LIVE, giver=in_group(DIA)),
        lambda entries: entries[2]["actor"].update(memberships=entries[2]["detail"]["on_behalf_of"].pop("memberships")),
        "no approver of this stage",
    ),
    "the giver stood in for a group without being its fallback": (
        lambda: a_log(ruling=LIVE, giver=in_group(DIA)),
        lambda entries: entries[2]["detail"]["on_behalf_of"]["memberships"][0].update({"as": "fallback"}),
        "no approver of this stage",
    ),
    "the giver's group was read too long ago": (
        lambda: a_log(ruling=LIVE, giver=in_group(DIA)),
        lambda entries: entries[2]["detail"]["on_behalf_of"]["memberships"][0].update(
            read_at=draw_moment(NOON - timedelta(seconds=61))
        ),
        "no approver of this stage",
    ),
    "for no time": (a_log, changed(1, until=draw_moment(NOON)), "for no time"),
    "for too long": (a_log, changed(1, until=draw_moment(NOON + timedelta(days=91))), "too long"),
    "replaces what was not there": (a_log, changed(1, replaces="zero"), "not there"),
    "revoked without having been given": (
        lambda: a_log(a_line("delegation.revoked", id="zero")),
        changed(1),
        "not there",
    ),
}


def an_entry(person: Person) -> dict[str, Any]:
    return {"standing": "member", "via": "slack_command", **(of_person(person) or {})}


@pytest.mark.parametrize(("log", "tamper", "why"), FORGED.values(), ids=FORGED.keys())
def test_what_could_not_have_been_is_found(log: Callable[[], Log], tamper: Tamper, why: str) -> None:
    forged = log()
    tamper(forged.entries)
    for seq, entry in enumerate(forged.entries, start=1):
        entry["seq"] = seq

    violation = forged.first_violation()

    assert violation is not None
    assert why in violation.sentence


def test_nobody_answers_in_the_name_of_whoever_has_been_heard() -> None:
    log = Log()
    log.note(a_line(), None)
    log.record(asked := submit(a_submission(ruling=RULING), NOON))
    log.record(advance(asked.request, rejection(by=DIA), NOON))
    other = advance(asked.request, replace(approval(by=GUS), mandates=(a_mandate(),)), NOON)
    log.record(other)

    violation = log.first_violation()

    assert violation is not None
    assert "had been heard" in violation.sentence


def test_a_right_rejects_once() -> None:
    log = a_log(is_rejected=True)
    detail = {name: value for name, value in log.entries[2]["detail"].items() if name != "on_behalf_of"}
    own = {**log.entries[2], "seq": 4, "actor": an_entry(DIA), "detail": detail}
    log.entries.append(own)

    violation = log.first_violation()

    assert violation is not None
    assert "counted twice" in violation.sentence
