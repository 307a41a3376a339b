"""Test runs come in, wait until they are counted, and are forgotten: what failures are compared with later.

None of this is a decision, so nothing of it is in the log. What comes in is durable with the request it came with, or
before it is answered; the counting goes on in small steps, each a transaction, and once each, whatever is killed when.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.errors import Refusal, Refused
from bot.core.evidence.past import Past, RefKind, Scope
from bot.core.evidence.runs import Realm, TestRun, read_piece
from bot.core.evidence.track import UNSEEN, Mark, after
from bot.core.evidence.track import Ran as Place
from bot.core.stamp import Stamp
from bot.store import RunKey, Stretch, Transaction
from bot.usecases.desk import Desk
from bot.usecases.once import take_once

KEYS_KEPT = timedelta(days=7)
"""How long the key of a run is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a source says of a run. ``at`` (aware UTC) is when it was; None, and whatever is to come, is now."""

    realm: Realm
    kind: RefKind
    commit: str | None
    pieces: tuple[bytes, ...]
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A run that was sent by itself. ``key`` and ``body_hash`` are as those of an ask."""

    ran: Ran
    key: str | None = None
    body_hash: str = ""
    signed: Stamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The run's id, and whether it is new: the same call may have brought it before."""

    id: str
    is_new: bool


def take_in(tx: Transaction, ran: Ran, run_id: str, now: datetime) -> None:
    """Have a run counted, once this commit is durable."""
    at = now if ran.at is None else min(ran.at, now)
    tx.runs.put(TestRun(realm=ran.realm, kind=ran.kind, commit=ran.commit, at=at, pieces=ran.pieces), run_id)


def tell(tx: Transaction, told: Told, now: datetime) -> Taken:
    """Take a run that no request came with.

    Raises Refused: KEY_REUSED when its key came before with another body, REPLAYED when its signature did.
    """
    source = told.ran.realm.source
    known = None if told.key is None else tx.runs.by_key(source, told.key)
    if known is not None:
        if known.body_hash != told.body_hash:
            raise Refused(Refusal.KEY_REUSED, "This Idempotency-Key was used for another run. Use a new key.")
        return Taken(id=known.run_id, is_new=False)
    take_once(tx, source, told.signed)
    run_id = tx.new_id()
    if told.key is not None:
        tx.runs.remember(RunKey(source=source, key=told.key, body_hash=told.body_hash, run_id=run_id))
    take_in(tx, told.ran, run_id, now)
    return Taken(id=run_id, is_new=True)


def count_next(tx: Transaction, now: datetime) -> bool:  # noqa: ARG001 - every use case has it
    """Count the piece that has waited longest, and have it wait no more; False: there is none."""
    waiting = tx.runs.next()
    if waiting is None:
        return False
    cases = list(read_piece(waiting.piece))
    realm = tx.pasts.realm_number(waiting.realm)
    commit = None if waiting.commit is None else tx.pasts.commit_number(waiting.commit, waiting.at)
    known = tx.pasts.of(realm, [test for test, _, _ in cases])
    place = Place(waiting.kind, Mark(int(waiting.at.timestamp()), commit))
    tracks = {test: after(known.get(test, UNSEEN), place, came, sign) for test, came, sign in cases}
    tx.pasts.put(realm, tracks, len(tracks) - len(known), waiting.at)
    tx.runs.drop(waiting)
    return True


def pass_over(tx: Transaction, now: datetime) -> None:  # noqa: ARG001 - the same
    """Drop the piece that has waited longest, which cannot be counted: the others must not wait for it."""
    waiting = tx.runs.next()
    if waiting is not None:
        tx.runs.drop(waiting)


def forget(tx: Transaction, stretch: Stretch, before: datetime, now: datetime) -> int:
    """Forget what *stretch* found that was last seen *before*, if it still was; return how many tests that were."""
    seconds = int(before.timestamp())
    count = tx.pasts.forget(stretch.tests, seconds)
    tx.pasts.forget_names(stretch.commits, stretch.realms, seconds)
    tx.pasts.forget_keys(now - KEYS_KEPT)
    return count


async def read_pasts(scope: Scope, tests: Collection[str], desk: Desk) -> Mapping[str, Past]:
    """Return what is known of *tests*: a few point lookups, which never wait for the writer."""
    if not scope.repository:
        return {}
    realm = Realm(source=scope.source, repository=scope.repository, environment=scope.environment or "")
    return await desk.read(lambda snapshot: snapshot.pasts.of(realm, tests, scope.commit))
