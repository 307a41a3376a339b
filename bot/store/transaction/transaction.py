"""One use case's unit of work. Nothing here reaches the database before the whole group is flushed and committed."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.effects import Effect, ShowHome, TellSource
from bot.core.events import Happened
from bot.core.evidence import TestEvidence
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest, RequestId
from bot.store.codec import KINDS, draw_json
from bot.store.transaction.addresses import address_of
from bot.store.transaction.alarms import Alarms
from bot.store.transaction.cards import Cards
from bot.store.transaction.delegations import Delegations
from bot.store.transaction.ground import Ground
from bot.store.transaction.groups import Groups
from bot.store.transaction.history import History
from bot.store.transaction.homes import PAUSE, Homes
from bot.store.transaction.installations import Installations
from bot.store.transaction.looks import Looks
from bot.store.transaction.outbox import Outbox
from bot.store.transaction.pasts import Pasts
from bot.store.transaction.presence import PresenceBook
from bot.store.transaction.receivers import Receivers, is_told
from bot.store.transaction.replays import Replays
from bot.store.transaction.requests import Requests
from bot.store.transaction.roll_calls import RollCalls
from bot.store.transaction.runs import Runs
from bot.store.transaction.waivers import WaiverBook
from bot.store.transaction.writes import Line, Post, Put
from bot.store.values import Keyed

_BIRTH = "request.submitted"


class Transaction:
    """What a use case holds: repositories to read and lock, and ``record`` to write."""

    __slots__ = (
        "_ground",
        "alarms",
        "cards",
        "delegations",
        "groups",
        "history",
        "homes",
        "installations",
        "looks",
        "outbox",
        "pasts",
        "presence",
        "receivers",
        "replays",
        "requests",
        "roll_calls",
        "runs",
        "waivers",
    )

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.requests = Requests(ground)
        self.outbox = Outbox(ground)
        self.cards = Cards(ground)
        self.looks = Looks(ground)
        self.delegations = Delegations(ground)
        self.presence = PresenceBook(ground)
        self.receivers = Receivers(ground)
        self.roll_calls = RollCalls(ground)
        self.alarms = Alarms(ground)
        self.groups = Groups(ground, self.cards)
        self.replays = Replays(ground)
        self.history = History(ground)
        self.homes = Homes(ground)
        self.installations = Installations(ground)
        self.waivers = WaiverBook(ground)
        self.runs = Runs(ground)
        self.pasts = Pasts(ground)

    @property
    def now(self) -> datetime:
        """The one moment of this group, aware UTC."""
        return self._ground.now

    def new_id(self) -> str:
        """Return a new uuid7."""
        return self._ground.tools.wiring.new_id()

    def record(self, outcome: Outcome, *, evidence: TestEvidence | None = None, key: Keyed | None = None) -> None:
        """Write a request, the log's lines and one outbox row for each effect: all of it, or none.

        *evidence* comes with a new revision, *key* with a new request. A request that is not new must be locked.
        """
        self._ground.require_time(0 if evidence is None else len(evidence.failures))
        request, current = outcome.request, self._ground.current
        is_new = any(line.event == _BIRTH for line in outcome.happened)
        if not is_new and not self._ground.is_locked(request.id):
            raise RuntimeError(f"request {request.id} was recorded without being locked")
        earlier = current.requests.get(request.id)
        if earlier is not None and earlier.is_new:
            is_new, key = True, earlier.key
        current.requests[request.id] = Put(request, is_new=is_new, key=key)
        if evidence is not None:
            current.evidence.append((request.id, request.revision, evidence))
        for line in outcome.happened:
            self._log(Line(line, request))
        for effect in self.groups.aimed(request, outcome.effects):
            self._post(effect, request, is_first=is_new, stays=False)
        if is_told(outcome):
            effect = TellSource(request=request.id, not_before=self._ground.now + PAUSE)
            self._post(effect, request, is_first=False, stays=False)
        self._show_homes(self.homes.out_of_date(request))
        if outcome.parts:
            self.part(request, self.groups.followers(request.id), outcome.happened[0].by)

    def part(self, old: ApprovalRequest, left: Sequence[ApprovalRequest], by: Actor) -> None:
        """Let those *left*, who followed *old*, go on without it: the first of them has the card of the others."""
        for outcome in self.groups.regrouped(old, left, by):
            self.record(outcome)

    def refuse(self, entry: Happened, request: ApprovalRequest | None) -> None:
        """Write a refusal into the log; it stays although the use case raises Refused."""
        self._log(Line(entry, request, stays=True))

    def note(self, entry: Happened, request: ApprovalRequest | None) -> None:
        """Write into the log what happened to no state: a card was posted, a policy loaded."""
        self._log(Line(entry, request))

    def enqueue(self, effect: Effect) -> None:
        """Ask for *effect* beside any outcome; it stays although the use case raises Refused."""
        about: RequestId | None = effect.request
        self._post(effect, self.requests.lock(about) if about else None, is_first=False, stays=True)

    def show_homes(self, *accounts: str | None) -> None:
        """Bring the Home tabs of *accounts* up to date, of those who have opened theirs."""
        self._show_homes(self.homes.among(accounts))

    def _show_homes(self, accounts: Sequence[str]) -> None:
        for slack_id in accounts:
            effect = ShowHome(slack_id=slack_id, not_before=self._ground.now + PAUSE)
            self._post(effect, None, is_first=False, stays=False)

    def _log(self, line: Line) -> None:
        if line.happened.at != self._ground.now:
            raise RuntimeError(f"{line.happened.event} does not carry the time of its transaction")
        self._ground.current.lines.append(line)

    def _post(self, effect: Effect, request: ApprovalRequest | None, *, is_first: bool, stays: bool) -> None:
        address, now = address_of(effect, request, is_first=is_first), self._ground.stored_now
        values = (
            self.new_id(),
            address.destination,
            address.rank,
            KINDS[type(effect)],
            effect.request,
            address.key,
            draw_json(effect),
            now if address.not_before is None else self._ground.tools.database.moment(address.not_before),
            now,
        )
        self._ground.current.posts.append(Post(values, stays))
