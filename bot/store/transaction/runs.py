"""Test runs that wait to be counted, piece by piece; and the keys they came with."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.evidence.past import RefKind
from bot.core.evidence.runs import Realm, TestRun
from bot.store.transaction.ground import Ground
from bot.store.values import RunKey

MOST_WAITING = 4_000
"""How many pieces of one source wait at most, two million tests. One more, and its oldest are dropped, loudly."""

_ON_THE_WAY = 10
"""How many pieces are written while others wait; more take long. (A request writes a hundred failures so.)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRun:
    """One piece of a run, taken to be counted in this transaction."""

    id: str
    realm: Realm
    kind: RefKind
    commit: str | None
    at: datetime
    piece: bytes


class Runs:
    """Writes reach the database with the group's."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def put(self, run: TestRun, run_id: str) -> None:
        """Have *run* counted, soon; it is durable with this commit. Ids grow, and older ones are counted first."""
        ground, realm, count = self._ground, run.realm, len(run.pieces)
        if not count:
            return
        ground.require_time(count * 100 // _ON_THE_WAY)
        at, writes = ground.tools.database.moment(run.at), ground.current
        superfluous = self._waiting(realm.source) + count - MOST_WAITING
        if superfluous > 0:
            writes.history.append(("drop_waiting_runs", [(realm.source, superfluous)]))
            writes.dropped_runs += superfluous
        about = (realm.source, realm.repository, realm.environment, run.kind.value, run.commit, at)
        rows = [(f"{run_id}-{number:05d}", *about, piece) for number, piece in enumerate(run.pieces)]
        writes.history.append(("put_waiting_run", list(rows)))
        writes.waiting[realm.source] = writes.waiting.get(realm.source, 0) + count - max(superfluous, 0)

    def next(self) -> WaitingRun | None:
        """Return the oldest piece that nobody else counts just now, locked; None: there is none."""
        found = self._ground.tools.first("next_waiting_run")
        if found is None:
            return None
        realm = Realm(source=found[1], repository=found[2], environment=found[3])
        at = self._ground.tools.database.read_moment(found[6])
        return WaitingRun(
            id=found[0], realm=realm, kind=RefKind(found[4]), commit=found[5], at=at, piece=bytes(found[7])
        )

    def drop(self, waiting: WaitingRun) -> None:
        """Say that it is counted."""
        self._ground.current.history.append(("drop_waiting_run", [(waiting.id,)]))

    def by_key(self, source: str, key: str) -> RunKey | None:
        """Return what *source* sent under *key* before."""
        for writes in (self._ground.current, self._ground.pending):
            for known in writes.run_keys:
                if (known.source, known.key) == (source, key):
                    return known
        found = self._ground.tools.first("run_by_key", source, key)
        return None if found is None else RunKey(source=source, key=key, run_id=found[0], body_hash=found[1])

    def remember(self, key: RunKey) -> None:
        """Remember the key of a run that is new."""
        self._ground.current.run_keys.append(key)

    def _waiting(self, source: str) -> int:
        """Return how many pieces of *source* wait, those of this group too."""
        found = self._ground.counted.get(("waiting_runs", source))
        if found is None:
            found = self._ground.tools.first("waiting_runs", source) or (0,)
            self._ground.counted["waiting_runs", source] = found
        own = (self._ground.pending.waiting, self._ground.current.waiting)
        return int(found[0]) + sum(waiting.get(source, 0) for waiting in own)
