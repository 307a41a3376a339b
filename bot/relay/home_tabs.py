"""What a Home tab shows now: looked up when it is drawn, for whoever it belongs to, and for nobody else."""

from datetime import datetime

from bot.core.attempts import TryLater
from bot.core.home import HomeTab, waits_for
from bot.core.people.delegation import Delegation, Mandate
from bot.core.people.identity import Actor, Person, Standing, Via
from bot.core.request import ApprovalRequest
from bot.relay.books import Books
from bot.rolls import Memberships
from bot.slack import Directory, Place, Seal
from bot.slack.faults import CALL_ERRORS
from bot.slack.home.contents import OPEN_LOOKED_AT, PAST_LOOKED_AT, Contents
from bot.slack.home.tab import draw_closed_tab, draw_tab
from bot.slack.words.rich import Json
from bot.store import Snapshot


class HomeTabs:
    """Draws Home tabs from the books. Who may see what is asked anew each time, as `/jit list` does."""

    def __init__(self, books: Books, directory: Directory, memberships: Memberships, seal: Seal) -> None:
        self._books = books
        self._directory = directory
        self._memberships = memberships
        self._seal = seal

    async def draw(self, slack_id: str) -> Json | TryLater | None:
        """Return the Home tab of *slack_id* as it is now; None for whoever has none."""
        by = await self._actor(slack_id)
        if by.standing is Standing.UNKNOWN:
            return TryLater(why="Slack does not tell who that is")
        if by.standing in {Standing.BOT, Standing.DEACTIVATED}:
            return None
        person = by.person
        if by.standing is not Standing.MEMBER or person is None:
            return draw_closed_tab(by.standing)
        found = await self._books.read(lambda snapshot: _Found(snapshot, slack_id, person))
        mandates = tuple([await self._mandate(one) for one in found.received])
        waiting = tuple([one for one in found.open if await self._waits_for(one, by, mandates, found.now)])
        contents = Contents(
            home=found.home or HomeTab(slack_id=slack_id, person=person, opened_at=found.now),
            waiting=waiting,
            asked=found.asked,
            decided=found.decided,
            given=found.given,
            received=found.received,
            has_more_open=len(found.open) == OPEN_LOOKED_AT,
        )
        return draw_tab(contents, self._seal)

    async def _waits_for(
        self, request: ApprovalRequest, by: Actor, mandates: tuple[Mandate, ...], now: datetime
    ) -> bool:
        who = await self._memberships.known_to(by, request)
        return waits_for(request, who, await self._memberships.givers_known(mandates, request), now)

    async def _mandate(self, one: Delegation) -> Mandate:
        return Mandate(delegation=one, giver=await self._actor(one.giver.slack_id or ""))

    async def _actor(self, slack_id: str) -> Actor:
        """Return who they are in our own workspace, whose Home tab this is."""
        try:
            team_id = (await self._directory.home()).team_id
        except CALL_ERRORS:
            team_id = None
        return await self._directory.actor(slack_id, Place(via=Via.RELAY, team_id=team_id))


class _Found:
    """What the books hold of it, all of one moment."""

    def __init__(self, snapshot: Snapshot, slack_id: str, person: Person) -> None:
        self.now = snapshot.now()
        self.home = snapshot.history.home(slack_id)
        self.open: tuple[ApprovalRequest, ...] = snapshot.history.open_oldest(OPEN_LOOKED_AT)
        self.asked = snapshot.history.asked_by(person, PAST_LOOKED_AT)
        self.decided = snapshot.history.decided_last(PAST_LOOKED_AT)
        self.given = snapshot.delegation_of(slack_id)
        self.received = snapshot.delegations_to(slack_id)
