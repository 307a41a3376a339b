"""Two houses side by side: in one identical asks share cards, in the other nobody does. Both live through the same.

A click on a card of the first house is, in the second, a click on each of those whom that card named when it was drawn.
What else differs between them on purpose is told here from outside: who is overtaken by a newer ask of the lane.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.core.events import Event
from bot.core.people.delegation import Mandate
from bot.core.people.identity import Actor, Person
from bot.core.people.membership import Belonging, Crowd, LiveGroup, Membership, Roll, Rolls
from bot.core.request import ApprovalRequest, RequestId, State
from bot.core.ruling import OnTimeout, Verdict
from bot.core.stamp import Stamp
from bot.core.view import CardRef
from bot.slack.cards.company import others_named
from bot.store import Transaction
from bot.usecases.away import Leave, come_back, leave
from bot.usecases.claim import Claiming, claim
from bot.usecases.delegate import Handover, delegate, revoke
from bot.usecases.desk import Desk
from bot.usecases.muster import Musterer
from bot.usecases.review import Click, review
from bot.usecases.ring import Sweeper
from bot.usecases.roll_call import RollCaller
from tests.factories import (
    ANA,
    BO,
    CHEN,
    DIA,
    EVE,
    GUS,
    a_break_glass,
    a_cancellation,
    a_glass_review,
    a_group,
    a_posted_card,
    a_question,
    a_ruling,
    a_stage,
    a_step,
    a_subject,
    a_supersession,
    an_actor,
    an_answer,
    an_emergency,
    an_escalation,
)
from tests.model.house import House
from tests.store.asks import advancing
from tests.store.owner import owner_of
from tests.store.sharing import no_freezes

PEOPLE = (BO, CHEN, DIA, ANA, GUS, EVE)
ONCALL, LAST = a_group("oncall", fallback=[EVE]), a_group("last")
GROUPS = (ONCALL, LAST)
ALONE = a_ruling(
    stages=[
        a_stage(
            "qa",
            2,
            [BO, CHEN],
            remind_after=timedelta(minutes=4),
            escalate=(a_step(10, [DIA], channel="#incidents", groups=[ONCALL]),),
        ),
        a_stage("lead", 1, [DIA, BO]),
    ],
    timeout=timedelta(minutes=20),
    claim_for=timedelta(minutes=6),
    on_timeout=OnTimeout.APPROVE,
    break_glass=a_break_glass([DIA], groups=[ONCALL]),
    fallback=Crowd(people=(EVE,), groups=(LAST,)),
)
WITHIN = timedelta(minutes=5)
SHARED = replace(ALONE, group_within=WITHIN)
ASKS = (a_subject(), a_subject(commit="0" * 40))
"""What is asked: of one lane, and not the same."""

EVENTS: Mapping[str, Callable[[Actor], Event]] = {
    "cancel": lambda _by: a_cancellation(),
    "question": a_question,
    "answer": lambda _by: an_answer(),
    "glass": an_emergency,
    "look": a_glass_review,
    "escalate": lambda _by: an_escalation(),
}
"""What happens to one alone; an escalation of whoever leads leaves all of them on its card all the same."""

PRESENCE = ("goes", "back", "lends", "takes back", "muster", "turns")
"""What people say of themselves, or the workspace of them, and when it is looked after that."""


@dataclass(frozen=True)
class Drawn:
    """A card as somebody saw it: for whom its buttons are, whose numbers they carry, and whom it named."""

    leader: ApprovalRequest
    bound: tuple[int, ...]
    named: tuple[int, ...]


@dataclass
class Pair:
    """Both houses, what was asked in them, the cards that were seen, and who has gone another way than its card.

    ``roster`` says who is in the live groups, for both.
    """

    shared: House
    alone: House
    supersedes: bool
    asked: list[int] = field(default_factory=list[int])
    cards: list[Drawn] = field(default_factory=list[Drawn])
    parted: set[tuple[RequestId, int]] = field(default_factory=set[tuple[RequestId, int]])
    roster: dict[LiveGroup, set[Person]] = field(default_factory=lambda: {group: set[Person]() for group in GROUPS})
    said: int = 0

    async def act(self, kind: str, which: int, person: Person, verdict: Verdict) -> None:
        if kind in {"ask", "ask for more"}:
            await self.ask(int(kind != "ask"))
        elif kind in {"wait", "doze"}:
            await self.wait(which if kind == "wait" else 3 * which + 2, is_awake=kind == "wait")
        elif kind in {"later", "overslept"}:
            await (self.later if kind == "later" else self.overslept)(which)
        elif kind in PRESENCE:
            await self.presence(kind, which, person)
        elif kind in {"overtaken", "together", "both"} and self.asked:
            await self.freshly(kind, which, person, verdict)
        elif kind == "click" and self.cards:
            await self.click(self.cards[-1 - which % len(self.cards)], person, verdict)
        elif self.asked and kind in {"draw", "command", "looks", "supersede", *EVENTS}:
            await self.alone_with(kind, which % len(self.asked), person, verdict)

    async def ask(self, what: int) -> None:
        """It joins the newest card that it may join, and overtakes whatever is older in its lane and not on that."""
        joins = await self.joinable(what)
        for house in (self.shared, self.alone):
            await house.ask(ASKS[what])
        self.asked.append(what)
        *sharing, newer = await self.shared.look_at_all()
        assert newer.leader == (None if joins is None else self.shared.made[joins])
        for which, older in enumerate((await self.alone.look_at_all())[:-1]) if self.supersedes else ():
            is_in_time = older.deadline is not None and self.alone.clock[0] < older.deadline
            is_there = joins is not None and sharing[which].leader == newer.leader
            if older.state.is_open and is_in_time and which != joins and not is_there:
                assert await self.alone.run(advancing(older.id, a_supersession(self.alone.made[-1])))
                self.part(which)

    async def joinable(self, what: int) -> int | None:
        """Say whose card the next ask shares: the newest to which nothing has happened yet, but that others came."""
        now = self.shared.clock[0]
        alone, shared = await self.alone.look_at_all(), await self.shared.look_at_all()
        for which in reversed(range(len(self.asked))):
            request, leads = alone[which], shared[which].leader is None
            is_touched = request.stage or request.escalations or request.questions or request.reviews
            is_open = request.state is State.PENDING and request.deadline is not None and now < request.deadline
            is_young = now < request.created_at + WITHIN
            if leads and self.asked[which] == what and is_open and is_young and not is_touched:
                return which
        return None

    async def later(self, minutes: int) -> None:
        """Somebody asks when a card may just be joined, or no longer: nothing has happened to it meanwhile."""
        await self.ask(0)
        await self.wait(minutes + 3)
        await self.ask(0)

    async def overslept(self, minutes: int) -> None:
        """Somebody asks when the time of all that is older is over, and nobody has noticed yet."""
        await self.wait(18 + minutes, is_awake=False)
        await self.ask(minutes % len(ASKS))

    async def freshly(self, kind: str, which: int, person: Person, verdict: Verdict) -> None:
        """Click on the newest card; somebody may ask right before it, or right after it was drawn.

        Where both click, whoever would be asked next may have gone.
        """
        if which % 2:
            await self.ask(self.asked[-1])
        newest = await self.shared.look(-1)
        await self.draw(self.shared.made.index(newest.leader or newest.id))
        if not self.cards:
            return
        if kind == "together":
            await self.together(self.cards[-1], person, verdict)
            return
        if kind == "both" and which > len(PEOPLE) // 3:
            await self.presence("goes", which, DIA)
        if kind == "overtaken":
            await self.ask(self.asked[-1])
        await self.click(self.cards[-1], BO if kind == "both" else person, verdict)
        if kind == "both":
            await self.click(self.cards[-1], CHEN, Verdict.APPROVE)

    async def alone_with(self, kind: str, which: int, person: Person, verdict: Verdict) -> None:
        if kind in {"draw", "looks"}:
            await (self.draw(which) if kind == "draw" else self.looks(which, person))
        elif kind == "supersede":
            await self.overtake(which)
        elif kind in EVENTS:
            leads = (await self.shared.look(which)).leader is None
            happened = [
                await house.run(advancing(house.made[which], EVENTS[kind](self.actor(house, person))))
                for house in (self.alone, self.shared)
            ]
            assert happened[0] is happened[1]
            if happened[0] and not (kind == "escalate" and leads):
                self.part(which)
                is_silent = (await self.shared.look(which)).leader is not None
                assert kind != "escalate" or not is_silent, "whoever is called by it hears of it nowhere"
        elif await self.alone.run(await self.answering(self.alone, which, person, verdict)):
            assert await self.shared.run(await self.answering(self.shared, which, person, verdict))
            self.part(which)

    async def overtake(self, which: int) -> None:
        """Somebody asks for something else, and in the same moment that takes over."""
        await self.ask(1 - self.asked[which])
        overtaken = [
            await house.run(advancing(house.made[which], a_supersession(house.made[-1])))
            for house in (self.alone, self.shared)
        ]
        assert overtaken[0] is overtaken[1]
        if overtaken[0]:
            self.part(which)

    def part(self, which: int) -> None:
        """From now on this one goes another way than whoever shared a card with it; so do all whom it led."""
        self.parted |= {(card.leader.id, which) for card in self.cards}
        self.parted |= {(card.leader.id, n) for card in self.cards for n in card.named if card.named[0] == which}

    async def looks(self, which: int, person: Person) -> None:
        """Somebody looks at a card, and so at all that stand on it; in the second house at each of those."""
        standing, seen = await self.shared.look_at_all(), await self.shared.look(which)
        leader = standing[self.shared.made.index(seen.leader or seen.id)]
        group = [leader, *(one for one in standing if one.leader == leader.id)]
        is_taken = await self.shared.run(self.looking(self.shared, leader, person))
        for one in group if is_taken else group[:1]:
            other = await self.alone.look(self.shared.made.index(one.id))
            found = await self.alone.run(self.looking(self.alone, other, person))
            assert one is not leader or found is is_taken

    def looking(self, house: House, request: ApprovalRequest, person: Person) -> Callable[[Transaction, Any], Any]:
        """Return what a click on the button of its card does."""
        by = self.actor(house, person)
        claiming = Claiming(request_id=request.id, by=by, revision=request.revision, stage=request.stage)
        return lambda tx, now: claim(tx, claiming, now)

    async def wait(self, minutes: int, *, is_awake: bool = True) -> None:
        """Time goes by; while nobody is awake, what it brings is not taken yet."""
        for house in (self.shared, self.alone):
            house.clock[0] += timedelta(minutes=minutes)
            if is_awake:
                await Sweeper(Desk(house.store)).sweep()

    async def presence(self, kind: str, which: int, person: Person) -> None:
        """The same is said in both houses, and counts in neither before somebody looks."""
        self.said += 1
        if kind == "turns":
            self.roster[GROUPS[which % len(GROUPS)]] ^= {person}
        for house in (self.shared, self.alone):
            if kind == "muster":
                await self.muster(house)
            elif kind != "turns":
                await house.run(self.saying(house, kind, which, person))

    def saying(self, house: House, kind: str, which: int, person: Person) -> Callable[[Transaction, Any], Any]:
        """Return what *person* says of themselves: who answers for them, or that they are away or back."""
        by, key, until = an_actor(person), Stamp(f"said {self.said}"), house.clock[0] + timedelta(minutes=3 * which + 2)
        to = an_actor(PEOPLE[(PEOPLE.index(person) + 1 + which) % len(PEOPLE)])
        leaving = Leave(by=by, until=until, reason="a holiday", replay_key=key)
        lending = Handover(by=by, to=to, until=until, until_words="then", replay_key=key)
        ways: Mapping[str, Callable[[Transaction, Any], Any]] = {
            "goes": lambda tx, now: leave(tx, leaving, now),
            "back": lambda tx, now: come_back(tx, by, key, now),
            "lends": lambda tx, now: delegate(tx, lending, now),
            "takes back": lambda tx, now: revoke(tx, by, key, now),
        }
        return ways[kind]

    async def muster(self, house: House) -> None:
        """Look who is there, and who is in the live groups."""

        async def look(_groups: Iterable[LiveGroup]) -> Rolls:
            read_at = house.clock[0]
            found = {group: [one for one in PEOPLE if one in people] for group, people in self.roster.items()}
            return {group: Roll(people=tuple(people), read_at=read_at) for group, people in found.items()}

        await Musterer(Desk(house.store)).look()
        await RollCaller(Desk(house.store), look).call()

    async def draw(self, which: int) -> None:
        """A card arrives, and shows whom it names; in the second house each of those has one."""
        view = await self.shared.store.read(lambda snapshot: snapshot.view(self.shared.made[which]))
        if view is None or view.request.leader is not None:
            return
        ids = (view.request.id, *(one.id for one in view.company))
        named = tuple(self.shared.made.index(one) for one in ids)
        self.cards.append(Drawn(view.request, others_named(view), named))
        for house in (self.shared, self.alone):
            await house.store.committer.run(showing([house.made[n] for n in named], is_shared=house is self.shared))

    async def click(self, card: Drawn, person: Person, verdict: Verdict) -> None:
        shared = await self.answering(self.shared, card.named[0], person, verdict, card)
        await self.follow(card, person, verdict, is_answered=await self.shared.run(shared))

    async def together(self, card: Drawn, person: Person, verdict: Verdict) -> None:
        """Somebody types an answer to one of those on a card, somebody else clicks on it: both come in one commit."""
        which, other = card.named[-1], CHEN if person == BO else BO
        typed, clicked = await asyncio.gather(
            self.shared.run(await self.answering(self.shared, which, other, Verdict.APPROVE)),
            self.shared.run(await self.answering(self.shared, card.named[0], person, verdict, card)),
        )
        assert await self.alone.run(await self.answering(self.alone, which, other, Verdict.APPROVE)) is typed
        if typed:
            self.part(which)
        await self.follow(card, person, verdict, is_answered=clicked)

    async def follow(self, card: Drawn, person: Person, verdict: Verdict, *, is_answered: bool) -> None:
        """In the second house: on the first of those named, and, if that one could be answered, on each of the rest."""
        first, *rest = card.named
        assert await self.alone.run(await self.answering(self.alone, first, person, verdict, card)) is is_answered
        for which in rest if is_answered else ():
            if (card.leader.id, which) in self.parted:
                continue
            if not await self.alone.run(await self.answering(self.alone, which, person, verdict, card)):
                self.parted.add((card.leader.id, which))
        if is_answered:
            # Whom this card did not name goes another way from now on, whatever later cards of the same leader named.
            later = {n for other in self.cards if other.leader.id == card.leader.id for n in other.named}
            self.parted |= {(card.leader.id, which) for which in later - set(card.named)}

    async def answering(
        self, house: House, which: int, person: Person, verdict: Verdict, card: Drawn | None = None
    ) -> Callable[[Transaction, Any], Any]:
        """Return what a click on a *card* does in *house*, or an answer that is typed."""
        account = person.slack_id or ""
        lent = await house.store.read(lambda snapshot: snapshot.delegations_to(account))
        click = Click(
            request_id=house.made[which],
            verdict=verdict,
            by=self.actor(house, person),
            revision=None if card is None else card.leader.revision,
            stage=None if card is None else card.leader.stage,
            named=card.bound if card is not None and house is self.shared else None,
            reason="seen",
            mandates=tuple(Mandate(delegation=one, giver=self.actor(house, one.giver)) for one in lent),
        )
        return lambda tx, now: review(tx, click, no_freezes, now)

    def actor(self, house: House, person: Person) -> Actor:
        """Return *person* as they were just looked up; whoever stands in for a group does so while nobody is in it."""
        found = list[Membership]()
        for group, people in self.roster.items():
            stands_in = not people and person in group.fallback
            belonging = Belonging.FALLBACK if stands_in else Belonging.OUTSIDER
            belonging = Belonging.MEMBER if person in people else belonging
            found.append(Membership(group=group, belonging=belonging, read_at=house.clock[0]))
        return replace(an_actor(person), memberships=tuple(found))

    async def compare(self) -> None:
        shared, alone = await self.shared.look_at_all(), await self.alone.look_at_all()
        for which, (one, other) in enumerate(zip(shared, alone, strict=True)):
            assert life(one, self.shared) == life(other, self.alone), f"#{which + 1}"
            if one.leader is not None and one.state.is_open:
                leader = shared[self.shared.made.index(one.leader)]
                assert one.created_at < leader.created_at + WITHIN, "it joined a card that was too old"
                assert (leader.state, leader.leader) == (State.PENDING, None), "it follows whom nobody can click on"
                assert leader.deadline is not None
                assert one.deadline is not None
                assert leader.deadline <= one.deadline, "its card promises more time than there is"
        for house, requests in ((self.shared, shared), (self.alone, alone)):
            require_promises(house, requests)


def require_promises(house: House, requests: list[ApprovalRequest]) -> None:
    """Invariant 6, and that whoever leads has a card asked for wherever its rule wants one, and nowhere else."""
    with owner_of(house.url) as run:
        promised = run("SELECT kind, request_id, key FROM outbox WHERE kind IN ('call_back', 'show_card')")
        handed_on = {one for (one,) in run("SELECT request_id FROM cards WHERE host IS NULL")}
    called = [request for kind, request, _ in promised if kind == "call_back"]
    shown = {(request, key.rpartition(":")[2]) for kind, request, key in promised if kind == "show_card"}
    for request in requests:
        assert called.count(request.id) == int(not request.state.is_open), "a decision is called back once"
        wanted = {(request.id, channel) for channel in request.channels}
        assert {one for one in shown if one[0] == request.id} <= wanted, "a card that nobody will look after"
        assert request.leader is not None or wanted <= shown or request.id in handed_on, "it has no card"


def showing(request_ids: list[RequestId], *, is_shared: bool) -> Callable[[Transaction, Any], None]:
    """Return what the relay writes down of a card that arrived, and showed these."""

    def show(tx: Transaction, _now: object) -> None:
        for request_id in request_ids:
            request = tx.requests.lock(request_id)
            host = request_ids[0] if is_shared and request_id != request_ids[0] else None
            card = CardRef(channel="#approvals", channel_id="C0APPROVE", ts="1.0", revision=1, host=host)
            tx.cards.put(request_id, card)
            tx.note(replace(a_posted_card(), at=tx.now, state=request.state), request)

    return show


def life(request: ApprovalRequest, house: House) -> object:
    """Return what has to be the same in both houses."""
    ruling = replace(request.ruling, group_within=None, supersede_lane=False)
    reviews = tuple(replace(review, by=replace(review.by, name="")) for review in request.reviews)
    by = request.superseded_by
    newer = None if by is None else RequestId(str(house.made.index(by)) if by in house.made else by)
    before = request.precedent
    before = before and replace(before, id=RequestId(""), by=replace(before.by, name=""))
    same = replace(request, ruling=ruling, leader=None, reviews=reviews, superseded_by=newer)
    return replace(same, id=RequestId(""), precedent=before)
