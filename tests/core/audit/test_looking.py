"""What the log says of those who were looking must have been possible, and nobody was reminded meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.business_time import Opening
from bot.core.events import Event
from bot.core.life.lifecycle import advance, submit
from bot.core.life.outcome import Outcome
from bot.core.moments import draw_moment
from bot.core.people.identity import Person
from bot.core.ruling import Forbidden, Ruling
from tests import factories as a
from tests.core.audit.log import Log

MINUTE = timedelta(minutes=1)
QA = a.a_stage(
    "qa", 2, [a.BO, a.CHEN, a.ANA, a.GUS], reject_quorum=2, escalate=(a.a_step(12),), remind_after=5 * MINUTE
)
RULE = a.a_ruling(
    stages=[QA, a.a_stage("release", 1, [a.DIA], remind_after=5 * MINUTE)],
    forbid=[Forbidden.REQUESTER, Forbidden.AUTHORS],
)
ROTA = replace(RULE, stages=(replace(QA, approvers=(), groups=(a.a_group(),)),))
WEDNESDAY = tuple(Opening(2, *minutes) for minutes in ((720, 730), (750, 840)))
"""Open for ten minutes from noon on, closed for twenty, then open again."""

Step = tuple[float, Event]
LOOKS: Step = (3, a.a_claim())
REMINDS: Step = (18, a.a_reminder())
ESCALATES: Step = (12, a.an_escalation(a.TIMER))


def at(minutes: float) -> datetime:
    return a.NOON + minutes * MINUTE


def history(*steps: Step, ruling: Ruling = RULE) -> list[Outcome]:
    """A request, and what happened to it in which minute."""
    outcomes = [submit(a.a_submission(ruling=ruling, subject=a.a_subject(authors=[a.GUS])), a.NOON)]
    for minute, event in steps:
        outcomes.append(advance(outcomes[-1].request, event, at(minute)))
    return outcomes


WHOLE = {
    "looked at": history(LOOKS),
    "reminded when the look was over": history(LOOKS, ESCALATES, REMINDS, (35, a.a_reminder())),
    "prolonged, and what was held back comes as one": history(LOOKS, (17, a.a_claim()), (36, a.a_reminder())),
    "taken over": history(LOOKS, (4, a.a_claim(a.CHEN)), (19, a.a_reminder())),
    "whoever looked approved": history(LOOKS, (4, a.approval()), (5, a.a_reminder())),
    "whoever looked rejected": history(LOOKS, (4, a.rejection()), (5, a.a_reminder())),
    "another approved": history(LOOKS, (4, a.approval(a.CHEN)), REMINDS),
    "the next stage begins": history(
        LOOKS, (4, a.approval(a.CHEN)), (5, a.a_claim()), (6, a.approval()), (11, a.a_reminder())
    ),
    "asked anew": history(LOOKS, (4, a.a_revision(ruling=RULE)), (9, a.a_reminder())),
    "asked back in between": history(LOOKS, (4, a.a_question()), (6, a.an_answer()), REMINDS),
    "for as long as the rule says": history(LOOKS, (11, a.a_reminder()), ruling=replace(RULE, claim_for=8 * MINUTE)),
    "on the clock of the rule": history(
        LOOKS, (38, a.a_reminder()), ruling=replace(RULE, calendar=a.a_calendar(openings=WEDNESDAY))
    ),
    "settled and taken back": history(
        LOOKS,
        (4, a.approval(a.CHEN)),
        (5, a.an_undoing(a.CHEN)),
        (6, a.a_reminder()),
        ruling=replace(RULE, stages=(replace(QA, quorum=1),), undo_within=2 * MINUTE),
    ),
    "taken back when several were due": history(
        (4, a.approval()),
        (17, a.an_undoing()),
        (18, a.a_reminder()),
        ruling=replace(RULE, stages=(replace(QA, quorum=1),), undo_within=15 * MINUTE),
    ),
    "slept through": history((18, a.a_reminder()), (35, a.a_reminder())),
    "somebody of a live group": history((3, a.a_claim(a.in_group(read_at=at(3)))), ruling=ROTA),
    "of a rule that was frozen with a fraction of a second": history(
        LOOKS,
        REMINDS,
        (31, a.a_reminder()),
        ruling=replace(RULE, stages=(replace(QA, remind_after=timedelta(seconds=60.5)), RULE.stages[1])),
    ),
    "while it is quiet": history(LOOKS, REMINDS, ruling=replace(RULE, quiet=a.a_calendar())),
    "taken back in the end": history(LOOKS, (4, a.a_cancellation())),
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_happened_folds(name: str) -> None:
    request = WHOLE[name][-1].request

    read = Log().record(*WHOLE[name]).read()

    assert read.violation is None
    assert read.states()[a.ID].state == request.state.value


def test_a_log_from_before_has_each_of_those_that_were_slept_through() -> None:
    both = history((18, a.a_reminder()), (18.5, a.an_escalation(a.TIMER)), (35, a.a_reminder()))
    log = Log().record(*both)

    log.entries[1]["detail"]["reminder"] = 1
    log.entries[3]["detail"]["reminder"] = 2

    assert log.first_violation() is None


Forge = Callable[[list[dict[str, Any]]], object]


def _sets(seq: int, *path: str | int, to: object) -> Forge:
    def forge(entries: list[dict[str, Any]]) -> None:
        inner: Any = entries[seq - 1]
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = to

    return forge


def _is(seq: int, person: Person) -> Forge:
    known = {"person": person.key, "email": person.email, "slack_id": person.slack_id, "github": person.github}
    return lambda entries: entries[seq - 1]["actor"].update(known)


def _moment(minutes: float) -> str:
    return draw_moment(at(minutes))


FORGERIES: Sequence[tuple[str, Forge, str]] = [
    ("reminded when the look was over", _sets(4, "at", to=_moment(17.99)), "while somebody else was looking"),
    ("reminded when the look was over", _sets(4, "detail", "reminder", to=1), "a reminder is missing"),
    ("prolonged, and what was held back comes as one", _sets(4, "detail", "reminder", to=1), "a reminder is missing"),
    ("slept through", _sets(2, "detail", "reminder", to=3), "a reminder is missing"),
    ("taken back when several were due", _sets(4, "detail", "reminder", to=3), "a reminder is missing"),
    ("taken over", _sets(4, "at", to=_moment(18)), "while somebody else was looking"),
    ("whoever looked approved", _is(2, a.CHEN), "while somebody else was looking"),
    ("whoever looked rejected", _is(2, a.CHEN), "while somebody else was looking"),
    ("looked at", _sets(2, "detail", "until", to=_moment(17)), "for longer, or less long"),
    ("looked at", _sets(2, "detail", "until", to=_moment(63)), "for longer, or less long"),
    ("looked at", _sets(1, "detail", "ruling", "claim_for_seconds", to=60), "for longer, or less long"),
    ("for as long as the rule says", _sets(1, "detail", "ruling", "claim_for_seconds", to=900), "for longer, or"),
    ("on the clock of the rule", _sets(2, "detail", "until", to=_moment(18)), "for longer, or less long"),
    ("looked at", _sets(2, "detail", "stage", to=1), "a stage that was not asked"),
    ("looked at", _sets(2, "detail", "quiet", to=True), "a stage that was not asked"),
    ("looked at", _is(2, a.DIA), "no approver of this stage"),
    ("looked at", _is(2, a.ANA), "the requester answered"),
    ("looked at", _is(2, a.GUS), "an author answered"),
    ("looked at", _sets(2, "actor", "standing", to="guest"), "no full member"),
    ("looked at", _sets(2, "actor", "person", to=None), "no full member"),
    ("looked at", _sets(2, "state", to="approved"), "there is no road"),
    ("looked at", _sets(2, "at", to=_moment(60)), "at or after the deadline"),
    *(
        ("taken over", _sets(1, "detail", "ruling", "stages", 0, "remind_after_seconds", to=seconds), "before the time")
        for seconds in (0, -1, 0.001)
    ),
    ("somebody of a live group", _sets(2, "actor", "memberships", to=[]), "no approver of this stage"),
    ("the next stage begins", _is(4, a.CHEN), "who has answered"),
    ("asked back in between", _sets(2, "detail", to={}), "no entry as this log writes them"),
]


@pytest.mark.parametrize(("name", "forge", "sentence"), FORGERIES)
def test_what_cannot_have_happened_is_found(name: str, forge: Forge, sentence: str) -> None:
    log = Log().record(*WHOLE[name])
    forge(log.entries)

    violation = log.first_violation()

    assert violation is not None
    assert sentence in violation.sentence


def test_whoever_rejected_does_not_look() -> None:
    log = Log().record(*history((3, a.rejection(a.CHEN)), (4, a.a_claim())))
    _is(3, a.CHEN)(log.entries)

    violation = log.first_violation()

    assert violation is not None
    assert "who has answered" in violation.sentence


def test_a_log_from_before_there_was_a_setting_means_fifteen_minutes() -> None:
    log = Log().record(*WHOLE["looked at"])

    assert "claim_for_seconds" not in log.entries[0]["detail"]["ruling"]
    assert log.entries[1]["detail"] == {"stage": 0, "until": _moment(18)}
