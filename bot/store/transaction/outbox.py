"""What is to leave the house: claimed, attempted, settled. A claim that was lost to somebody else changes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.effects import ShowCard
from bot.core.request import RequestId
from bot.store.codec import draw_json, read_effect
from bot.store.transaction.addresses import card_key
from bot.store.transaction.ground import Ground
from bot.store.values import OutboxRow


@dataclass(frozen=True, slots=True)
class Found:
    """A due row of the table, in the order of the statement ``take``."""

    id: str
    destination: str
    kind: str
    request_id: str | None
    key: str | None
    payload: str
    attempts: int
    nonce: str | None
    body: bytes | None
    created_at: object
    last_error: str | None


class Outbox:
    """The relay's side of the outbox; rows come into it by ``Transaction.record`` and ``enqueue``."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def claim(
        self, scope: str, blocked: Collection[str], paced: Collection[str], limit: int, lease: timedelta
    ) -> tuple[OutboxRow, ...]:
        """Take the first due row of each destination that begins with *scope*, up to *limit* of them.

        Nothing for destinations that are *blocked* or have a claim already, and only what costs no new message for
        those that are *paced*. All other due rows with a claimed row's key are merged into it. A crash after the commit
        leaves the claims: they end with their *lease*.
        """
        tools, now = self._ground.tools, self._ground.stored_now
        # An ended lease has ended whatever becomes of this use case, so this may stand.
        if tools.run("expire_claims", now, now, scope, beyond(scope)):
            self._ground.current.did_more = True
        listed, end = tools.database.listed, beyond(scope)
        chosen = tools.rows("first_due", scope, end, end, now, listed(blocked), listed(paced), limit)
        until = self._ground.now + lease
        return tuple(self._claimed(family, until) for family in self._families(chosen))

    def intend(self, row_id: str, nonce: str) -> None:
        """Write down under which nonce it is about to be sent."""
        self._move("intend", row_id, nonce)

    def freeze(self, row_id: str, body: bytes) -> bool:
        """Keep the *body* of a callback, once. False: it has one, or the claim is no longer ours."""
        return self._settle_found("is_bodiless", (row_id, self._ground.tools.wiring.replica), "freeze", body)

    def done(self, row_id: str) -> bool:
        """Say that it arrived. False: the claim is no longer ours."""
        return self._settle("done", row_id, self._ground.stored_now)

    def dead(self, row_id: str, why: str) -> bool:
        """Say that it never will arrive. False: the claim is no longer ours."""
        return self._settle("dead", row_id, self._ground.stored_now, _storable(why))

    def later(self, row_id: str, due_at: datetime, why: str, nonce: str | None) -> bool:
        """Put it back until *due_at*, with *nonce* when somebody has to look first. False: no longer ours."""
        return self._settle("later", row_id, self._ground.tools.database.moment(due_at), _storable(why), nonce)

    def divert(self, row_id: str, effect: ShowCard, due_at: datetime, why: str, nonce: str | None) -> bool:
        """Put a card back until *due_at*, to go another way then. False: no longer ours."""
        moment = self._ground.tools.database.moment(due_at)
        return self._settle("divert", row_id, moment, draw_json(effect), _storable(why), nonce)

    def recover(self) -> int:
        """Put back what an earlier life of this process had claimed, and return how much that was.

        On SQLite that is every claim, for only one process delivers; on PostgreSQL those of this replica's name.
        """
        tools = self._ground.tools
        everybody = not tools.database.is_shared
        count = tools.run("recover", self._ground.stored_now, tools.wiring.replica, everybody)
        self._ground.current.did_more = True
        return count

    def revive(self, row_id: str) -> OutboxRow | None:
        """Make a dead row due again, as if it had never been tried; its frozen body stays. None: it is not dead."""
        found = self._ground.tools.first("dead_row", row_id)
        if found is None or row_id in self._ground.pending.moved or row_id in self._ground.current.moved:
            return None
        self._move("revive", row_id, self._ground.stored_now)
        return self._row(Found(*found))

    def revive_cards(self) -> int:
        """Make due what was given up of open requests' cards and threads, and return how much that was."""
        count = self._ground.tools.run("revive_cards", self._ground.stored_now)
        self._ground.current.did_more |= count > 0
        return count

    def retry_cards(self, before: datetime) -> tuple[int, int]:
        """Do the same with what was given up at *before* or earlier; return how many cards, and how many lines."""
        tools = self._ground.tools
        values = (self._ground.stored_now, tools.database.moment(before))
        cards, lines = tools.run("retry_cards", *values), tools.run("retry_lines", *values)
        self._ground.current.did_more |= cards + lines > 0
        return cards, lines

    def is_on_its_way(self, request_id: RequestId, channel: str) -> bool:
        """Tell whether a card is going to be brought up to date anyway."""
        key = card_key(request_id, channel)
        return self._ground.tools.first("is_on_its_way", key, key) is not None

    def is_given_up(self, request_id: RequestId, channel: str) -> bool:
        """Tell whether bringing a card up to date was tried in vain, and given up."""
        return self._ground.tools.first("is_given_up", card_key(request_id, channel)) is not None

    def hurry(self, scope: str) -> None:
        """Make due at once what failed and waits to be tried again at a destination that begins with *scope*."""
        now = self._ground.stored_now
        hurried = self._ground.tools.run("hurry", now, now, scope, beyond(scope))
        self._ground.current.did_more |= hurried > 0

    def _families(self, chosen: Sequence[tuple[str, str | None]]) -> list[tuple[Found, ...]]:
        """Lock the chosen rows and all that share a key with them; drop a family that somebody else holds part of."""
        tools = self._ground.tools
        keys = tools.database.listed([key for _, key in chosen if key is not None])
        due = [(row[0], row[1]) for row in tools.rows("siblings", keys)]
        wanted = tools.database.listed([row_id for row_id, _ in (*chosen, *due)])
        taken = {row[0]: Found(*row) for row in tools.rows("take", wanted)}
        moved = self._ground.pending.moved | self._ground.current.moved
        families: list[tuple[Found, ...]] = []
        for row_id, key in chosen:
            others = [sibling for sibling, its_key in due if its_key == key and sibling != row_id]
            ids = (row_id, *others) if key is not None else (row_id,)
            if all(one in taken and one not in moved for one in ids):
                families.append(tuple(taken[one] for one in ids))
        return families

    def _claimed(self, family: tuple[Found, ...], until: datetime) -> OutboxRow:
        first, replica = family[0], self._ground.tools.wiring.replica
        # A merged row may have been posted already with nobody told: its nonce has to be looked for, so it lives on.
        nonce = next((row.nonce for row in family if row.nonce is not None), None)
        self._move("claim", first.id, replica, self._ground.tools.database.moment(until), nonce)
        if first.key is not None and len(family) > 1:
            self._ground.current.moves.append(("merge", (self._ground.stored_now, first.id, first.key, first.id)))
        effects = [read_effect(row.kind, row.payload) for row in family]
        # Nor may the way be lost that one of them was to take: it may have been posted there.
        effect = next((one for one in effects if isinstance(one, ShowCard) and one.detour is not None), effects[0])
        return replace(self._row(first), effect=effect, attempts=first.attempts + 1, nonce=nonce)

    def _row(self, found: Found) -> OutboxRow:
        return OutboxRow(
            id=found.id,
            destination=found.destination,
            request=RequestId(found.request_id) if found.request_id else None,
            effect=read_effect(found.kind, found.payload),
            attempts=found.attempts,
            nonce=found.nonce,
            body=found.body,
            created_at=self._ground.tools.database.read_moment(found.created_at),
            last_error=found.last_error,
        )

    def _settle(self, move: str, row_id: str, *values: object) -> bool:
        return self._settle_found("is_mine", (row_id, self._ground.tools.wiring.replica), move, *values)

    def _settle_found(self, test: str, about: tuple[str, ...], move: str, *values: object) -> bool:
        """Settle the row that *about* begins with, if *test* finds it, and lock it; in a group only the first may."""
        ground, row_id = self._ground, about[0]
        if row_id in ground.pending.moved or row_id in ground.current.moved:
            return False
        if ground.tools.first(test, *about) is None:
            return False
        self._move(move, row_id, *values)
        return True

    def _move(self, move: str, row_id: str, *values: object) -> None:
        self._ground.current.moves.append((move, (*values, row_id)))
        self._ground.current.moved.add(row_id)


def _storable(words: str) -> str:
    """Return *words* without what a database cannot hold: whatever a server said, its delivery must be settled."""
    return words.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def beyond(scope: str) -> str:
    """Return the first text that sorts after everything that begins with *scope*."""
    return scope[:-1] + chr(ord(scope[-1]) + 1)
