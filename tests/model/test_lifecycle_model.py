"""The lifecycle against a second opinion: after every step of any history, all of trust.md's invariants hold."""

import os
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.canonical import canonical_bytes
from bot.core.audit import GENESIS, Place, Refold, draw_entry, entry_hash
from bot.core.effects import CallBack, SendDigest, TellThread
from bot.core.errors import Refused
from bot.core.events import Deserted, Event, Happened, Revised, Submitted
from bot.core.life import desertion, quorum
from bot.core.life.lifecycle import advance, submit
from bot.core.life.outcome import Outcome
from bot.core.life.record import of_absence, of_delegation
from bot.core.life.waiting import Due, Next, brought, next_due
from bot.core.people.absence import Absence, declared
from bot.core.people.delegation import Delegation, agreed
from bot.core.people.identity import Standing
from bot.core.people.presence import Presence
from bot.core.request import ApprovalRequest, RequestId, Review
from bot.core.ruling import Verdict
from tests.factories import CI, NOON, TIMER
from tests.model import drawn
from tests.model.oracle import (
    OPEN,
    OWN,
    SPARE,
    THERE,
    Act,
    Fact,
    Tale,
    Terms,
    banned_by,
    heard,
    is_allowed,
    is_shown,
    limits,
    next_chase,
    next_climb,
    next_reminder,
    quiet_end,
    tell,
)

Frozen = tuple[tuple[str, bool], ...]
MOST = 12
LANES = ("payments/production", "payments/staging")
BESIDE = frozenset({"card", "chase", "look"})
"""What changes no state."""

CALLING = frozenset({"ask", "revise", "climb", "escalate", "remind", "desert"})
"""What calls people, beside an answer that begins a stage."""

NOT_MEMBERS = [standing for standing in Standing if standing is not Standing.MEMBER]


class Histories(RuleBasedStateMachine):
    """Several requests in two lanes, several people, a clock that goes where it likes."""

    @initialize(is_clamped=st.booleans(), asked=st.lists(drawn.terms(), min_size=1, max_size=3))
    def begin(self, is_clamped: bool, asked: list[Terms]) -> None:  # noqa: FBT001 - drawn, not passed
        """With a clamped clock, as the committer's is, the log must also be one that can be folded again.

        Something is asked at once: without a request nearly nothing can happen, and most rules wait for one.
        """
        self.clock = self.last = NOON
        self.is_clamped = is_clamped
        self.requests: dict[RequestId, ApprovalRequest] = {}
        self.facts: dict[RequestId, list[Fact]] = {}
        self.digests: dict[RequestId, list[str]] = {}
        self.lines: dict[RequestId, list[Happened]] = {}
        self.calls: dict[RequestId, int] = {}
        self.finals: dict[RequestId, str] = {}
        self.loans: dict[int, tuple[int, datetime, bool]] = {}
        self.absences: dict[int, Absence] = {}
        self.refold, self.head = Refold(), GENESIS
        for each in asked:
            self._ask(each, LANES[0])

    @rule(minutes=st.integers(-20, 20), more=st.sampled_from([0, 0, 1, -1]))
    def the_clock_goes(self, minutes: int, more: int) -> None:
        self._set_clock(self.clock + timedelta(minutes=minutes, microseconds=more))

    @precondition(lambda self: len(self.requests) < MOST)
    @rule(asked=drawn.terms(), lane=st.sampled_from(LANES), supersedes=st.booleans())
    def somebody_asks(self, asked: Terms, lane: str, supersedes: bool) -> None:  # noqa: FBT001 - drawn, not passed
        request_id = self._ask(asked, lane)
        supersedes = supersedes and asked.handling != "no"  # what is refused at once takes nothing over
        for older, request in list(self.requests.items()):
            if supersedes and older != request_id and request.subject.lane == lane:
                self._try(older, Act(kind="supersede"), drawn.draw_event(Act(kind="supersede"), CI, request_id))

    def _ask(self, asked: Terms, lane: str) -> RequestId:
        number = len(self.requests) + 1
        request_id = RequestId(f"019a0000-0000-7000-8000-{number:012d}")
        event = Submitted(
            id=request_id,
            number=number,
            source="ci",
            by=CI,
            subject=drawn.draw_subject(asked, lane),
            tests=drawn.draw_tests(asked),
            digest=f"sha256:{number}-1",
            ruling=drawn.draw_ruling(asked),
        )
        outcome = submit(event, self.last)
        self.facts[request_id], self.digests[request_id] = [("ask", self.last, asked)], [event.digest]
        self.lines[request_id], self.calls[request_id] = [], 0
        self._keep(outcome)
        self._require_quiet(request_id, "ask", -1, outcome)
        return request_id

    @precondition(lambda self: self.requests)
    @rule(
        which=drawn.WHICH,
        act=drawn.an_act(
            ("approve", "approve", "approve", "reject", "undo", "glass", "question", "answer", "look", "claim")
        ),
        face=st.integers(0, 1),
        outsider=st.sampled_from(NOT_MEMBERS),
    )
    def somebody_acts(self, which: int, act: Act, face: int, outsider: Standing) -> None:
        self._say(which, act, face, outsider)

    @precondition(lambda self: self.requests)
    @rule(
        which=drawn.WHICH,
        found=drawn.LOOKED_UP,
        group=drawn.GROUP,
        age=drawn.AGE,
        calls=st.booleans(),
    )
    def everybody_is_looked_up(self, which: int, found: str, group: int, age: int, calls: bool) -> None:  # noqa: FBT001 - drawn
        """All were found in the same group, which may be another than is asked; first when it was read too long ago."""
        if calls:
            self._let_happen(which, "escalate")
        for seconds in (61, -6, age):
            for human in range(drawn.HUMANS):
                self._say(which, Act(kind="approve", human=human, found=found, group=group, age=seconds))

    @precondition(lambda self: self.requests)
    @rule(
        which=drawn.WHICH,
        found=drawn.LOOKED_UP,
        group=drawn.GROUP,
        age=drawn.AGE,
        calls=st.booleans(),
    )
    def a_group_breaks_the_glass(self, which: int, found: str, group: int, age: int, calls: bool) -> None:  # noqa: FBT001 - drawn
        """All were found in the same groups: whoever may breaks it, and then whoever else may looks at it.

        Those come first whom no rule names: they may through a group alone.
        """
        if calls:
            self._let_happen(which, "escalate")
        _, tale = self._pick(which)
        named = (_terms(tale).glass or frozenset()).union(tale.called, *(who or () for who in _terms(tale).who))
        for kind in ("glass", "look"):
            for human in sorted(range(drawn.HUMANS), key=lambda human: human in named):
                for belonging, number, seconds in ((found, group, 61), (found, group, age), ("member", 0, 0)):
                    act = Act(kind=kind, found=belonging, group=number, glass_found=found, age=seconds)
                    self._say(which, replace(act, human=human))

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, face=st.integers(0, 1), words=drawn.MOSTLY)
    def everybody_approves(self, which: int, face: int, words: bool) -> None:  # noqa: FBT001 - drawn, not passed
        """Walk a stage to its end, so that chains get somewhere."""
        for human in range(drawn.HUMANS):
            self._say(which, Act(kind="approve", human=human, words=words), face)

    @precondition(lambda self: len(self.requests) < MOST)
    @rule(
        asked=drawn.terms(),
        verdict=st.sampled_from(["approve", "approve", "reject"]),
        act=drawn.an_act(("approve",)),
        undoing=st.booleans(),
    )
    def everybody_leaves_something_out(self, asked: Terms, verdict: str, act: Act, undoing: bool) -> None:  # noqa: FBT001 - drawn
        """Where anybody may answer, what an answer lacks is the same whoever gives it; then some take theirs back."""
        anybody = replace(asked, who=tuple(None for _ in asked.who), bans=frozenset())
        self._ask(anybody, LANES[1])
        said = Act(kind=verdict, human=0, about=act.about, limit=act.limit, typed=act.typed)
        for human in range(drawn.HUMANS):
            self._say(0, replace(said, human=human))
            if undoing and human % 2:
                self._say(0, Act(kind="undo", human=human))
                self._say(0, Act(kind="reject" if verdict == "approve" else "approve", human=human))

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, doubter=drawn.HUMAN, face=st.integers(0, 1))
    def a_no_that_overtook_what_was_held_is_taken_back(self, which: int, doubter: int, face: int) -> None:
        """What all came to before is there again, and has to be held again."""
        for human in range(drawn.HUMANS):
            self._say(which, Act(kind="approve", human=human), face)
        for kind in ("reject", "undo"):
            self._say(which, Act(kind=kind, human=doubter), face)

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, verdict=st.sampled_from(["approve", "approve", "reject"]), face=st.integers(0, 1))
    def whoever_answered_comes_again(self, which: int, verdict: str, face: int) -> None:
        """One human, by either handle, in whatever stage it is by now."""
        said = [
            act.human
            for kind, _, act in self.facts[self._pick(which)[0]]
            if kind in {"approve", "reject"} and isinstance(act, Act)
        ]
        if said:
            self._say(which, Act(kind=verdict, human=said[-1]), face)

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, human=drawn.HUMAN, face=st.integers(0, 1), minutes=st.integers(0, 9))
    def a_question_stands_between(self, which: int, human: int, face: int, minutes: int) -> None:
        """While somebody has been asked something everybody tries to answer for or against; then the question ends."""
        self._set_clock(self.clock + timedelta(minutes=minutes))
        for asking in range(drawn.HUMANS):
            self._say(which, Act(kind="question", human=asking))
        self._set_clock(self.clock + timedelta(minutes=minutes))
        for kind in ("approve", "reject", "approve"):
            self._say(which, Act(kind=kind, human=human), face)
        for answering in range(drawn.HUMANS):
            self._say(which, Act(kind="answer", human=answering))

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, face=st.integers(0, 1))
    def everybody_rejects_twice(self, which: int, face: int) -> None:
        for human in range(drawn.HUMANS):
            for same in (face, 1 - face):
                self._say(which, Act(kind="reject", human=human), same)

    @rule(giver=drawn.HUMAN, receiver=drawn.HUMAN, minutes=st.integers(-1, 60), outsiders=st.integers(0, 9))
    def somebody_delegates(self, giver: int, receiver: int, minutes: int, outsiders: int) -> None:
        self._delegate(giver, receiver, self.last + timedelta(minutes=minutes), outsiders)

    @rule(human=drawn.HUMAN, minutes=st.integers(-1, 60), is_member=drawn.MOSTLY)
    def somebody_goes(self, human: int, minutes: int, is_member: bool) -> None:  # noqa: FBT001 - drawn, not passed
        self._go(human, self.last + timedelta(minutes=minutes), is_member=is_member)

    @precondition(lambda self: self.absences)
    @rule(pick=st.integers(0, 5))
    def somebody_is_back(self, pick: int) -> None:
        human = sorted(self.absences)[pick % len(self.absences)]
        self._note_absence("absence.ended", human, of_absence(self.absences.pop(human)))

    @precondition(lambda self: self.requests)
    @rule(
        which=drawn.WHICH,
        rolls=st.tuples(st.none() | drawn.CROWD, st.none() | drawn.CROWD),
        age=drawn.AGE,
        goes=st.none() | drawn.HUMAN,
        calls=st.sampled_from([0, 0, 1, 2]),
    )
    def it_is_looked_who_is_there(
        self,
        which: int,
        rolls: tuple[frozenset[int] | None, frozenset[int] | None],
        age: int,
        goes: int | None,
        calls: int,
    ) -> None:
        """Others may have been called before; somebody may have gone just now, who is asked or is not."""
        for _ in range(calls):
            self._let_happen(which, "escalate")
        if goes is not None:
            self._go(goes, self.last + timedelta(minutes=10))
        self._muster(which, *rolls, age)

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, more=drawn.CROWD, calls=st.booleans(), age=drawn.AGE)
    def only_who_may_not_answer_is_in_the_group(
        self,
        which: int,
        more: frozenset[int],
        calls: bool,  # noqa: FBT001 - drawn
        age: int,
    ) -> None:
        """Then whoever stands in for it answers; it may have held others when it was read too long ago."""
        if calls:
            self._let_happen(which, "escalate")
        banned = banned_by(_terms(self._pick(which)[1]))
        self._muster(which, more, more, 61)
        self._muster(which, banned, banned, age)

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, rolls=st.tuples(drawn.CROWD, drawn.CROWD), asks=drawn.HUMAN)
    def something_is_asked_back_and_nobody_is_there(
        self, which: int, rolls: tuple[frozenset[int], frozenset[int]], asks: int
    ) -> None:
        """While a question is open nobody else is called; when it is answered, they are."""
        _, tale = self._pick(which)
        if tale.state != "pending":
            return
        for human in sorted((_terms(tale).who[tale.stage] or frozenset()) | tale.called):
            self._go(human, self.last + timedelta(minutes=30))
        for human in range(drawn.HUMANS):
            self._say(which, Act(kind="question", human=(asks + human) % drawn.HUMANS))
        self._muster(which, *rolls)
        for human in range(drawn.HUMANS):
            self._say(which, Act(kind="answer", human=human))
        self._muster(which, *rolls)

    @precondition(lambda self: self.requests)
    @rule(
        which=drawn.WHICH,
        rolls=st.tuples(drawn.CROWD, drawn.CROWD),
        stand_in=st.none() | drawn.HUMAN,
        goes=st.sampled_from(["asked", "asked", "stand-in"]),
        late=st.sampled_from([timedelta(0), timedelta(0), timedelta(microseconds=-1), timedelta(minutes=-30)]),
    )
    def nobody_is_there(
        self,
        which: int,
        rolls: tuple[frozenset[int], frozenset[int]],
        stand_in: int | None,
        goes: str,
        late: timedelta,
    ) -> None:
        """One by one those who are asked go, or let another answer, who may go as well; so do those who are called.

        It is looked after each of them. Then everybody tries, for whoever is away may still answer, and those do who
        were found in a group that was only asked because of that.
        """
        until = self.last + timedelta(minutes=30)
        for _ in range(3):
            _, tale = self._pick(which)
            if tale.state != "pending":
                return
            for human in sorted((_terms(tale).who[tale.stage] or frozenset()) | tale.called.union(*rolls)):
                if stand_in is not None and human != stand_in:
                    self._delegate(human, stand_in, until, 0)
                elif stand_in is None:
                    self._go(human, until)
                self._muster(which, *rolls)
            if stand_in is not None and goes == "stand-in":
                self._go(stand_in, until)
                self._muster(which, *rolls)
        self._set_clock(until + late)
        self._muster(which, *rolls)
        for human in range(drawn.HUMANS):
            group = 0 if human % 2 else SPARE
            self._say(which, Act(kind="approve", human=human, found="member", group=group))
            self._muster(which, *rolls)

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, rolls=st.tuples(drawn.CROWD, drawn.CROWD), first=drawn.HUMAN, many=st.integers(1, 2))
    def whoever_has_not_said_yes_goes(
        self, which: int, rolls: tuple[frozenset[int], frozenset[int]], first: int, many: int
    ) -> None:
        """Nobody waits for those who have answered, and nobody counts on them any more."""
        for human in range(drawn.HUMANS):
            if len(self._pick(which)[1].said_yes) < many:
                self._say(which, Act(kind="approve", human=(first + human) % drawn.HUMANS))
        _, tale = self._pick(which)
        if tale.state == "pending":
            heard_of = {human for word in tale.said_yes for human in word.voice}
            for human in sorted((_terms(tale).who[tale.stage] or frozenset()).union(tale.called, *rolls) - heard_of):
                self._go(human, self.last + timedelta(minutes=30))
                self._muster(which, *rolls)

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, roll=drawn.CROWD, first=drawn.HUMAN)
    def a_stand_in_goes(self, which: int, roll: frozenset[int], first: int) -> None:
        """All who are asked let the same one answer, whom nobody asks; then that one goes, too."""
        _, tale = self._pick(which)
        if tale.state != "pending" or (who := _terms(tale).who[tale.stage]) is None:
            return
        until, stand_in = self.last + timedelta(minutes=30), _not_asked(tale, first)
        for human in sorted(who | tale.called):
            self._delegate(human, stand_in, until, 0)
        self._muster(which, roll, roll)
        self._go(stand_in, until)
        self._muster(which, roll, roll)

    @precondition(lambda self: self.loans)
    @rule(pick=st.integers(0, 5), leaves=st.booleans())
    def somebody_takes_it_back_or_leaves(self, pick: int, leaves: bool) -> None:  # noqa: FBT001 - drawn, not passed
        giver = sorted(self.loans)[pick % len(self.loans)]
        if leaves:
            receiver, until, _ = self.loans[giver]
            self.loans[giver] = (receiver, until, False)
            return
        receiver, until, is_member = self.loans.pop(giver)
        self._note("delegation.revoked", giver, drawn.draw_delegation(giver, receiver, until), is_member=is_member)

    @precondition(lambda self: self.requests)
    @rule(
        which=drawn.WHICH,
        stand_in=drawn.HUMAN,
        verdicts=st.lists(st.sampled_from(["approve", "approve", "reject"]), min_size=2, max_size=3),
        owner_at=st.sampled_from([0, 1, 2, 3, "gone"]),
        late=st.sampled_from([timedelta(microseconds=-1), timedelta(microseconds=-1), timedelta(0)]),
    )
    def a_stand_in_answers(
        self, which: int, stand_in: int, verdicts: list[str], owner_at: int | str, late: timedelta
    ) -> None:
        """Somebody who is asked lends it right before the end of the loan; both answer, in some order.

        Or whoever lent it has left since; then it is worth nothing.
        """
        _, tale = self._pick(which)
        asked = sorted(_terms(tale).who[tale.stage] or ()) if _terms(tale).who else []
        stand_in = stand_in if owner_at == 3 else _not_asked(tale, stand_in)
        owners = [human for human in asked if human != stand_in]
        if not owners or tale.deadline is None:
            return
        until = self.last + timedelta(minutes=1)
        for owner in owners[:2]:
            self._delegate(owner, stand_in, until, 0)
        self._set_clock(until + late)
        for owner in owners[:2] if owner_at == "gone" else ():
            if owner in self.loans:
                self.loans[owner] = (*self.loans[owner][:2], False)
        for n, verdict in enumerate(verdicts):
            if n == owner_at:
                self._say(which, Act(kind=verdict, human=owners[0]))
            self._say(which, Act(kind=verdict, human=stand_in))
        for owner in owners[:2]:
            self._say(which, Act(kind="approve", human=owner))

    @precondition(lambda self: self.requests)
    @rule(
        which=drawn.WHICH,
        kind=st.sampled_from(["timeout", "timeout", "release", "climb", "remind", "escalate", "cancel"]),
        frozen=drawn.FREEZES,
    )
    def something_happens(self, which: int, kind: str, frozen: Frozen) -> None:
        self._let_happen(which, kind, frozen)

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, face=st.integers(0, 1), frozen=drawn.FREEZES)
    def a_freeze_begins_and_everybody_tries(self, which: int, face: int, frozen: Frozen) -> None:
        """Nobody gets past it, with or without an emergency, whatever held when it was asked."""
        for human in range(drawn.HUMANS):
            for kind in ("approve", "glass"):
                self._say(which, Act(kind=kind, human=human, frozen=frozen), face)

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, event=st.sampled_from(["card.posted", "card.updated"]), is_stale=st.booleans())
    def a_card_is_shown(self, which: int, event: str, is_stale: bool) -> None:  # noqa: FBT001 - drawn, not passed
        """It may have been drawn before the newest revision, and arrive after it."""
        self._show(which, event, max(1, self._pick(which)[1].revision - is_stale))

    def _show(self, which: int, event: str, revision: int) -> None:
        request_id, _ = self._pick(which)
        self.facts[request_id].append(("card", self.last, Act(kind="card", revision=revision)))
        request = self.requests[request_id]
        line = Happened(event=event, at=self.last, by=CI, state=request.state, detail={"revision": revision})
        self._fold((line,), request)

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, late=st.sampled_from([timedelta(microseconds=-1), timedelta(0)]), act=st.data())
    def it_is_close(self, which: int, late: timedelta, act: st.DataObject) -> None:
        """Stand right at a deadline, where ties are settled."""
        _, tale = self._pick(which)
        if tale.deadline is not None:
            self._set_clock(tale.deadline + late)
            self._say(which, act.draw(drawn.an_act(("approve", "reject", "glass"))))

    @precondition(lambda self: self.requests)
    @rule(
        which=drawn.WHICH,
        verdict=st.sampled_from(["approve", "approve", "approve", "reject"]),
        late=st.sampled_from([timedelta(minutes=-1), timedelta(microseconds=-1), timedelta(0), timedelta(hours=3)]),
        then=st.sampled_from(["undo", "undo", "reject", "approve", "question", "glass", "answer"]),
        last=st.tuples(drawn.HUMAN, drawn.FREEZES),
    )
    def it_is_settled_and_not_released(
        self, which: int, verdict: str, late: timedelta, then: str, last: tuple[int, Frozen]
    ) -> None:
        """Everybody answers until there is nothing more to say; at the end of the window they come once more.

        Then the clock does, and once again after whoever had taken theirs back has answered anew.
        """
        for again in range(2):
            for human in range(drawn.HUMANS):
                self._say(which, Act(kind=verdict, human=human))
            _, tale = self._pick(which)
            if tale.release is not None:
                self._set_clock(tale.release + late)
            for kind in ("climb", "remind", "escalate") if again else ():
                self._let_happen(which, kind)
            for human in range(drawn.HUMANS):
                self._say(which, Act(kind=then, human=(last[0] + human) % drawn.HUMANS))
            for word in self._pick(which)[1].said_no if then == "reject" and last[0] % 2 else ():
                self._say(which, Act(kind="undo", human=word.speaker))
            self._let_happen(which, "release", last[1])

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, human=st.none() | drawn.HUMAN, is_seen=st.booleans(), frozen=drawn.FREEZES)
    def nobody_answers(self, which: int, human: int | None, is_seen: bool, frozen: Frozen) -> None:  # noqa: FBT001 - drawn
        """Let the time run out: on the question of some *human*, in a freeze, before anybody was shown anything."""
        if is_seen:
            self._show(which, "card.posted", self._pick(which)[1].revision)
        for asking in range(drawn.HUMANS) if human is not None else ():
            self._say(which, Act(kind="question", human=((human or 0) + asking) % drawn.HUMANS))
        _, tale = self._pick(which)
        if tale.deadline is not None:
            self._set_clock(tale.deadline)
            self._let_happen(which, "timeout", frozen)

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, late=st.sampled_from([timedelta(microseconds=-1), timedelta(0)]), human=drawn.HUMAN)
    def the_stage_is_silent(self, which: int, late: timedelta, human: int) -> None:
        """Stand right at the next reminder or escalation; then everybody tries, who may only have been called by it."""
        request_id, tale = self._pick(which)
        moments = [moment for moment in (next_climb(tale), next_reminder(tale)) if moment is not None]
        if moments:
            self._set_clock(min(moments) + late)
            for kind in ("climb", "remind"):
                self._try(request_id, Act(kind=kind), drawn.draw_event(Act(kind=kind), CI, request_id))
            for trying in range(drawn.HUMANS):
                self._say(which, Act(kind="approve", human=(human + trying) % drawn.HUMANS))

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, found=st.just("") | drawn.LOOKED_UP, face=st.integers(0, 1), off_by=drawn.OFF_BY)
    def everybody_says_that_they_look(self, which: int, found: str, face: int, off_by: int) -> None:
        """Whoever may, says it; that changes nothing but when somebody is reminded next."""
        for human in range(drawn.HUMANS):
            request_id, tale = self._pick(which)
            before, climbs = self.requests[request_id], tale.state in OPEN and next_climb(tale)
            self._say(which, Act(kind="claim", human=human, found=found, revision=off_by if human == 0 else 0), face)
            after = self.requests.get(request_id, before)
            assert replace(after, claim=before.claim) == before, "whoever looks has changed what it is about"
            assert (tell(self.facts[request_id]).state in OPEN and next_climb(tell(self.facts[request_id]))) == climbs

    @precondition(lambda self: self.requests)
    @rule(
        which=drawn.WHICH,
        human=drawn.HUMAN,
        answers=st.sampled_from(["", "", "approve", "reject", "question"]),
        late=st.sampled_from([timedelta(microseconds=-1), timedelta(0), timedelta(minutes=30)]),
        again=st.booleans(),
    )
    def somebody_looks_and_the_stage_is_silent(
        self,
        which: int,
        human: int,
        answers: str,
        late: timedelta,
        again: bool,  # noqa: FBT001 - drawn
    ) -> None:
        """Stand where somebody would be reminded, and where they are when the look is over; calls come all the same."""
        request_id, tale = self._pick(which)
        due = next_reminder(tale) if tale.state in OPEN else None
        for moment in (due, due) if again else (due,):
            if moment is not None:
                self._set_clock(moment + timedelta(microseconds=-1))
            for looking in range(drawn.HUMANS):
                self._say(which, Act(kind="claim", human=(human + looking) % drawn.HUMANS))
        if answers:
            self._say(which, Act(kind=answers, human=(human - 1) % drawn.HUMANS))
        for _ in range(2):
            tale = tell(self.facts[request_id])
            moments = [one for one in (next_climb(tale), next_reminder(tale)) if one is not None] if due else []
            for moment in sorted(moments) if tale.state in OPEN else ():
                self._set_clock(moment + late)
                for kind in ("climb", "remind", "remind"):
                    self._try(request_id, Act(kind=kind), drawn.draw_event(Act(kind=kind), CI, request_id))

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, pick=st.integers(0, 5), words=drawn.MOSTLY, off_by=drawn.OFF_BY)
    def somebody_of_the_group_breaks_the_glass(self, which: int, pick: int, words: bool, off_by: int) -> None:  # noqa: FBT001 - drawn
        group = sorted(_terms(self._pick(which)[1]).glass or ())
        if group:
            human = group[pick % len(group)]
            self._say(which, Act(kind="glass", human=human, words=words, revision=off_by))

    @precondition(lambda self: any(tell(facts).owed_at for facts in getattr(self, "facts", {}).values()))
    @rule(
        late=st.sampled_from([timedelta(microseconds=-1), timedelta(0), timedelta(hours=30), timedelta(days=9)]),
        human=drawn.HUMAN,
        is_looked_at=st.booleans(),
        words=drawn.MOSTLY,
    )
    def a_review_is_owed(self, late: timedelta, human: int, is_looked_at: bool, words: bool) -> None:  # noqa: FBT001 - drawn
        """Stand at the moment when somebody is asked to look at a broken glass; sometimes everybody tries, by turns."""
        which = next(n for n in range(len(self.requests)) if self._pick(n)[1].owed_at)
        request_id, _ = self._pick(which)
        for trying in range(drawn.HUMANS) if is_looked_at else ():
            act = Act(kind="look", human=(human + trying) % drawn.HUMANS, words=words)
            for face in (0, 1):
                self._say(which, act, face)
        due = next_chase(tell(self.facts[request_id]))
        if due is not None:
            self._set_clock(due + late)
        for _ in range(2):
            self._let_happen(which, "chase")

    @precondition(lambda self: self.requests)
    @rule(which=drawn.WHICH, asked=drawn.terms(), before=st.sampled_from(["approve", "question", "answer"]))
    def it_is_revised(self, which: int, asked: Terms, before: str) -> None:
        """Right before it everybody approves, or asks back; right after it the same people approve what is new."""
        for human in range(drawn.HUMANS):
            if self._pick(which)[1].state == "pending" and human % 2:
                self._say(which, Act(kind=before, human=human))
        self._revise(which, asked)
        for human in range(drawn.HUMANS):
            self._say(which, Act(kind="approve", human=human))

    def _revise(self, which: int, asked: Terms) -> None:
        request_id, tale = self._pick(which)
        before, subject = tale.terms, self.requests[request_id].subject
        assert before is not None
        asked = replace(
            asked,
            called_back=subject.callback_url is not None,
            place=before.place,
            requester=before.requester,
            requester_by=before.requester_by,
            starter=before.starter,
            starter_by=before.starter_by,
            authors=before.authors,
            authors_by=before.authors_by,
        )
        digest = f"sha256:{request_id}-{tale.revision + 1}"
        event = Revised(
            by=CI,
            subject=drawn.draw_subject(asked, subject.lane or LANES[0]),
            tests=drawn.draw_tests(asked),
            digest=digest,
            ruling=drawn.draw_ruling(asked),
        )
        if self._try(request_id, Act(kind="revise"), event, asked):
            self.digests[request_id].append(digest)

    def _let_happen(self, which: int, kind: str, frozen: Frozen = ()) -> None:
        request_id, tale = self._pick(which)
        act = Act(kind=kind, frozen=frozen)
        event = drawn.draw_event(act, CI, request_id, was_shown=is_shown(tale))
        self._try(request_id, act, event)

    def _delegate(self, giver: int, receiver: int, until: datetime, outsiders: int) -> None:
        """Let *giver* say it; of ten *outsiders*, 8 is a giver who is no member, 9 such a receiver."""
        giving = drawn.draw_actor(
            Act(kind="lend", human=giver), 0, Standing.GUEST if outsiders == 8 else Standing.MEMBER
        )
        receiving = drawn.draw_actor(
            Act(kind="lend", human=receiver), 0, Standing.GUEST if outsiders == 9 else Standing.MEMBER
        )
        may = giver != receiver and outsiders < 8 and until > self.last
        try:
            given = agreed(f"{giver} to {receiver} until {until}", giving, receiving, until, self.last)
        except Refused:
            assert not may, "that could have been delegated"
            return
        assert may, "that should not have been delegated"
        replaced = self.loans.get(giver)
        self.loans[giver] = (receiver, until, True)
        self._note("delegation.given", giver, given, replaces=replaced)

    def _note(
        self,
        event: str,
        giver: int,
        loan: Delegation,
        replaces: tuple[int, datetime, bool] | None = None,
        *,
        is_member: bool = True,
    ) -> None:
        before = None if replaces is None else drawn.draw_delegation(giver, replaces[0], replaces[1]).id
        detail = of_delegation(loan) | ({"replaces": before} if event == "delegation.given" else {})
        by = drawn.draw_actor(Act(kind="lend", human=giver), 0, Standing.MEMBER if is_member else Standing.GUEST)
        self._fold((Happened(event=event, at=self.last, by=by, state=None, detail=detail),), None)

    def _go(self, human: int, until: datetime, *, is_member: bool = True) -> None:
        by = drawn.draw_actor(Act(kind="go", human=human), 0, Standing.MEMBER if is_member else Standing.GUEST)
        may = is_member and until > self.last
        absence = drawn.draw_absence(human, self.last, until)
        try:
            said = declared(absence.id, by, until, " ", self.last)
        except Refused:
            assert not may, "that could have been said"
            return
        assert may, "that should not have been said"
        assert said == absence
        before = self.absences.get(human)
        self.absences[human] = said
        detail = of_absence(said) | {"replaces": None if before is None else before.id}
        self._note_absence("absence.begun", human, detail)

    def _note_absence(self, event: str, human: int, detail: dict[str, object]) -> None:
        by = drawn.draw_actor(Act(kind="go", human=human), 0, Standing.MEMBER)
        self._fold((Happened(event=event, at=self.last, by=by, state=None, detail=detail),), None)

    def _muster(self, which: int, roll: frozenset[int] | None, spare: frozenset[int] | None, age: int = 0) -> None:
        """Look who is there: more are called exactly when the oracle says so."""
        request_id, tale = self._pick(which)
        absences = {human: one for human, one in self.absences.items() if self.last < one.until}
        loans = {giver: (to, until) for giver, (to, until, _) in self.loans.items() if self.last < until}
        act = Act(
            kind="desert",
            away=frozenset(absences),
            loans=tuple((giver, to) for giver, (to, _) in loans.items()),
            roll=roll,
            spare_roll=spare,
            age=age,
        )
        given = tuple(drawn.draw_delegation(giver, to, until) for giver, (to, until) in loans.items())
        rolls = drawn.draw_rolls(act, _terms(tale), tale.stage, self.last)
        presence = Presence(absences=tuple(absences.values()), delegations=given, rolls=rolls)
        request = self.requests[request_id]
        if tale.deadline is not None and self.last < tale.deadline:
            may = is_allowed(self.facts[request_id], act, self.last)
            assert desertion.is_deserted(request, presence, self.last) == may, f"{act} is looked at otherwise"
        if self._try(request_id, act, Deserted(by=TIMER, presence=presence)):
            told = {drawn.HUMAN_OF[person] for person in self.requests[request_id].deserted}
            assert told <= {*absences, *loans}, "somebody is said to be away who is there"

    def _set_clock(self, now: datetime) -> None:
        self.clock = now
        self.last = max(self.last, now) if self.is_clamped else now

    def _say(self, which: int, act: Act, face: int = 0, outsider: Standing = Standing.GUEST) -> None:
        """Try what a person does; *act* has its revision and stage as distances from the true ones."""
        request_id, tale = self._pick(which)
        known_by = drawn.KNOWN_BY[act.human][face]
        lenders = tuple((g, until, is_in) for g, (r, until, is_in) in sorted(self.loans.items()) if r == act.human)
        act = replace(
            act,
            revision=tale.revision + act.revision,
            stage=tale.stage + act.stage,
            group=act.group if act.group == SPARE else tale.stage + act.group,
            known_by=known_by,
            lenders=lenders,
            lenders_by=tuple(drawn.KNOWN_BY[giver][giver % 2] for giver, _, _ in lenders),
            limit=f"max {act.human} %" if act.limit == OWN else act.limit,
            typed=_terms(tale).place if act.typed == THERE else act.typed,
        )
        actor = drawn.draw_actor(act, face, Standing.MEMBER if act.is_member else outsider)
        by = drawn.looked_up(actor, act, _terms(tale), self.last)
        theirs = replace(act, found=act.lenders_found, glass_found="")
        of_lenders = drawn.looked_up(actor, theirs, _terms(tale), self.last).memberships
        self._try(request_id, act, drawn.draw_event(act, by, request_id, found=of_lenders))

    def _pick(self, which: int) -> tuple[RequestId, Tale]:
        """Count from the newest, first those to which something can still happen.

        Where that is none the same is mostly asked again, so that not all of a history is about what has ended.
        """
        tales = {request_id: tell(self.facts[request_id]) for request_id in reversed(self.requests)}
        moving = [one for one, tale in tales.items() if tale.state in OPEN or tale.owed_at is not None]
        if not moving and which == 0 and len(tales) < MOST:
            request_id = self._ask(_terms(next(iter(tales.values()))), LANES[1])
            return request_id, tell(self.facts[request_id])
        request_id = [*moving, *(one for one in tales if one not in moving)][which % len(tales)]
        return request_id, tales[request_id]

    def _try(self, request_id: RequestId, act: Act, event: Event, asked: Terms | None = None) -> bool:
        """Invariant 7: the lifecycle says yes exactly when the oracle does, and a no changes nothing."""
        request = self.requests[request_id]
        before, may = repr(request), is_allowed(self.facts[request_id], act, self.last)
        try:
            outcome = advance(request, event, self.last)
        except Refused:
            assert not may, f"{act} should count"
            assert repr(request) == before
            return False
        assert may, f"{act} should not count"
        assert repr(request) == before
        self.facts[request_id].append((act.kind, self.last, asked or act))
        self._keep(outcome)
        self._require_quiet(request_id, act.kind, request.stage, outcome)
        return True

    def _require_quiet(self, request_id: RequestId, kind: str, stage_before: int, outcome: Outcome) -> None:
        """In quiet hours whoever would be called is called by a digest a channel, when they end; else at once."""
        tale, request = tell(self.facts[request_id]), outcome.request
        calls = tale.state in OPEN and (kind in CALLING or tale.stage != stage_before)
        until = quiet_end(_terms(tale).quiet, self.last) if calls else None
        digests = {(effect.channel, effect.until) for effect in outcome.effects if isinstance(effect, SendDigest)}
        assert digests == ({(channel, until) for channel in request.channels} if until else set())
        called = {one for e in outcome.effects if isinstance(e, TellThread) for one in e.said.calls + e.said.groups}
        if until:
            assert not called, "somebody is pinged in quiet hours"
        elif kind in {"climb", "escalate"}:
            assert bool(called) >= bool(request.ruling.stages[request.stage].escalate[request.steps - 1].to)

    def _keep(self, outcome: Outcome) -> None:
        request = outcome.request
        self.requests[request.id] = request
        self.calls[request.id] += outcome.effects.count(CallBack(request=request.id))
        assert outcome.happened, "something happened and the log has no line"
        assert outcome.happened[-1].state is request.state
        assert {line.at for line in outcome.happened} == {self.last}
        self.lines[request.id] += outcome.happened
        self._fold(outcome.happened, request)

    def _fold(self, lines: tuple[Happened, ...], request: ApprovalRequest | None) -> None:
        for line in lines if self.is_clamped else ():
            place = Place(seq=self.refold.seq + 1, prev=self.head, version="1", replica="one")
            entry = draw_entry(line, request, place)
            self.head = entry_hash(canonical_bytes(entry))
            assert self.refold.take(entry, self.head) is None
        if self.is_clamped:
            assert self.refold.finish() is None

    @invariant()
    def the_state_is_the_storys_and_an_end_is_the_end(self) -> None:
        """Invariant 1."""
        for request_id, request in self._all():
            tale = tell(self.facts[request_id])
            assert (request.state, request.revision, request.stage) == (tale.state, tale.revision, tale.stage)
            assert request.deadline == tale.deadline
            assert _release(request) == tale.release
            verdict = None if request.settled is None else request.settled.decision.verdict
            assert verdict == {"": None, "yes": Verdict.APPROVE, "no": Verdict.REJECT}[tale.settled]
            if tale.state not in OPEN:
                chase = next_chase(tale)
                assert next_due(request) == (None if chase is None else Due(chase, Next.CHASES))
                assert request.chases == tale.chased
            if tale.state in OPEN:
                assert (request.steps, request.reminders) == (tale.climbed, tale.reminded)
                assert request.quiet_until == tale.held
                assert _looks(request) == (None if tale.looks_until is None else (tale.looker, tale.looks_until))
                assert {drawn.HUMAN_OF[person] for person in request.called} == tale.called
                assert drawn.numbers_of(request.called_groups) == tale.called_groups
                assert next_due(request) == _next(tale)
            assert (request.pause is not None) == (request.state == "needs_info")
            assert self.lines[request_id][-1].state is request.state
            finals = [line.state for line in self.lines[request_id] if is_end(line)]
            assert finals == ([] if tale.state in OPEN else [tale.state])
            assert self.finals.setdefault(request_id, request.state) in {*OPEN, request.state}
            if self.finals[request_id] in OPEN:
                self.finals[request_id] = request.state

    @invariant()
    def what_the_clock_brings_is_never_refused(self) -> None:
        """Else a request that its clock stepped on would wait for ever."""
        for _, request in self._all():
            what = brought(request, self.last)
            if what is not None:
                advance(request, drawn.BRINGS[what], self.last)

    @invariant()
    def what_counts_was_in_time_and_by_different_people_who_may(self) -> None:
        """Invariants 2 and 3, from what the request itself says."""
        for request_id, request in self._all():
            asked = _terms(tell(self.facts[request_id]))
            current = [review for review in _standing(request) if review.verdict is Verdict.APPROVE]
            humans = [human for review in current for human in _voice(review)]
            gone = zip(request.reviews, quorum.replaced(request), strict=True)
            left = [review for review, at in gone if not (at or review.withdrawn or review.void)]
            assert left == _standing(request), "what callers are told of the answers is not what counts"
            assert len(humans) == len(set(humans)), "somebody is heard twice"
            assert all(r.by.standing is Standing.MEMBER for r in current)
            assert not ({asked.requester} if "requester" in asked.bans else set()) & set(humans)
            assert not ({asked.starter} if "triggerer" in asked.bans else set()) & set(humans)
            assert not (asked.authors if "authors" in asked.bans else set()) & set(humans)
            for review in current:
                who, climbs = asked.who[review.stage], asked.climbs[review.stage]
                owner = review.on_behalf_of or review.by.person
                assert owner is not None
                may = who is None or drawn.HUMAN_OF[owner] in who.union(asked.fallback, *(whom for _, whom in climbs))
                has_group = asked.lives[review.stage] is not None or asked.spare is not None
                assert may or (has_group and (review.by.memberships or review.lent_through))
                assert review.on_behalf_of is None or asked.may_lend
                assert review.at < self._deadline_when_given(request_id, review.at)

    @invariant()
    def a_review_is_bound_to_the_revision_it_was_given_for(self) -> None:
        """Invariant 4."""
        for request_id, request in self._all():
            assert request.digest == self.digests[request_id][-1]
            for review in request.reviews:
                assert review.digest == self.digests[request_id][review.revision - 1]
                assert review.void == (review.revision < request.revision)

    @invariant()
    def approved_means_every_quorum_and_every_quorum_means_approved(self) -> None:
        """Invariant 5: otherwise only a rule, silence or an emergency approve."""
        for request_id, request in self._all():
            tale = tell(self.facts[request_id])
            last = next(kind for kind, _, _ in reversed(self.facts[request_id]) if kind not in BESIDE)
            asked = _terms(tale)
            met = bool(asked.quorums) and all(len(heard(tale, n)) >= q for n, q in enumerate(asked.quorums))
            assert not (met and request.state in OPEN and not tale.settled)
            assert met or tale.settled != "yes"
            if request.state == "approved":
                by_rule = last in {"ask", "revise"} and asked.handling == "yes"
                by_silence = last == "timeout" and asked.ending == "approve" and not asked.doubtful and is_shown(tale)
                in_need = last == "glass"
                assert met or by_rule or by_silence or in_need
                assert request.decision is not None
                assert request.decision.break_glass == in_need
                assert request.decision.conditions == limits(tale)
                assert (request.review_due is not None) == in_need

    @invariant()
    def every_decision_calls_back_once(self) -> None:
        """Invariant 6."""
        for request_id, request in self._all():
            has_ended = request.state not in OPEN
            wants = request.subject.callback_url is not None
            assert self.calls[request_id] == int(has_ended and wants)
            assert (request.decision is not None) == has_ended

    @invariant()
    def the_log_folds_to_what_is_there(self) -> None:
        """A part of invariant 8, with the fold that verifies a real log."""
        if getattr(self, "is_clamped", False):
            states = self.refold.states().items()
            told = {i: (f.state, f.revision, f.stage, f.deadline, f.release_at) for i, f in states}
            there = {i: (r.state, r.revision, r.stage, r.deadline, _release(r)) for i, r in self.requests.items()}
            assert told == there

    def _all(self) -> list[tuple[RequestId, ApprovalRequest]]:
        """Invariants are asked before the machine has begun, too."""
        return list(getattr(self, "requests", {}).items())

    def _deadline_when_given(self, request_id: RequestId, at: datetime) -> datetime:
        """Return the deadline that held just before the first yes at this moment."""
        facts = self.facts[request_id]
        index = next(n for n, fact in enumerate(facts) if fact[0] == "approve" and fact[1] == at)
        deadline = tell(facts[:index]).deadline
        assert deadline is not None
        return deadline


def _looks(request: ApprovalRequest) -> tuple[int, datetime] | None:
    """Return who says that they look, and until when."""
    if request.claim is None or request.claim.by.person is None:
        return None
    return drawn.HUMAN_OF[request.claim.by.person], request.claim.until


def _voice(review: Review) -> frozenset[int]:
    return frozenset(drawn.HUMAN_OF[one] for one in (review.by.person, review.on_behalf_of) if one is not None)


def _standing(request: ApprovalRequest) -> list[Review]:
    """Return the answers that no later one of the same voice in the same stage took the place of."""
    kept: list[Review] = []
    for review in request.reviews:
        if not review.void:
            kept = [other for other in kept if other.stage != review.stage or not _voice(other) & _voice(review)]
            kept += [] if review.withdrawn else [review]
    return kept


def _release(request: ApprovalRequest) -> datetime | None:
    return None if request.settled is None else request.settled.release_at


def is_end(line: Happened) -> bool:
    """Tell whether a line says how it ended, and not what was found out later."""
    return bool(line.state and not line.state.is_open) and not line.event.startswith("request.glass_")


def _next(tale: Tale) -> Due:
    """Say what the clock brings next; the end comes before an escalation, and that before a reminder."""
    assert tale.deadline is not None
    if tale.release is not None:
        return Due(tale.release, Next.RELEASES)
    found = [(tale.deadline, Next.ENDS), (next_climb(tale), Next.ESCALATES), (next_reminder(tale), Next.REMINDS)]
    return min(Due(at, what) for at, what in found if at is not None)


def _not_asked(tale: Tale, first: int) -> int:
    """Return the first one from *first* on whom the present stage does not ask; *first*, where it asks all."""
    who = _terms(tale).who[tale.stage] if _terms(tale).who else None
    humans = [(first + human) % drawn.HUMANS for human in range(drawn.HUMANS)]
    return next((human for human in humans if human not in (who or frozenset()) | tale.called), first)


def _terms(tale: Tale) -> Terms:
    assert tale.terms is not None
    return tale.terms


Histories.TestCase.settings = settings(
    # For planted defects (mutants.py): many tries, and no search for the smallest history.
    max_examples=int(os.environ.get("JIT_MODEL_EXAMPLES", "50")),
    phases=[Phase.generate] if "JIT_MODEL_EXAMPLES" in os.environ else list(Phase),
    stateful_step_count=35,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
TestHistories = pytest.mark.slow(pytest.mark.timeout(900)(Histories.TestCase))
