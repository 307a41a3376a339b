"""A log that happened folds to where it stands; one that could not have happened is caught where it lies."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.audit import GENESIS, Folded, Refold, entry_hash
from bot.core.audit.life import OPEN, ROADS
from bot.core.business_time import Opening
from bot.core.events import Cancelled, DeadlinePassed, Event, GlassChased, Happened, WindowPassed
from bot.core.freeze import Freezing
from bot.core.life.break_glass import next_chase
from bot.core.life.lifecycle import BIRTH, MAP, advance, submit
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Person
from bot.core.people.membership import Belonging, GroupKind
from bot.core.request import RequestId, State
from bot.core.ruling import Category, Demands, Forbidden, Handling, OnTimeout, RequireReason, Ruling
from tests import factories as a
from tests.core.audit.log import Log

MINUTE = timedelta(minutes=1)
CLIMB = (a.a_step(1, to=[a.OLD], channel=None), a.a_step(2))
CHAIN = a.a_ruling(
    stages=[
        a.a_stage("qa", 2, [a.BO, a.CHEN, a.ANA, a.GUS], escalate=CLIMB, remind_after=MINUTE),
        a.a_stage("release", 1, [a.DIA], reject_quorum=2),
    ],
    break_glass=a.a_break_glass([a.EVE]),
    forbid=list(Forbidden),
    require_reason=RequireReason.ON_REJECT,
)
WEDNESDAY = tuple(Opening(2, *minutes) for minutes in ((720, 722), (724, 840)))
BUSINESS = replace(CHAIN, calendar=a.a_calendar(openings=WEDNESDAY))
"""Open for two minutes from noon on, closed for two, then open again."""

HUSHED = replace(CHAIN, quiet=a.a_calendar())

ASKED = a.a_submission(ruling=CHAIN, subject=a.a_subject(authors=[a.GUS]))


def history(
    *events: Event | Happened, ruling: Ruling = CHAIN, doubtful: bool = False, requester: Person = a.ANA
) -> list[Outcome]:
    """A request and what happened to it, a minute each; what the clock brings waits. A line stands in the log."""
    tests = a.some_tests(incomplete=["cut off"] if doubtful else [])
    subject = a.a_subject(authors=[a.GUS], requester=requester)
    outcomes, now = [submit(a.a_submission(ruling=ruling, subject=subject, tests=tests), a.NOON)], a.NOON
    for event in events:
        request = outcomes[-1].request
        if isinstance(event, DeadlinePassed):
            now = request.deadline or now
        elif isinstance(event, GlassChased):
            now = next_chase(request) or now
        elif isinstance(event, WindowPassed):
            now = request.settled.release_at if request.settled else now
        else:
            now += MINUTE
        if isinstance(event, Happened):
            outcomes.append(Outcome(request=request, happened=(replace(event, at=now),), effects=()))
        else:
            outcomes.append(advance(request, event, now))
    return outcomes


ASKS, FROZEN = a.a_freeze(Freezing.ASK), a.a_freeze()
SHOWN = a.a_posted_card()
UNSEEN = a.a_timeout(was_shown=False)
QUIET = a.a_ruling(on_timeout=OnTimeout.APPROVE)
QA = (a.approval(by=a.BO), a.approval(by=a.CHEN))
LIVE = a.a_group("on-call", GroupKind.CALENDAR, fallback=[a.DIA])
ROTA = a.a_ruling(
    stages=[a.a_stage("release", 2, [], groups=(a.a_group(),), escalate=(a.a_step(to=[], groups=[LIVE]),))]
)
IN_IT = a.approval(by=a.in_group(a.BO, read_at=a.NOON + MINUTE))
STANDS_IN = a.approval(by=a.in_group(a.DIA, LIVE, Belonging.FALLBACK))
GROUP_GLASS = a.a_ruling(
    stages=[a.a_stage("release", 1, [a.CHEN])], break_glass=a.a_break_glass([], groups=[a.a_group(), LIVE])
)
DEMANDING = a.a_ruling(2, demands=Demands(category=RequireReason.ON_APPROVE, condition=True, environment=True))
HELD = a.a_ruling(2, undo_within=2 * MINUTE, break_glass=a.a_break_glass([a.EVE]))
TWO = (a.approval(a.BO), a.approval(a.CHEN, condition="max 10 %"))
FOUR_EYES = a.a_stage(quorum=2, reject_quorum=2)
TWO_NOES = replace(HELD, undo_within=9 * MINUTE, stages=(a.a_stage(quorum=1, reject_quorum=2),))
RULE_OF_TWO = a.a_ruling(2)
QUIET2 = a.a_ruling(2, on_timeout=OnTimeout.APPROVE)
WHOLE = {
    "a glass of live groups": history(
        a.an_emergency(by=a.in_group(a.BO, read_at=a.NOON + MINUTE)),
        a.a_glass_review(by=a.in_group(a.DIA, LIVE, Belonging.FALLBACK)),
        ruling=GROUP_GLASS,
    ),
    "by live groups": history(IN_IT, a.an_escalation(), STANDS_IN, ruling=ROTA),
    "open": history(),
    "approved by a chain": history(*QA, a.approval(by=a.DIA, stage=1)),
    "half way": history(*QA),
    "rejected": history(a.rejection(by=a.BO)),
    "rejected by two": history(*QA, a.rejection(by=a.CHEN, stage=1), a.rejection(by=a.DIA, stage=1)),
    "a rejection taken back": history(*QA, a.rejection(by=a.DIA, stage=1), a.approval(by=a.DIA, stage=1)),
    "expired": history(a.approval(by=a.BO), UNSEEN),
    "expired in doubt": history(SHOWN, a.a_timeout(), ruling=QUIET, doubtful=True),
    "expired unseen": history(UNSEEN, ruling=QUIET),
    "revised and not shown again": history(
        SHOWN, a.a_revision(ruling=QUIET), replace(SHOWN, event="card.updated"), UNSEEN, ruling=QUIET
    ),
    "revised and shown again": history(
        SHOWN, a.a_revision(ruling=QUIET), a.a_posted_card(2, "card.updated"), SHOWN, a.a_timeout(), ruling=QUIET
    ),
    "rejected by silence": history(UNSEEN, ruling=a.a_ruling(on_timeout=OnTimeout.REJECT)),
    "approved by silence": history(SHOWN, a.a_timeout(), ruling=QUIET),
    "asked back": history(a.a_question(by=a.BO), a.an_answer(), *QA),
    "asked by a login": history(a.approval(by=a.BO), requester=Person(key="github:mallory", github="mallory")),
    "alike": history(*QA, a.rejection(by=a.DIA, stage=1)),
    "rejected while asked back": history(a.a_question(by=a.BO), a.rejection(by=a.CHEN)),
    "asked back and forgotten": history(a.a_question(by=a.BO), UNSEEN),
    "cancelled": history(a.a_cancellation()),
    "taken back by whoever asked": history(Cancelled(by=a.an_actor(a.ANA), reason="not now")),
    "escalated": history(a.an_escalation(a.TIMER), a.approval(by=a.OLD), a.an_escalation(a.BO)),
    "reminded": history(a.a_reminder(), a.a_question(by=a.BO), a.an_answer(), a.a_cancellation()),
    "whole again": history(
        a.a_revision(ruling=a.a_ruling(2)), a.approval(by=a.BO, revision=2), ruling=RULE_OF_TWO, doubtful=True
    ),
    "approved on what is not whole": history(
        a.approval(by=a.BO), ruling=replace(RULE_OF_TWO, accept_incomplete=True), doubtful=True
    ),
    "an emergency on what is not whole": history(a.an_emergency(by=a.EVE), doubtful=True),
    "revised": history(*QA, a.a_revision(ruling=a.a_ruling(2)), a.approval(by=a.BO, revision=2)),
    "reminded and escalated while it is quiet": history(
        a.a_reminder(), a.an_escalation(a.TIMER), *QA, a.approval(by=a.DIA, stage=1), ruling=HUSHED
    ),
    "in business time": history(
        a.a_question(by=a.BO),
        a.an_answer(),
        a.a_reminder(),
        a.an_escalation(a.TIMER),
        a.an_escalation(a.TIMER),
        ruling=BUSINESS,
    ),
    "until it closes": history(a.a_question(by=a.BO), ruling=replace(BUSINESS, timeout=2 * MINUTE)),
    "as the caller wished": history(a.a_question(by=a.BO), a.an_answer(), ruling=replace(BUSINESS, is_wished=True)),
    "in a freeze that asks": history(*QA, a.approval(by=a.DIA, stage=1, freezes=(ASKS,))),
    "expired in a freeze": history(SHOWN, a.a_timeout(freezes=[ASKS]), ruling=QUIET),
    "an emergency in a freeze": history(a.an_emergency(by=a.EVE, freezes=[replace(FROZEN, allow_break_glass=True)])),
    "rejected in a freeze": history(a.rejection(by=a.BO, freezes=(FROZEN,))),
    "rejected by a freeze": history(ruling=a.a_ruling(handling=Handling.AUTO_REJECT, freezes=(FROZEN,))),
    "in an emergency": history(a.approval(by=a.BO), a.an_emergency(by=a.EVE)),
    "a glass that is reviewed": history(a.an_emergency(by=a.EVE), a.a_chase(), a.a_chase(), a.a_glass_review(a.BO)),
    "a glass that anybody reviews": history(
        a.an_emergency(by=a.EVE), a.a_glass_review(a.OLD), ruling=a.a_ruling(break_glass=a.a_break_glass([a.EVE]))
    ),
    "with everything its rule wants": history(
        a.approval(by=a.BO, category=Category.RISK, condition="max 10 %", environment="production"),
        a.approval(by=a.CHEN, category=Category.DATA, condition="watch it", environment="production"),
        ruling=DEMANDING,
    ),
    "a yes taken back with its condition": history(
        a.approval(by=a.BO, condition="max 10 %"),
        a.rejection(by=a.BO),
        a.approval(by=a.CHEN, condition="watch it"),
        a.approval(by=a.DIA),
        ruling=a.a_ruling(stages=[a.a_stage("qa", 2, reject_quorum=2)]),
    ),
    "silence on a condition": history(SHOWN, a.approval(by=a.BO, condition="max 10 %"), a.a_timeout(), ruling=QUIET2),
    "an emergency after a condition": history(a.approval(by=a.BO, condition="max 10 %"), a.an_emergency(by=a.EVE)),
    "held": history(*TWO, ruling=HELD),
    "held and released": history(*TWO, a.a_release(), ruling=HELD),
    "a no held and released": history(a.rejection(a.DIA), a.a_release(), ruling=HELD),
    "held until the deadline": history(*TWO, a.a_release(), ruling=replace(HELD, timeout=3 * MINUTE)),
    "taken back": history(*TWO, a.an_undoing(a.BO), a.approval(a.DIA), a.a_release(), ruling=HELD),
    "taken back before it is enough": history(TWO[0], a.an_undoing(a.BO), *TWO, a.a_release(), ruling=HELD),
    "taken back and silent": history(*TWO, a.an_undoing(a.BO), UNSEEN, ruling=HELD),
    "rejected while held": history(*TWO, a.rejection(a.DIA), a.a_release(), ruling=HELD),
    "a no to what was held taken back": history(
        *TWO, a.rejection(a.DIA), a.an_undoing(a.DIA), a.a_release(), ruling=HELD
    ),
    "a no taken back": history(a.rejection(a.DIA), a.an_undoing(a.DIA), *TWO, a.a_release(), ruling=HELD),
    "a no that is not enough": history(TWO[0], a.rejection(a.DIA), a.an_undoing(a.DIA), a.a_release(), ruling=TWO_NOES),
    "their own no while held": history(*TWO, a.rejection(a.BO), UNSEEN, ruling=replace(HELD, stages=(FOUR_EYES,))),
    "held anew": history(*TWO, a.rejection(a.DIA), a.an_undoing(a.DIA), a.a_release(), ruling=HELD),
    "held anew until the deadline": history(
        *TWO, a.rejection(a.DIA), a.an_undoing(a.DIA), a.a_release(), ruling=replace(HELD, timeout=5 * MINUTE)
    ),
    "held anew and doubted by too few": history(
        a.approval(a.BO),
        *(a.rejection(a.CHEN), a.rejection(a.DIA), a.an_undoing(a.CHEN), a.an_undoing(a.DIA)),
        *(a.rejection(a.EVE), a.a_release()),
        ruling=TWO_NOES,
    ),
    "a no of a chain taken back": history(
        *QA,
        a.approval(by=a.DIA, stage=1),
        a.rejection(a.BO, stage=1),
        a.an_undoing(a.BO, stage=1),
        a.a_release(),
        ruling=replace(CHAIN, undo_within=2 * MINUTE, stages=(*CHAIN.stages[:-1], a.a_stage("release"))),
    ),
    "a no of the first stage taken back": history(
        a.rejection(a.BO), a.an_undoing(a.BO), *QA, ruling=replace(CHAIN, undo_within=2 * MINUTE)
    ),
    "a no held in question": history(a.a_question(), a.rejection(a.DIA), a.a_release(), ruling=HELD),
    "cancelled while held": history(*TWO, a.a_cancellation(), ruling=HELD),
    "revised while held": history(*TWO, a.a_revision(ruling=HELD), ruling=HELD),
    "an emergency while held": history(*TWO, a.an_emergency(by=a.EVE), ruling=HELD),
    "kept back by a freeze": history(*TWO, a.a_release(FROZEN), ruling=HELD),
    "a chain that is held": history(
        *QA, a.approval(by=a.DIA, stage=1), a.a_release(), ruling=replace(CHAIN, undo_within=2 * MINUTE)
    ),
    "answered by the source": history(a.a_question(by=a.BO), a.an_answer(by=a.CI), a.a_cancellation()),
    "approved by a rule": history(ruling=a.a_ruling(handling=Handling.AUTO_APPROVE)),
    "rejected by a rule": history(ruling=a.a_ruling(handling=Handling.AUTO_REJECT), doubtful=True),
    "revised and rejected": history(a.a_revision(ruling=a.a_ruling(handling=Handling.AUTO_REJECT))),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_history_folds_to_the_request_as_it_stands(name: str) -> None:
    request = WHOLE[name][-1].request

    refold = Log().record(*WHOLE[name]).read()

    assert refold.violation is None
    assert refold.states() == {
        request.id: Folded(
            number=request.number,
            state=request.state.value,
            revision=request.revision,
            stage=request.stage,
            digest=request.digest,
            deadline=request.deadline,
            release_at=request.settled.release_at if request.settled else None,
        )
    }


def test_many_requests_fold_side_by_side() -> None:
    ids = [RequestId(f"019a0000-0000-7000-8000-{n:012d}") for n in range(3)]
    asked = [submit(a.a_submission(request_id=i, number=n), a.NOON) for n, i in enumerate(ids)]
    yes = advance(asked[1].request, a.approval(), a.NOON + MINUTE)

    refold = Log().record(*asked, yes).read()

    assert refold.violation is None
    assert [folded.state for folded in refold.states().values()] == ["pending", "approved", "pending"]


def test_the_roads_of_the_log_are_those_of_the_lifecycle() -> None:
    """The fold has its own table; it must reach the same states, by way of its lines."""
    endings = {state for roads in ROADS.values() for afters in roads.values() for state in afters}
    reachable = {after.value for roads in MAP.values() for afters in roads.values() for after in afters}

    assert endings == reachable | {state.value for state in BIRTH}
    afterwards = {event: roads for event, roads in ROADS.items() if any(state not in OPEN for state in roads if state)}
    assert afterwards.keys() == {"request.glass_chased", "request.glass_reviewed"}
    assert all(roads == {"approved": {"approved"}} for roads in afterwards.values())


def _refusal(state: State | None) -> Happened:
    return Happened(event="request.refused", at=a.NOON + MINUTE, by=a.an_actor(), state=state, detail={})


def test_refusals_and_effects_stand_in_the_log_and_change_nothing() -> None:
    asked = history()[0]
    log = Log().record(asked)
    log.note(_refusal(State.PENDING), asked.request)
    log.note(_refusal(None), None)
    log.note(Happened(event="card.posted", at=a.NOON + MINUTE, by=a.TIMER, state=None, detail={}), asked.request)

    assert log.first_violation() is None
    assert log.read().states()[a.ID].state == "pending"


@pytest.mark.parametrize("known", [True, False])
def test_a_refusal_cannot_speak_of_another_state(known: bool) -> None:  # noqa: FBT001 - both, in turn
    asked = history()[0]
    log = Log().record(asked) if known else Log()
    log.note(_refusal(State.REJECTED), asked.request)

    violation = log.first_violation()

    assert violation is not None
    assert violation.sentence == "a refusal speaks of a state the request was not in"


def _set(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    """Return a forger that writes *to* at the end of *path*."""

    def forge(entry: dict[str, Any]) -> None:
        inner: Any = entry
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = to

    return forge


def _actor(name: str) -> Callable[[dict[str, Any]], None]:
    person = a.PEOPLE[name]

    def forge(entry: dict[str, Any]) -> None:
        known = {"person": person.key, "email": person.email, "slack_id": person.slack_id, "github": person.github}
        entry["actor"].update(known)

    return forge


def _called(handle: str, to: object) -> Callable[[dict[str, Any]], None]:
    """Return a forger that has somebody answer who has no login, and *handle* is *to*."""

    def forge(entry: dict[str, Any]) -> None:
        entry["actor"].update({"github": None, handle: to})

    return forge


def _both(*forgers: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def forge(entry: dict[str, Any]) -> None:
        for forger in forgers:
            forger(entry)

    return forge


LATE = "2026-03-04T13:00:00.000000Z"
RULE = ("detail", "ruling")
FORGERIES: list[tuple[str, int, Callable[[dict[str, Any]], None], str]] = [
    ("approved by a chain", 2, _set("state", to="approved"), "there is no road"),
    ("open", 1, _set("state", to="approved"), "there is no road"),
    ("approved by a chain", 2, _set("number", to=2), "its number was 1"),
    ("approved by a chain", 2, _set("revision", to=2), "revision 2 follows 1"),
    ("open", 1, _set("revision", to=2), "revision 2 follows 0"),
    ("revised", 4, _set("revision", to=3), "revision 3 follows 1"),
    ("approved on what is not whole", 1, _set("detail", "needs_whole", to=True), "evidence that is not complete"),
    ("revised", 4, _set("actor", "name", to="cd"), "revised by somebody who did not ask"),
    ("revised", 4, _set("actor", "via", to="slack_button"), "revised by somebody who did not ask"),
    *(
        ("revised", 4, _set("detail", name, to="another"), f"asks for another {name}")
        for name in ("source", "title", "action", "service", "environment", "lane", "requester", "callback")
    ),
    ("revised", 4, _set("detail", "authors", to=[]), "forgets somebody who wrote part of it"),
    ("revised", 4, _set("detail", "voided", to=0), "how many approvals are void"),
    ("revised", 4, _set("detail", "changed", "commit", to=None), "what it says has changed"),
    ("revised", 4, _set("detail", "changed", "failed", to=[2, 2]), "what it says has changed"),
    ("revised", 4, _set("detail", "tests", "total", to=1), "what it says has changed"),
    ("revised", 4, _set("detail", "changed", "since", to=2), "what it says has changed"),
    ("approved by a chain", 2, _set("digest", to=a.OTHER_DIGEST), "another content"),
    ("approved by a chain", 2, _set("stage", to=1), "it stands at stage 1, the reviews say 0"),
    ("half way", 3, _set("stage", to=0), "it stands at stage 0, the reviews say 1"),
    ("half way", 3, _set("at", to=LATE), "at or after the deadline"),
    ("cancelled", 2, _set("at", to=LATE), "at or after the deadline"),
    ("expired", 3, _set("at", to="2026-03-04T12:59:59.999999Z"), "before the deadline"),
    ("rejected by silence", 2, _set("at", to="2026-03-04T12:59:59.999999Z"), "before the deadline"),
    ("rejected", 3, _set("at", to="2026-03-04T12:02:00.000000Z"), "not decided in the moment"),
    ("open", 1, _set("detail", "deadline", to="2026-03-04T14:00:00.000000Z"), "its deadline is not its rule's"),
    ("approved by a rule", 1, _set("detail", "tests", "incomplete", to=["x"]), "on incomplete evidence"),
    ("open", 1, _set("detail", "tests", "triage", "known", to=1), "what failed is not what was new, known"),
    ("open", 1, _set("detail", "tests", "triage", "new", to=-1), "what failed is not what was new, known"),
    ("open", 1, _set("detail", "tests", "failed", to=0), "what failed is not what was new, known"),
    ("half way", 3, _actor("bo"), "counted twice"),
    ("half way", 3, _actor("dia"), "no approver of this stage"),
    ("half way", 3, _actor("ana"), "the requester answered"),
    ("half way", 3, _actor("gus"), "an author answered"),
    ("by live groups", 2, _set("actor", "memberships", to=[]), "no approver of this stage"),
    ("by live groups", 2, _set("actor", "memberships", 0, "as", to="outsider"), "no approver of this stage"),
    ("by live groups", 2, _set("actor", "memberships", 0, "ref", to="another"), "no approver of this stage"),
    (
        "by live groups",
        2,
        _set("actor", "memberships", 0, "read_at", to="2026-03-04T11:59:59.000000Z"),
        "no approver of",
    ),
    ("by live groups", 4, _actor("chen"), "no approver of this stage"),
    ("a glass of live groups", 2, _set("actor", "memberships", to=[]), "not in its group"),
    ("a glass of live groups", 2, _set("actor", "memberships", 0, "as", to="unknown"), "not in its group"),
    ("a glass of live groups", 1, _set(*RULE, "break_glass_groups", to=[]), "not in its group"),
    ("a glass of live groups", 4, _set("actor", "memberships", 0, "as", to="outsider"), "could not have approved"),
    (
        "by live groups",
        4,
        _set("actor", "memberships", 0, "read_at", to="2026-03-03T12:00:00.000000Z"),
        "no approver of",
    ),
    ("half way", 3, _set("actor", "standing", to="guest"), "no full member"),
    ("half way", 3, _set("actor", "person", to=None), "no full member"),
    ("half way", 3, _set("detail", "stage", to=1), "which was not asked"),
    ("half way", 3, _set("detail", "counted", to=1), "it counts 1 answers, there are 2"),
    ("rejected by two", 5, _actor("chen"), "rejection is counted twice"),
    ("rejected by two", 1, _set(*RULE, "stages", 1, "reject_quorum", to=1), "it was settled (reject) and left open"),
    ("escalated", 2, _set("at", to="2026-03-04T12:00:59.999999Z"), "escalated before its time"),
    ("escalated", 2, _set("detail", "to", to=[]), "escalated otherwise than its rule says"),
    ("escalated", 1, _set(*RULE, "stages", 0, "escalate", to=[]), "escalated further than its rule goes"),
    ("escalated", 3, _actor("eve"), "no approver of this stage"),
    ("reminded", 2, _set("at", to="2026-03-04T12:00:59.999999Z"), "reminded before the time"),
    ("reminded", 2, _set("detail", "reminder", to=2), "a reminder is missing"),
    ("reminded", 1, _set(*RULE, "stages", 0, "remind_after_seconds", to=None), "reminded before the time"),
    ("rejected", 2, _set("detail", "reason", to=" "), "lacks the reason"),
    ("half way", 3, _set("detail", "verdict", to="perhaps"), "perhaps is no verdict"),
    ("rejected while asked back", 3, _set("detail", "verdict", to="approve"), "while a question was open"),
    ("approved by a chain", 5, _set("detail", "verdict", to="reject"), "approve was due, reject was written"),
    ("rejected", 3, _set("state", to="approved"), "reject was due"),
    ("approved by a chain", 5, _set("detail", "break_glass", to=True), "approve was due"),
    ("in business time", 1, _set("detail", "deadline", to="2026-03-04T13:03:00.000000Z"), "its deadline is not"),
    ("in business time", 1, _set(*RULE, "calendar", to=None), "its deadline is not"),
    ("in business time", 1, _set(*RULE, "calendar", "closed", to=["2026-03-04"]), "its deadline is not"),
    ("in business time", 1, _set(*RULE, "is_wished", to=True), "its deadline is not"),
    ("in business time", 2, _set("detail", "deadline", to="2026-03-04T13:02:00.000000Z"), "after one more timeout"),
    ("in business time", 3, _set("detail", "deadline", to="2026-03-04T13:02:00.000000Z"), "does not run on"),
    ("in business time", 6, _set("at", to="2026-03-04T12:04:59.999999Z"), "escalated before its time"),
    ("until it closes", 1, _set("detail", "deadline", to="2026-03-04T12:03:00.000000Z"), "its deadline is not"),
    ("in a freeze that asks", 4, _set("detail", "freezes", 0, "then", to="reject"), "approved in a freeze"),
    (
        "an emergency in a freeze",
        2,
        _set("detail", "freezes", 0, "allow_break_glass", to=False),
        "approved in a freeze",
    ),
    ("expired in a freeze", 3, _set("detail", "freezes", to=[]), "it expired, its rule says approve"),
    ("rejected by a freeze", 1, _set(*RULE, "handling", to="auto_approve"), "approved by a rule in a freeze"),
    ("in an emergency", 4, _set("detail", "break_glass", to=False), "break_glass was due"),
    ("in an emergency", 3, _actor("dia"), "not in its group"),
    ("in an emergency", 1, _set(*RULE, "break_glass", to=None), "not in its group"),
    ("in an emergency", 3, _set("detail", "reason", to=" "), "without a reason"),
    (
        "in an emergency",
        1,
        _set("detail", "requester", to={"person": "eve", "email": None, "slack_id": None, "github": None}),
        "the requester answered",
    ),
    ("in an emergency", 3, _set("detail", "review_due", to=LATE), "not due when its rule says"),
    ("in an emergency", 1, _set(*RULE, "review_within_seconds", to=7), "not due when its rule says"),
    ("a glass that is reviewed", 4, _set("at", to="2026-03-05T12:00:59.999999Z"), "before its time"),
    ("a glass that is reviewed", 4, _set("detail", "chase", to=2), "how often a review was asked for is wrong"),
    ("a glass that is reviewed", 5, _set("at", to="2026-03-05T12:01:01.000000Z"), "too often"),
    ("a glass that is reviewed", 6, _actor("eve"), "may have reviewed it"),
    ("a glass that is reviewed", 6, _actor("ana"), "the requester answered"),
    ("a glass that is reviewed", 6, _actor("gus"), "an author answered"),
    ("a glass that is reviewed", 6, _actor("old"), "could not have approved"),
    ("a glass that is reviewed", 6, _set("actor", "standing", to="guest"), "no full member"),
    ("a glass that is reviewed", 6, _set("detail", "reason", to=" "), "lacks its reason"),
    ("a glass that is reviewed", 6, _set("detail", "review_due", to=LATE), "due at another time"),
    ("a glass that is reviewed", 6, _set("state", to="rejected"), "there is no road"),
    ("a glass that is reviewed", 6, _set("event", to="request.cancelled"), "there is no road"),
    ("held", 3, _set("detail", "release_at", to="2026-03-04T12:03:59.999999Z"), "not released when its rule says"),
    ("held", 3, _set("detail", "release_at", to=None), "not released when its rule says"),
    ("held", 2, _set("detail", "release_at", to="2026-03-04T12:03:00.000000Z"), "not released when its rule says"),
    ("held", 1, _set(*RULE, "undo_within_seconds", to=119), "not released when its rule says"),
    ("held anew", 5, _set("detail", "release_at", to=None), "not released when its rule says"),
    ("held anew", 5, _set("detail", "release_at", to="2026-03-04T12:04:00.000000Z"), "not released when its rule says"),
    ("held anew", 6, _set("at", to="2026-03-04T12:05:59.999999Z"), "released before its time"),
    ("held anew", 6, _actor("bo"), "somebody else is said to have decided it"),
    ("held anew", 6, _both(_set("state", to="rejected"), _set("detail", "verdict", to="reject")), "approve was"),
    ("approved by a chain", 4, _set("detail", "release_at", to="2026-03-04T12:03:00.000000Z"), "not released when"),
    ("held and released", 4, _set("at", to="2026-03-04T12:03:59.999999Z"), "released before its time"),
    ("held and released", 4, _actor("dia"), "somebody else is said to have decided it"),
    (
        "held and released",
        4,
        _both(_set("state", to="rejected"), _set("detail", "verdict", to="reject")),
        "approve was",
    ),
    ("held and released", 4, _set("detail", "conditions", to=[]), "its conditions are not those"),
    ("held and released", 4, _set("event", to="request.expired"), "there is no road"),
    ("held and released", 1, _set(*RULE, "undo_within_seconds", to=180), "not released when its rule says"),
    ("a no held and released", 3, _set("at", to="2026-03-04T12:02:59.999999Z"), "released before its time"),
    ("held until the deadline", 3, _set("detail", "release_at", to="2026-03-04T12:04:00.000000Z"), "not released when"),
    ("held until the deadline", 1, _set("detail", "deadline", to="2026-03-04T12:04:00.000000Z"), "not its rule's"),
    ("taken back", 4, _actor("dia"), "an answer that was not theirs"),
    ("taken back", 4, _set("actor", "standing", to="guest"), "by nobody who could"),
    ("taken back", 4, _set("actor", "person", to=None), "by nobody who could"),
    ("taken back", 4, _set("detail", "stage", to=1), "by nobody who could"),
    ("taken back", 4, _set("detail", "verdict", to="reject"), "an answer that was not theirs"),
    ("taken back", 4, _set("detail", "counted", to=2), "it counts 2 answers, 1 are left"),
    ("taken back", 4, _set("detail", "release_at", to="2026-03-04T12:04:00.000000Z"), "not released when its rule"),
    ("taken back", 4, _set("at", to="2026-03-04T12:04:00.000000Z"), "at or after the deadline"),
    ("taken back", 4, _set("state", to="needs_info"), "there is no road"),
    ("taken back", 5, _actor("chen"), "counted twice"),
    (
        "taken back before it is enough",
        1,
        _set(*RULE, "undo_within_seconds", to=None),
        "for which its rule gives no time",
    ),
    ("a no to what was held taken back", 5, _set("detail", "release_at", to=None), "not released when its rule says"),
    ("a no to what was held taken back", 6, _actor("dia"), "somebody else is said to have decided it"),
    ("a no to what was held taken back", 6, _set("detail", "conditions", to=[]), "its conditions are not those"),
    ("taken back and silent", 5, _both(_set("event", to="request.decided"), _set("state", to="approved")), "was due"),
    ("a no that is not enough", 4, _set("detail", "release_at", to=None), "not released when its rule says"),
    ("rejected while held", 4, _set("detail", "verdict", to="approve"), "has no place before that is released"),
    ("rejected while held", 5, _actor("bo"), "somebody else is said to have decided it"),
    ("a no held and released", 2, _set("detail", "counted", to=2), "it counts 2 answers, there are 1"),
    ("an emergency while held", 4, _actor("dia"), "not in its group"),
    ("kept back by a freeze", 4, _set("detail", "freezes", to=[]), "no freeze stood in its way"),
    ("kept back by a freeze", 4, _set("detail", "freezes", 0, "then", to="ask"), "no freeze stood in its way"),
    ("kept back by a freeze", 4, _set("at", to="2026-03-04T12:03:59.999999Z"), "released before its time"),
    ("asked back", 3, _actor("bo"), "was not asked"),
    ("asked back", 3, _set("actor", "standing", to="guest"), "was not asked"),
    ("asked back", 3, _set("detail", "answer", to=" "), "says nothing"),
    ("asked back", 2, _actor("dia"), "no approver of this stage"),
    ("asked back", 2, _actor("ana"), "the requester answered"),
    ("asked back", 2, _set("detail", "deadline", to="2026-03-04T15:00:00.000000Z"), "after one more timeout"),
    ("asked back", 3, _set("detail", "deadline", to="2026-03-04T15:00:00.000000Z"), "does not run on"),
    ("approved by silence", 1, _set("detail", "tests", "incomplete", to=["x"]), "a doubt was taken for a yes"),
    ("approved by silence", 1, _set(*RULE, "on_timeout", to="reject"), "reject was due, approve was written"),
    ("approved by silence", 1, _set(*RULE, "on_timeout", to="expire"), "expire was due, approve was written"),
    ("expired", 1, _set(*RULE, "on_timeout", to="reject"), "it expired, its rule says reject"),
    ("approved by silence", 2, _set("detail", "revision", to=None), "it says that a card was shown"),
    ("approved by silence", 2, _set("event", to="thread.posted"), "it says that a card was shown"),
    ("approved by silence", 3, _set("detail", "was_shown", to=False), "it says that a card was not shown"),
    ("expired unseen", 2, _set("detail", "was_shown", to=True), "it says that a card was shown"),
    ("expired unseen", 2, _set("detail", to={}), "no entry as this log writes them"),
    ("half way", 3, _called("slack_id", "U0OLD0000"), "no approver of this stage"),
    ("half way", 3, _called("also", ["key:bo"]), "counted twice"),
    ("half way", 3, _called("also", ["email:Ana+x@acme.test"]), "the requester answered"),
    ("asked by a login", 2, _called("also", []), "nothing tells them apart"),
    ("alike", 4, _both(_actor("eve"), _called("also", ["email:bo@acme.test"])), "no approver of this stage"),
    ("expired in doubt", 1, _set("detail", "tests", "incomplete", to=[]), "it expired, its rule says approve"),
    ("escalated", 4, _set("actor", "standing", to="guest"), "by somebody who is no full member"),
    ("escalated", 4, _set("actor", "person", to=None), "by somebody who is no full member"),
    ("taken back by whoever asked", 2, _set("actor", "standing", to="guest"), "by somebody who did not ask for it"),
    ("taken back by whoever asked", 2, _actor("bo"), "by somebody who did not ask for it"),
    ("taken back by whoever asked", 1, _set("detail", "requester", to=None), "by somebody who did not ask for it"),
    ("half way", 2, _set("seq", to=3), "entry 2 should stand here, this one says 3"),
    ("half way", 2, _set("at", to="2026-03-04T11:59:59.999999Z"), "time runs backwards"),
    ("half way", 2, _set("at", to="noon"), "no entry as this log writes them"),
    ("half way", 2, _set("detail", to=None), "no entry as this log writes them"),
    ("half way", 2, _set("actor", to=[]), "no entry as this log writes them"),
    ("half way", 2, _set("request", to=["x"]), "no entry as this log writes them"),
    ("with everything its rule wants", 2, _set("detail", "category", to=None), "lacks the category"),
    ("with everything its rule wants", 2, _set("detail", "condition", to=" "), "lacks the condition"),
    ("with everything its rule wants", 2, _set("detail", "environment", to="staging"), "was not typed"),
    ("with everything its rule wants", 3, _set("detail", "condition", to="max 20 %"), "its conditions are not"),
    ("with everything its rule wants", 4, _set("detail", "conditions", to=["max 10 %"]), "its conditions are not"),
    ("a yes taken back with its condition", 6, _set("detail", "conditions", to=["max 10 %"]), "its conditions are not"),
    ("silence on a condition", 4, _set("detail", "conditions", to=[]), "its conditions are not"),
    ("an emergency after a condition", 4, _set("detail", "conditions", to=["max 10 %"]), "its conditions are not"),
    ("half way", 2, _set("detail", "environment", to="staging"), "was not typed"),
    ("open", 1, _set(*RULE, "stages", to=7), "no entry as this log writes them"),
]


@pytest.mark.parametrize(
    ("name", "seq", "forge", "sentence"), FORGERIES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_cannot_have_happened_is_found(
    name: str, seq: int, forge: Callable[[dict[str, Any]], None], sentence: str
) -> None:
    log = Log().record(*WHOLE[name])
    log.entries = deepcopy(log.entries)
    forge(log.entries[seq - 1])

    violation = log.first_violation()

    assert violation is not None
    assert sentence in violation.sentence
    assert violation.seq >= seq


def test_a_review_that_nobody_owes_any_more_is_found() -> None:
    log = Log().record(*WHOLE["a glass that anybody reviews"])
    log.entries.append({**log.entries[-1], "seq": 5})

    violation = log.first_violation()

    assert violation is not None
    assert "no review is owed" in violation.sentence


def test_a_category_that_there_is_no_more_is_read_as_it_was_written() -> None:
    log = Log().record(*history(a.rejection(by=a.BO, category=Category.FLAKY)))
    for entry in log.entries[1:]:
        assert entry["detail"]["category"] == "flaky"
        entry["detail"]["category"] = "hotfix"

    assert log.first_violation() is None


def test_an_entry_after_the_end_is_found() -> None:
    log = Log().record(*WHOLE["rejected"])
    log.entries.append({**log.entries[1], "seq": 4})

    violation = log.first_violation()

    assert violation is not None
    assert violation.sentence == "there is no road from rejected to pending by request.reviewed"


@pytest.mark.parametrize("name", ["approved by a chain", "rejected", "in an emergency", "approved by a rule"])
def test_a_settled_request_that_was_left_open_is_found_at_the_end(name: str) -> None:
    log = Log().record(*WHOLE[name])
    last = log.entries.pop()

    refold = log.read()

    assert refold.violation is not None
    assert "and left open" in refold.violation.sentence
    assert refold.violation.seq == last["seq"] - 1
    assert refold.violation.request == a.ID


def test_a_settled_request_that_goes_on_is_found_at_once() -> None:
    log = Log().record(*WHOLE["rejected"])
    log.entries[2] = {**log.entries[1], "seq": 3}

    violation = log.first_violation()

    assert violation is not None
    assert violation.sentence == "it was settled (reject) and left open"


def test_a_broken_chain_is_found_and_nothing_is_read_after_it() -> None:
    first, second = Log().record(*WHOLE["half way"]).entries[:2]
    refold = Refold()
    refold.take({**first, "prev": GENESIS.hex()}, entry_hash(b"first"))

    violation = refold.take({**second, "prev": entry_hash(b"another").hex()}, entry_hash(b"second"))

    assert violation is not None
    assert (violation.seq, violation.request) == (2, a.ID)
    assert "does not follow" in violation.sentence
    assert refold.take({}, b"") is violation
    assert refold.finish() is violation


def test_a_cut_head_is_found() -> None:
    log = Log().record(*WHOLE["half way"])
    del log.entries[0]

    violation = log.first_violation()

    assert violation is not None
    assert violation.sentence == "entry 1 should stand here, this one says 2"


def test_an_empty_log_is_whole() -> None:
    refold = Refold()

    assert refold.finish() is None
    assert (refold.seq, refold.head, refold.states()) == (0, GENESIS, {})


def test_an_entry_that_is_empty_is_none() -> None:
    violation = Refold().take({}, b"")

    assert violation is not None
    assert violation.request is None
