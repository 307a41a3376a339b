"""Drawn values, in the oracle's words and in the lifecycle's."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from bot.core.business_time import Calendar, Offset, Opening
from bot.core.events import (
    Cancelled,
    Claimed,
    DeadlinePassed,
    Escalated,
    Event,
    GlassBroken,
    GlassChased,
    GlassReviewed,
    InfoProvided,
    InfoRequested,
    Reminded,
    Reviewed,
    ReviewWithdrawn,
    Superseded,
    WindowPassed,
)
from bot.core.evidence import TestEvidence
from bot.core.freeze import ActiveFreeze, Freezing
from bot.core.life.waiting import Next
from bot.core.people.absence import Absence
from bot.core.people.delegation import Delegation, Mandate
from bot.core.people.identity import Actor, Person, Standing, Via
from bot.core.people.membership import Belonging, Crowd, GroupKind, LiveGroup, Membership, Roll, Rolls
from bot.core.request import RequestId, Subject
from bot.core.ruling import (
    Category,
    Delegating,
    Demands,
    EscalationStep,
    Forbidden,
    Handling,
    OnTimeout,
    RequireReason,
    Ruling,
    Stage,
    Verdict,
)
from tests.factories import CI, NOON, POLICY_HASH, TIMER, a_break_glass, a_person, a_subject
from tests.model.oracle import GLASS, LONGEST_LIMIT, OWN, SPARE, THERE, Act, Hours, Terms, stand_ins

HUMANS = 6
FACES: tuple[tuple[Person, ...], ...] = tuple(
    (
        whole := a_person(f"h{n}"),
        (
            Person(key=f"slack:{whole.slack_id}", slack_id=whole.slack_id),
            Person(key=f"H{n}@ACME.TEST", email=f"H{n}@acme.Test"),
            replace(whole, key=f"github:h{n}", email=None, slack_id=None),
        )[n % 3],
    )
    for n in range(HUMANS)
)
"""Two records of each human: one with every handle, one with a single one."""

KNOWN_BY: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset({"table", "slack", "email", "github"}), frozenset({("slack", "email", "github")[n % 3]}))
    for n in range(HUMANS)
)
"""By which kinds of names each record can be compared with others."""

HUMAN_OF = {person: n for n, faces in enumerate(FACES) for person in faces}
HUMAN = st.integers(0, HUMANS - 1)
CROWD = st.frozensets(HUMAN, max_size=4)
MANY = st.frozensets(HUMAN, min_size=2, max_size=4)
MINUTES = st.integers(30, 120).map(lambda n: timedelta(minutes=n))
MOSTLY = st.sampled_from([True] * 4 + [False])
LOOKS = st.sampled_from([15, 15, 2, 50]).map(lambda n: timedelta(minutes=n))
OFF_BY = st.sampled_from([0] * 10 + [-1, 1])
GROUP = st.sampled_from([0] * 8 + [-1, 1, SPARE, SPARE])
"""A group by how far its stage is from the present one, or by its own number."""

LIMIT = st.sampled_from([OWN, OWN, "watch it", "", "  ", "x" * LONGEST_LIMIT, "x" * (LONGEST_LIMIT + 1)])
TYPED = st.sampled_from([THERE] * 5 + ["production", None, None, ""])
FOUND = st.sampled_from(["", "", *Belonging, Belonging.MEMBER])
LOOKED_UP = st.sampled_from(["member", "member", "fallback", "fallback", "outsider"])
AGE = st.sampled_from([0, 0, 0, 60, 61, -5, -6])
WHICH = st.sampled_from([0, 0, 0, 0, 1, 1, 2])
Live = tuple[str, frozenset[int]] | None
DrawnStage = tuple[
    int, frozenset[int] | None, int, timedelta | None, tuple[tuple[timedelta, frozenset[int]], ...], Live
]
BRINGS: Mapping[Next, Event] = {
    Next.ENDS: DeadlinePassed(by=TIMER, was_shown=False),
    Next.ESCALATES: Escalated(by=TIMER),
    Next.REMINDS: Reminded(by=TIMER),
    Next.CHASES: GlassChased(by=TIMER),
    Next.RELEASES: WindowPassed(by=TIMER),
}
HANDLINGS = {"ask": Handling.REQUIRE_APPROVAL, "yes": Handling.AUTO_APPROVE, "no": Handling.AUTO_REJECT}


def _stages() -> st.SearchStrategy[DrawnStage]:
    """Draw a stage: quorum, who may answer, how many rejections end it, when silence is broken, and who is called."""
    minutes = st.integers(1, 40).map(lambda n: timedelta(minutes=n))
    climbs = st.lists(st.tuples(minutes, CROWD), max_size=3, unique_by=lambda climb: climb[0])
    return st.tuples(
        st.sampled_from([1, 1, 2, 2, 3]),
        st.none() | CROWD | MANY | MANY,
        st.sampled_from([1, 1, 1, 2]),
        st.none() | minutes,
        climbs.map(lambda drawn: tuple(sorted(drawn, key=lambda climb: climb[0]))),
        st.none() | st.tuples(st.sampled_from(["start", "climb"]), CROWD),
    )


WEDNESDAY = NOON.weekday()


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Draw hours that begin and end around noon, holidays in a row, and clocks that are put forward or back."""
    edges = sorted(draw(st.lists(st.integers(9 * 60, 16 * 60), min_size=2, max_size=6, unique=True)))
    today = tuple((WEDNESDAY, first, last) for first, last in list(pairwise(edges))[::2])
    tomorrow = tuple(((WEDNESDAY + n) % 7, 8 * 60, 12 * 60) for n in range(1, 4))
    change = NOON + timedelta(minutes=draw(st.integers(-60, 240)))
    return Hours(
        openings=tuple(sorted((*today, *tomorrow))),
        closed=frozenset(
            NOON.date() + timedelta(days=n) for n in range(*draw(st.sampled_from([(0, 0), (1, 3), (0, 1)])))
        ),
        ahead=((NOON - timedelta(days=1), 0), (change, draw(st.sampled_from([0, 60, -60, 30])))),
        known=NOON + timedelta(hours=draw(st.sampled_from([5, 100]))),
    )


def draw_calendar(hours: Hours) -> Calendar:
    return Calendar(
        zone="Nowhere/Drawn",
        openings=tuple(Opening(*opening) for opening in hours.openings),
        closed=tuple(sorted(hours.closed)),
        offsets=tuple(Offset(since, 60 * minutes) for since, minutes in hours.ahead),
        until=hours.known,
    )


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Draw what is asked and how it is judged; a rule never says yes to doubtful evidence by itself."""
    handling = draw(st.sampled_from(["ask"] * 12 + ["yes", "no"]))
    chain = draw(st.lists(_stages(), min_size=1, max_size=3)) if handling == "ask" else []
    lives = tuple(stage[5] for stage in chain)
    of_stages = [n for n, live in enumerate(lives) if live is not None]
    glass = draw(st.none() | CROWD | MANY)
    requester, authors = draw(st.none() | HUMAN), draw(st.frozensets(HUMAN, max_size=2))
    starter = draw(st.none() | st.none() | HUMAN)
    return Terms(
        handling=handling,
        quorums=tuple(stage[0] for stage in chain),
        who=tuple(stage[1] for stage in chain),
        refusals=tuple(stage[2] for stage in chain),
        reminds=tuple(stage[3] for stage in chain),
        climbs=tuple(stage[4] for stage in chain),
        lives=lives,
        requester=requester,
        authors=authors,
        requester_by=frozenset() if requester is None else KNOWN_BY[requester][requester % 2],
        authors_by=tuple(KNOWN_BY[human][1] for human in authors),
        starter=starter,
        starter_by=frozenset() if starter is None else KNOWN_BY[starter][starter % 2],
        bans=draw(st.frozensets(st.sampled_from(["requester", "authors", "triggerer"]))),
        reasons=draw(st.sampled_from(["never", "on_reject", "on_approve", "always"])),
        timeout=draw(MINUTES),
        ending=draw(st.sampled_from(["expire", "approve", "reject"])),
        doubtful=handling != "yes" and not draw(MOSTLY),
        accepts=draw(st.booleans()),
        glass=glass,
        glass_lives=frozenset()
        if glass is None
        else frozenset(draw(st.sampled_from([(), (GLASS,), (GLASS,), (GLASS, *of_stages)]))),
        may_lend=draw(st.sampled_from([True, True, False])),
        called_back=draw(MOSTLY),
        hours=draw(st.none() | hours()),
        wished=not draw(MOSTLY),
        quiet=draw(st.none() | hours()) if handling == "ask" else None,
        fallback=draw(CROWD),
        spare=draw(st.sampled_from([None, SPARE, SPARE, *of_stages])),
        climbs_to_spare=draw(st.booleans()),
        stand_ins=((SPARE, draw(CROWD)), (GLASS, draw(CROWD))),
        looks=draw(LOOKS),
        sorts=draw(st.sampled_from(["never"] * 3 + ["on_reject", "on_approve", "always"])),
        limits=not draw(MOSTLY),
        types=not draw(MOSTLY),
        place=draw(st.sampled_from(["production", "production", "staging", None])),
        holds=draw(st.none() | st.none() | st.integers(1, 40).map(lambda n: timedelta(minutes=n))),
    )


FREEZES = st.sampled_from([()] * 5 + [(("ask", False),), (("reject", False),), (("reject", True), ("ask", False))])


def draw_freezes(frozen: tuple[tuple[str, bool], ...]) -> tuple[ActiveFreeze, ...]:
    return tuple(
        ActiveFreeze(name=does, until=NOON + timedelta(days=1), then=Freezing(does), allow_break_glass=through)
        for does, through in frozen
    )


@st.composite
def an_act(draw: st.DrawFn, kinds: tuple[str, ...]) -> Act:
    """Draw an act; its revision and stage are distances from the true ones."""
    return Act(
        kind=draw(st.sampled_from(kinds)),
        human=draw(HUMAN),
        is_member=draw(MOSTLY),
        revision=draw(OFF_BY),
        stage=draw(OFF_BY),
        words=draw(MOSTLY),
        found=draw(FOUND),
        group=draw(GROUP),
        age=draw(AGE),
        frozen=draw(FREEZES),
        lenders_found=draw(FOUND),
        glass_found=draw(FOUND),
        about=draw(MOSTLY),
        limit=draw(LIMIT),
        typed=draw(TYPED),
    )


def draw_subject(asked: Terms, lane: str) -> Subject:
    return a_subject(
        environment=asked.place,
        lane=lane,
        requester=None if asked.requester is None else FACES[asked.requester][asked.requester % 2],
        authors=[FACES[human][1] for human in asked.authors],
        triggerer=None if asked.starter is None else FACES[asked.starter][asked.starter % 2],
        callback_url="https://ci.acme.test/hooks/jit" if asked.called_back else None,
    )


def draw_tests(asked: Terms) -> TestEvidence:
    return TestEvidence(incomplete=("a report was cut off",) if asked.doubtful else ())


def draw_ruling(asked: Terms) -> Ruling:
    return Ruling(
        rule="drawn",
        handling=HANDLINGS[asked.handling],
        policy_hash=POLICY_HASH,
        accept_incomplete=asked.accepts,
        stages=tuple(
            Stage(
                name=f"stage {n}",
                quorum=quorum,
                approvers=_people(who),
                anyone=who is None,
                reject_quorum=asked.refusals[n],
                mention=_people(who),
                remind_after=asked.reminds[n],
                groups=_groups(asked, n, "start"),
                escalate=tuple(
                    EscalationStep(
                        after=after,
                        to=_people(whom),
                        channel=f"#step-{k}",
                        groups=_called_by(asked, n, k),
                    )
                    for k, (after, whom) in enumerate(asked.climbs[n])
                ),
            )
            for n, (quorum, who) in enumerate(zip(asked.quorums, asked.who, strict=True))
        ),
        channels=("#approvals",),
        forbid=frozenset(Forbidden(ban) for ban in asked.bans),
        require_reason=RequireReason(asked.reasons),
        demands=Demands(category=RequireReason(asked.sorts), condition=asked.limits, environment=asked.types),
        delegation=Delegating.ALLOW if asked.may_lend else Delegating.FORBID,
        timeout=asked.timeout,
        on_timeout=OnTimeout(asked.ending),
        undo_within=asked.holds,
        break_glass=None
        if asked.glass is None
        else a_break_glass(_people(asked.glass), groups=[_group(asked, n) for n in sorted(asked.glass_lives)]),
        claim_for=asked.looks,
        calendar=None if asked.hours is None else draw_calendar(asked.hours),
        is_wished=asked.wished,
        quiet=None if asked.quiet is None else draw_calendar(asked.quiet),
        fallback=Crowd(
            people=_people(asked.fallback), groups=() if asked.spare is None else (_group(asked, asked.spare),)
        ),
    )


def draw_actor(act: Act, face: int, standing: Standing) -> Actor:
    person = FACES[act.human][face]
    return Actor(name=person.key, via=Via.SLACK_BUTTON, person=person, standing=standing)


def looked_up(actor: Actor, act: Act, asked: Terms, now: datetime) -> Actor:
    """Return *actor* with what was found out about them and live groups."""
    read_at = now - timedelta(seconds=act.age)
    found = [(group, belonging) for group, belonging in ((act.group, act.found), (GLASS, act.glass_found)) if belonging]
    memberships = (
        Membership(group=_group(asked, group), belonging=Belonging(belonging), read_at=read_at)
        for group, belonging in found
    )
    return replace(actor, memberships=tuple(memberships))


def _groups(asked: Terms, stage: int, since: str) -> tuple[LiveGroup, ...]:
    live = asked.lives[stage]
    return (_group(asked, stage),) if live is not None and live[0] == since else ()


def _called_by(asked: Terms, stage: int, step: int) -> tuple[LiveGroup, ...]:
    if step == 0 or asked.spare is None or not asked.climbs_to_spare:
        return _groups(asked, stage, "climb") if step == 0 else ()
    return (_group(asked, asked.spare),)


def _group(asked: Terms, number: int) -> LiveGroup:
    name = f"live {number}"
    fallback = _people(stand_ins(asked, number))
    return LiveGroup(name=name, kind=GroupKind.SLACK_USERGROUP, ref=name.replace(" ", "-"), fallback=fallback)


def numbers_of(groups: tuple[LiveGroup, ...]) -> set[int]:
    return {int(group.name.removeprefix("live ")) for group in groups}


def draw_event(
    act: Act, by: Actor, newer: RequestId, *, was_shown: bool = False, found: tuple[Membership, ...] = ()
) -> Event:
    """Say *act* in the lifecycle's words; *found* is what was looked up about those who have lent their right.

    A revision is said elsewhere: it needs new terms.
    """
    words, freezes = "because" if act.words else "  ", draw_freezes(act.frozen)
    if act.kind in {"approve", "reject"}:
        verdict = Verdict(act.kind)
        return Reviewed(
            by=by,
            verdict=verdict,
            revision=act.revision,
            stage=act.stage,
            reason=words,
            category=Category.FLAKY if act.about else None,
            condition=act.limit or None,
            environment=act.typed,
            mandates=tuple(
                _mandate(lender, act.human, until, is_member, found) for lender, until, is_member in act.lenders
            ),
            freezes=freezes,
        )
    events: dict[str, Event] = {
        "undo": ReviewWithdrawn(by=by, revision=act.revision, stage=act.stage),
        "release": WindowPassed(by=TIMER, freezes=freezes),
        "timeout": DeadlinePassed(by=TIMER, was_shown=was_shown, freezes=freezes),
        "claim": Claimed(by=by, revision=act.revision, stage=act.stage),
        "question": InfoRequested(by=by, question=words),
        "answer": InfoProvided(by=by, answer=words),
        "escalate": Escalated(by=CI),
        "climb": Escalated(by=TIMER),
        "remind": Reminded(by=TIMER),
        "cancel": Cancelled(by=CI),
        "supersede": Superseded(by=CI, newer=newer),
        "chase": GlassChased(by=TIMER),
        "look": GlassReviewed(by=by, reason=words),
        "glass": GlassBroken(by=by, reason=words, revision=act.revision, freezes=freezes),
    }
    return events[act.kind]


def draw_delegation(giver: int, receiver: int, until: datetime) -> Delegation:
    """Say a loan in the core's words; it is known by giver and receiver, as each giver has one at a time."""
    return Delegation(
        id=f"{giver} to {receiver} until {until}",
        giver=FACES[giver][0],
        receiver=FACES[receiver][0],
        since=until,
        until=until,
    )


def draw_absence(human: int, since: datetime, until: datetime) -> Absence:
    return Absence(id=f"{human} until {until}", person=FACES[human][0], since=since, until=until)


def draw_rolls(act: Act, asked: Terms, stage: int, now: datetime) -> Rolls:
    """Say who was in the stage's group, and in the one that is asked last, as far as anybody has read that."""
    read_at = now - timedelta(seconds=act.age)
    rolls = ({} if asked.spare is None else {asked.spare: act.spare_roll}) | {stage: act.roll}
    return {
        _group(asked, number): Roll(people=_people(roll), read_at=read_at)
        for number, roll in rolls.items()
        if roll is not None
    }


def _mandate(
    giver: int,
    receiver: int,
    until: datetime,
    is_member: bool,  # noqa: FBT001 - drawn
    found: tuple[Membership, ...],
) -> Mandate:
    standing = Standing.MEMBER if is_member else Standing.DEACTIVATED
    by = draw_actor(Act(kind="lend", human=giver), giver % 2, standing)
    return Mandate(delegation=draw_delegation(giver, receiver, until), giver=replace(by, memberships=found))


def _people(humans: frozenset[int] | None) -> tuple[Person, ...]:
    return tuple(FACES[human][human % 2 == 0 and human > 0] for human in sorted(humans or ()))
