"""A click on a shared card against the same click on each alone: whoever was shown stands where they would alone.

Two houses live side by side: in one identical asks share cards, in the other nobody does. What happens is drawn; a
click on a card of the first house is, in the second, a click on each of those whom that card named when it was drawn.
"""

import asyncio
import os
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.events import Event
from bot.core.request import ApprovalRequest, RequestId, State
from bot.core.ruling import Verdict
from bot.slack.cards.company import others_named
from bot.store import verify_audit
from bot.usecases.review import review
from bot.usecases.ring import ring_due
from tests.factories import (
    ANA,
    BO,
    CHEN,
    DIA,
    a_break_glass,
    a_cancellation,
    a_question,
    a_ruling,
    a_stage,
    a_step,
    a_supersession,
    an_actor,
    an_answer,
    an_emergency,
    an_escalation,
)
from tests.model.house import House, a_house
from tests.store.asks import advancing
from tests.store.sharing import click_on, no_freezes

PEOPLE = (BO, CHEN, DIA, ANA)
ALONE = a_ruling(
    stages=[a_stage("qa", 2, [BO, CHEN], escalate=(a_step(10, [DIA], channel=None),))],
    timeout=timedelta(minutes=20),
    break_glass=a_break_glass([DIA]),
)
WITHIN = timedelta(minutes=5)
SHARED = replace(ALONE, group_within=WITHIN)
ALONE_WITH: dict[str, Event] = {
    "cancel": a_cancellation(),
    "supersede": a_supersession(),
    "question": a_question(),
    "answer": an_answer(),
    "glass": an_emergency(),
    "escalate": an_escalation(),
}
"""What happens to one alone; an escalation leaves it on its card all the same."""

ACTS = st.tuples(
    st.sampled_from(
        [
            "ask",
            "ask",
            "ask",
            "draw",
            "draw",
            "click",
            "click",
            "click",
            "command",
            "command",
            "wait",
            "later",
            "overtaken",
            *ALONE_WITH,
        ]
    ),
    st.integers(0, 5),
    st.sampled_from(PEOPLE),
    st.sampled_from([Verdict.APPROVE, Verdict.APPROVE, Verdict.REJECT]),
)


@dataclass(frozen=True)
class Drawn:
    """A card as somebody saw it: for whom its buttons are, whose numbers they carry, and whom it named."""

    leader: ApprovalRequest
    bound: tuple[int, ...]
    named: tuple[int, ...]


class Pair:
    """Both houses, the cards that were seen, and who has gone another way than the card that named them."""

    def __init__(self, shared: House, alone: House) -> None:
        self.shared, self.alone = shared, alone
        self.cards: list[Drawn] = []
        self.parted: set[tuple[RequestId, int]] = set()

    async def act(self, kind: str, which: int, person: Any, verdict: Verdict) -> None:  # noqa: ANN401 - one of PEOPLE
        if kind == "ask":
            await self.shared.ask()
            await self.alone.ask()
        elif kind == "wait":
            await self.wait(which)
        elif kind == "later":
            await self.later(which, person, verdict)
        elif kind == "overtaken" and self.shared.made:
            await self.overtaken(person, verdict)
        elif kind == "click" and self.cards:
            await self.click(self.cards[-1 - which % len(self.cards)], person, verdict)
        elif self.shared.made and kind in {"draw", "command", *ALONE_WITH}:
            await self.alone_with(kind, which % len(self.shared.made), person, verdict)

    async def later(self, minutes: int, person: Any, verdict: Verdict) -> None:  # noqa: ANN401 - one of PEOPLE
        """Somebody asks when a card may just be joined, or no longer: nothing has happened to it meanwhile."""
        await self.act("ask", 0, person, verdict)
        await self.wait(minutes + 3)
        await self.act("ask", 0, person, verdict)

    async def overtaken(self, person: Any, verdict: Verdict) -> None:  # noqa: ANN401 - one of PEOPLE
        """Somebody asks between the moment when a card was drawn and a click on it."""
        newest = await self.shared.look(-1)
        await self.draw(self.shared.made.index(newest.leader or newest.id))
        await self.act("ask", 0, person, verdict)
        await self.act("click", 0, person, verdict)

    async def alone_with(self, kind: str, which: int, person: Any, verdict: Verdict) -> None:  # noqa: ANN401 - one of PEOPLE
        if kind == "draw":
            await self.draw(which)
        elif kind in ALONE_WITH:
            event = ALONE_WITH[kind]
            happened = await self.alone.run(advancing(self.alone.made[which], event))
            assert await self.shared.run(advancing(self.shared.made[which], event)) is happened
            if happened and kind != "escalate":
                self.part(which)
        elif await self.answer(self.alone, which, None, person, verdict):
            assert await self.answer(self.shared, which, None, person, verdict)
            self.part(which)

    def part(self, which: int) -> None:
        """From now on this one goes another way than whoever shared a card with it; so do all whom it led."""
        self.parted |= {(card.leader.id, which) for card in self.cards}
        self.parted |= {(card.leader.id, n) for card in self.cards for n in card.named if card.named[0] == which}

    async def wait(self, minutes: int) -> None:
        for house in (self.shared, self.alone):
            house.clock[0] += timedelta(minutes=minutes)
            while (await house.store.committer.run(lambda tx, now: ring_due(tx, no_freezes, now))).taken:
                pass

    async def draw(self, which: int) -> None:
        view = await self.shared.store.read(lambda snapshot: snapshot.view(self.shared.made[which]))
        if view is not None and view.request.leader is None:
            ids = (view.request.id, *(one.id for one in view.company))
            named = tuple(self.shared.made.index(one) for one in ids)
            self.cards.append(Drawn(view.request, others_named(view), named))

    async def click(self, card: Drawn, person: Any, verdict: Verdict) -> None:  # noqa: ANN401 - one of PEOPLE
        """In the second house: on the first of those named, and, if that one could be answered, on each of the rest."""
        first, *rest = card.named
        is_answered = await self.answer(self.shared, first, card.bound, person, verdict)
        assert await self.answer(self.alone, first, None, person, verdict) is is_answered
        for which in rest if is_answered else ():
            if (card.leader.id, which) in self.parted:
                continue
            if not await self.answer(self.alone, which, None, person, verdict):
                self.parted.add((card.leader.id, which))
        if is_answered:
            # Whom this card did not name goes another way from now on, whatever later cards of the same leader named.
            later = {n for other in self.cards if other.leader.id == card.leader.id for n in other.named}
            self.parted |= {(card.leader.id, which) for which in later - set(card.named)}

    async def answer(
        self,
        house: House,
        which: int,
        bound: tuple[int, ...] | None,
        person: Any,  # noqa: ANN401 - one of PEOPLE
        verdict: Verdict,
    ) -> bool:
        """Click on a card whose buttons carry the numbers *bound*, or type a command."""
        click = click_on(await house.look(which), None if bound is None else (), verdict, an_actor(person))
        click = replace(click, named=bound)
        return await house.run(lambda tx, now: review(tx, click, no_freezes, now))

    async def compare(self) -> None:
        for which in range(len(self.shared.made)):
            one, other = await self.shared.look(which), await self.alone.look(which)
            assert _life(one) == _life(other), f"#{which + 1}"
            if one.leader is not None and one.state.is_open:
                leader = await self.shared.look(self.shared.made.index(one.leader))
                assert one.created_at < leader.created_at + WITHIN, "it joined a card that was too old"
                assert (leader.state, leader.leader) == (State.PENDING, None), "it follows whom nobody can click on"
                assert leader.deadline is not None
                assert one.deadline is not None
                assert leader.deadline <= one.deadline, "its card promises more time than there is"


def _life(request: ApprovalRequest) -> object:
    ruling = replace(request.ruling, group_within=None)
    reviews = tuple(replace(review, by=replace(review.by, name="")) for review in request.reviews)
    return replace(request, id=RequestId(""), ruling=ruling, leader=None, reviews=reviews)


@settings(
    max_examples=max(10, int(os.environ.get("JIT_MODEL_EXAMPLES", "200")) // 20),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(ACTS, min_size=6, max_size=30))
def test_each_stands_where_it_would_had_the_click_been_made_on_it_alone(acts: list[tuple[Any, ...]]) -> None:
    asyncio.run(_live(acts))


async def _live(acts: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        pair = Pair(await a_house(Path(folder), "shared", SHARED), await a_house(Path(folder), "alone", ALONE))
        try:
            for act in acts:
                await pair.act(*act)
                await pair.compare()
            verdict = await pair.shared.store.read(verify_audit)
            assert verdict.ok, verdict.why
        finally:
            await pair.shared.store.close()
            await pair.alone.store.close()
