"""Requests, people and events for tests: everything has a default, a test says only what matters to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core import events
from bot.core.business_time import Calendar, Offset, Opening
from bot.core.evidence import Failure, TestEvidence
from bot.core.freeze import ActiveFreeze, Freezing
from bot.core.people.absence import Absence
from bot.core.people.delegation import Delegation, Mandate
from bot.core.people.identity import Actor, Person, Via
from bot.core.people.membership import Belonging, GroupKind, LiveGroup, Membership
from bot.core.people.presence import Presence
from bot.core.request import ApprovalRequest, Decision, Pause, RequestId, Review, State, Subject
from bot.core.ruling import BreakGlass, EscalationStep, Forbidden, Handling, Ruling, Stage, Verdict
from tests.people import ANA, BO, CHEN, CI, DIA, EVE, GUS, OLD, PEOPLE, TIMER, a_person, an_actor  # noqa: F401 - and for tests that look here  # pyright: ignore[reportUnusedImport] - as just said

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
"""When everything happens, unless a test says otherwise."""

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
DIGEST = "sha256:" + "1" * 64
OTHER_DIGEST = "sha256:" + "2" * 64
POLICY_HASH = "sha256:" + "0" * 64
ID = RequestId("019a0000-0000-7000-8000-000000000001")
OTHER_ID = RequestId("019a0000-0000-7000-8000-000000000002")


def a_failure(test: str = "tests.api.test_pay::test_refund", message: str = "expected 200, got 500") -> Failure:
    return Failure(
        id=test,
        message=message,
        detail="Traceback (most recent call last): …",
        file="tests/api/test_pay.py",
        line=7,
        owner="@acme/pay",
        suite="api gate",
    )


def some_tests(failed: int = 1, total: int = 12, incomplete: Sequence[str] = ()) -> TestEvidence:
    return TestEvidence(
        total=total,
        passed=total - failed,
        failed=failed,
        failures=tuple(a_failure(f"tests.api.test_pay::test_{n}") for n in range(failed)),
        incomplete=tuple(incomplete),
        reports=("api gate",),
    )


def a_subject(
    title: str = "Deploy payments 1.42.0",
    requester: Person | None = ANA,
    authors: Sequence[Person] = (),
    callback_url: str | None = "https://ci.acme.test/hooks/jit",
    lane: str | None = "payments/production",
    **fields: object,
) -> Subject:
    """A deployment of payments to production; *fields* are any other fields of a Subject."""
    subject = Subject(
        title=title,
        action="deploy",
        service="payments",
        environment="production",
        repository="acme/payments",
        ref="refs/heads/main",
        commit="9fceb02d0ae598e95dc970b74767f19372d61af8",
        lane=lane,
        requester=requester,
        authors=tuple(authors),
        parameters={"version": "1.42.0", "strategy": "canary"},
        callback_url=callback_url,
    )
    return replace(subject, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def a_stage(name: str = "qa", quorum: int = 1, approvers: Sequence[Person] | None = None, **fields: object) -> Stage:
    """A stage; without *approvers* any full member may answer; *fields* are any other fields of a Stage."""
    stage = Stage(name=name, quorum=quorum, approvers=tuple(approvers or ()), anyone=approvers is None)
    return replace(stage, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def a_ruling(
    quorum: int = 1,
    *,
    stages: Sequence[Stage] | None = None,
    handling: Handling = Handling.REQUIRE_APPROVAL,
    forbid: Sequence[Forbidden] = (Forbidden.REQUESTER,),
    channels: Sequence[str] = ("#approvals",),
    timeout: timedelta = HOUR,
    **fields: object,
) -> Ruling:
    """One open stage with *quorum*, or the *stages* given; *fields* are any other fields of a Ruling."""
    chain = () if handling is not Handling.REQUIRE_APPROVAL else (stages or (a_stage(quorum=quorum),))
    ruling = Ruling(
        rule="red gate in production",
        handling=handling,
        policy_hash=POLICY_HASH,
        explanation=("red gate in production: matched",),
        stages=tuple(chain),
        channels=tuple(channels),
        forbid=frozenset(forbid),
        timeout=timeout,
    )
    return replace(ruling, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def a_calendar(**fields: object) -> Calendar:
    """Monday to Friday from nine to six, UTC; *fields* are any other fields of a Calendar."""
    fields = {
        "zone": "UTC",
        "openings": tuple(Opening(day, 9 * 60, 18 * 60) for day in range(5)),
        "offsets": (Offset(NOON - timedelta(days=30), 0),),
        "until": NOON + timedelta(days=400),
    } | fields
    return Calendar(**fields)  # pyright: ignore[reportArgumentType] - any field by its name


def a_freeze(then: Freezing = Freezing.REJECT, **fields: object) -> ActiveFreeze:
    """A freeze that holds for two more days; *fields* are any other fields of an ActiveFreeze."""
    freeze = ActiveFreeze(name="year end", until=NOON + timedelta(days=2), then=then)
    return replace(freeze, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def a_break_glass(
    approvers: Sequence[Person] = (DIA,),
    review_within: timedelta = timedelta(hours=24),
    groups: Sequence[LiveGroup] = (),
) -> BreakGlass:
    return BreakGlass(approvers=tuple(approvers), review_within=review_within, groups=tuple(groups))


def a_submission(
    subject: Subject | None = None,
    ruling: Ruling | None = None,
    tests: TestEvidence | None = None,
    request_id: RequestId = ID,
    number: int = 1,
) -> events.Submitted:
    """The source ci asks."""
    return events.Submitted(
        id=request_id,
        number=number,
        source="ci",
        by=CI,
        subject=subject or a_subject(),
        tests=some_tests() if tests is None else tests,
        digest=DIGEST,
        ruling=ruling or a_ruling(),
    )


def a_request(
    quorum: int = 1,
    *,
    ruling: Ruling | None = None,
    subject: Subject | None = None,
    tests: TestEvidence | None = None,
    reviews: Sequence[events.Reviewed | Review] = (),
    state: State = State.PENDING,
    request_id: RequestId = ID,
    number: int = 1,
    now: datetime = NOON,
    **fields: object,
) -> ApprovalRequest:
    """A request made at *now*: pending, or in *state* as if it had got there; *fields* replace anything at the end."""
    ruling = ruling or a_ruling(quorum)
    is_decided = state in {State.APPROVED, State.REJECTED}
    verdict = Verdict.APPROVE if state is State.APPROVED else Verdict.REJECT
    request = ApprovalRequest(
        id=request_id,
        number=number,
        source="ci",
        subject=subject or a_subject(),
        tests=some_tests() if tests is None else tests,
        digest=DIGEST,
        ruling=ruling,
        state=state,
        created_at=now,
        deadline=now + ruling.timeout if state.is_open else None,
        stage_since=now,
        channels=ruling.channels,
        reviews=tuple(_as_review(given, now) for given in reviews),
        decision=None
        if state.is_open
        else Decision(verdict=verdict if is_decided else None, by=an_actor(CHEN), at=now),
        pause=a_pause() if state is State.NEEDS_INFO else None,
    )
    return replace(request, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def a_pause(question: str = "Which customers?", by: Person = BO, remaining: timedelta = timedelta(minutes=30)) -> Pause:
    return Pause(question=question, by=an_actor(by), remaining=remaining)


def approval(by: Person | Actor = BO, **fields: object) -> events.Reviewed:
    """A click on Approve, on the first revision and stage; *fields* are any other fields of a Reviewed."""
    click = events.Reviewed(by=_as_actor(by), verdict=Verdict.APPROVE, revision=1, stage=0)
    return replace(click, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def rejection(
    by: Person | Actor = BO, reason: str | None = "The refund test is red.", **fields: object
) -> events.Reviewed:
    """A click on Reject, with a reason."""
    return approval(by, verdict=Verdict.REJECT, reason=reason, **fields)


def an_undoing(by: Person | Actor = BO, revision: int = 1, stage: int = 0) -> events.ReviewWithdrawn:
    """A click on Undo."""
    return events.ReviewWithdrawn(by=_as_actor(by), revision=revision, stage=stage)


def a_release(*freezes: ActiveFreeze) -> events.WindowPassed:
    """The clock finds that what was settled can be released."""
    return events.WindowPassed(by=TIMER, freezes=freezes)


def a_timeout(*, was_shown: bool = True, freezes: Sequence[ActiveFreeze] = ()) -> events.DeadlinePassed:
    return events.DeadlinePassed(by=TIMER, was_shown=was_shown, freezes=tuple(freezes))


def a_posted_card(revision: int | None = 1, event: str = "card.posted", now: datetime = NOON) -> events.Happened:
    """The log's line for a card that stands there."""
    relay = Actor(name="relay", via=Via.RELAY)
    return events.Happened(event=event, at=now, by=relay, state=State.PENDING, detail={"revision": revision})


def a_question(by: Person | Actor = BO, question: str = "Which customers?") -> events.InfoRequested:
    return events.InfoRequested(by=_as_actor(by), question=question)


def an_answer(by: Person | Actor = ANA, answer: str = "Only the test tenants.") -> events.InfoProvided:
    return events.InfoProvided(by=_as_actor(by), answer=answer)


def an_escalation(by: Actor | Person = CI, **fields: object) -> events.Escalated:
    """Somebody doesn't wait for silence; *fields* are what the card said that they saw, if there was one."""
    return replace(events.Escalated(by=_as_actor(by)), **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def a_desertion(*away: Person, lent: Sequence[Delegation] = ()) -> events.Deserted:
    """The clock noticed that *away* are, and what is *lent*."""
    absences = tuple(an_absence(person) for person in away or (BO, CHEN))
    return events.Deserted(by=TIMER, presence=Presence(absences=absences, delegations=tuple(lent)))


def an_absence(person: Person = DIA, until: datetime = NOON + HOUR, **fields: object) -> Absence:
    """Somebody's word that they are away; *fields* are any other fields of an Absence."""
    said = Absence(id=f"{person.key}-away", person=person, since=NOON, until=until)
    return replace(said, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def a_reminder() -> events.Reminded:
    return events.Reminded(by=TIMER)


def a_claim(by: Person | Actor = BO, **fields: object) -> events.Claimed:
    """A click on "I'm looking", on the first revision and stage; *fields* are any other fields of a Claimed."""
    click = events.Claimed(by=_as_actor(by), revision=1, stage=0)
    return replace(click, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def a_step(
    minutes: int = 15,
    to: Sequence[Person] = (DIA,),
    channel: str | None = "#incidents",
    groups: Sequence[LiveGroup] = (),
) -> EscalationStep:
    return EscalationStep(after=timedelta(minutes=minutes), to=tuple(to), channel=channel, groups=tuple(groups))


def a_group(
    name: str = "release", kind: GroupKind = GroupKind.SLACK_USERGROUP, fallback: Sequence[Person] = ()
) -> LiveGroup:
    """A group whose members are looked up at the click."""
    ref = "https://acme.test/oncall.ics?token=secret" if kind is GroupKind.CALENDAR else f"{name}-managers"
    return LiveGroup(name=name, kind=kind, ref=ref, fallback=tuple(fallback))


def in_group(
    person: Person = BO,
    group: LiveGroup | None = None,
    belonging: Belonging = Belonging.MEMBER,
    read_at: datetime = NOON,
    why: str = "",
) -> Actor:
    """Somebody of whom it was just looked up what they are to *group*."""
    found = Membership(group=group or a_group(), belonging=belonging, read_at=read_at, why=why)
    return replace(an_actor(person), memberships=(found,))


def a_cancellation(reason: str | None = "no longer needed") -> events.Cancelled:
    return events.Cancelled(by=CI, reason=reason)


def a_supersession(newer: RequestId = OTHER_ID) -> events.Superseded:
    return events.Superseded(by=CI, newer=newer)


def a_revision(
    subject: Subject | None = None,
    ruling: Ruling | None = None,
    tests: TestEvidence | None = None,
    digest: str = OTHER_DIGEST,
) -> events.Revised:
    """The source sends a new commit."""
    return events.Revised(
        by=CI,
        subject=subject or a_subject(commit="0" * 40),
        tests=some_tests(failed=2) if tests is None else tests,
        digest=digest,
        ruling=ruling or a_ruling(),
    )


def an_emergency(
    by: Person | Actor = DIA,
    reason: str = "Payments are down.",
    revision: int = 1,
    freezes: Sequence[ActiveFreeze] = (),
) -> events.GlassBroken:
    return events.GlassBroken(by=_as_actor(by), reason=reason, revision=revision, freezes=tuple(freezes))


def a_chase() -> events.GlassChased:
    return events.GlassChased(by=TIMER)


def a_glass_review(by: Person | Actor = CHEN, reason: str = "It was right.") -> events.GlassReviewed:
    return events.GlassReviewed(by=_as_actor(by), reason=reason)


def a_broken_glass(
    by: Person = DIA,
    ruling: Ruling | None = None,
    **fields: Any,  # noqa: ANN401 - any field by its name
) -> ApprovalRequest:
    """A request that *by* released alone at noon; somebody else has to look at it within a day."""
    decision = Decision(
        verdict=Verdict.APPROVE, by=an_actor(by), at=NOON, reason="Payments are down.", break_glass=True
    )
    ruling = ruling or a_ruling(break_glass=a_break_glass())
    told: dict[str, Any] = {"decision": decision, "review_due": NOON + timedelta(hours=24), **fields}
    return a_request(ruling=ruling, state=State.APPROVED, **told)


def _as_actor(by: Person | Actor) -> Actor:
    return by if isinstance(by, Actor) else an_actor(by)


def _as_review(given: events.Reviewed | Review, now: datetime) -> Review:
    if isinstance(given, Review):
        return given
    return Review(
        by=given.by,
        verdict=given.verdict,
        at=now,
        stage=given.stage,
        revision=given.revision,
        digest=DIGEST,
        reason=given.reason,
        category=given.category,
        condition=given.condition,
    )


def a_delegation(
    giver: Person = DIA, receiver: Person = GUS, until: datetime = NOON + HOUR, **fields: object
) -> Delegation:
    """Somebody's word that another may answer in their name; *fields* are any other fields of a Delegation."""
    given = Delegation(id=f"{giver.key}-{receiver.key}", giver=giver, receiver=receiver, since=NOON, until=until)
    return replace(given, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def a_mandate(
    giver: Person | Actor = DIA, receiver: Person = GUS, until: datetime = NOON + HOUR, **fields: object
) -> Mandate:
    """A delegation, and its giver as they are known now."""
    actor = _as_actor(giver)
    return Mandate(delegation=a_delegation(actor.person or DIA, receiver, until, **fields), giver=actor)
