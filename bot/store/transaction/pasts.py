"""What is kept of each test, as the transaction that counts a run reads and writes it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.core.evidence.runs import Realm
from bot.core.evidence.track import Track
from bot.store.past_rows import draw_track, read_tracks
from bot.store.transaction.ground import Ground


class Pasts:
    """The realm's row is locked first, so that replicas count one after the other."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def realm_number(self, realm: Realm) -> int:
        """Return the number of *realm*, locked; a new one if it has none."""
        names = (realm.source, realm.repository, realm.environment)
        return self._number("lock_realm", "add_realm", names)

    def commit_number(self, name: str, at: datetime) -> int:
        """Return the number of a commit, a new one if it has none, and remember that it was seen *at* this time."""
        seen = int(at.timestamp())
        number = self._number("commit_number", "add_commit", (name,), seen)
        self._ground.current.did_more |= self._ground.tools.run("see_commit", seen, number, seen) > 0
        return number

    def of(self, realm: int, tests: Sequence[int]) -> dict[int, Track]:
        """Return what is kept of *tests*, of those that were ever seen."""
        self._ground.require_time(len(tests))
        tools = self._ground.tools
        return read_tracks(tools.rows("pasts", realm, tools.database.numbers(tests)))

    def put(self, realm: int, tracks: Mapping[int, Track], more: int, at: datetime) -> None:
        """Write *tracks* down, of which so many are *more* than there were, after a run *at* this time."""
        seen, history = int(at.timestamp()), self._ground.current.history
        history.append(("put_past", [(realm, test, *draw_track(track)) for test, track in tracks.items()]))
        history.append(("grow_realm", [(more, seen, seen, realm)]))

    def forget(self, rows: Iterable[tuple[int, int]], before: int) -> int:
        """Forget those of *rows*, realm and test, that were last seen *before*; return how many."""
        tools, gone = self._ground.tools, dict[int, int]()
        for realm, test in rows:
            gone[realm] = gone.get(realm, 0) + tools.run("drop_past", realm, test, before)
        for realm, count in gone.items():
            tools.run("grow_realm", -count, 0, 0, realm)
        self._ground.current.did_more |= any(gone.values())
        return sum(gone.values())

    def forget_names(self, commits: Iterable[int], realms: Iterable[int], before: int) -> None:
        """Forget commits and realms that were last seen *before*; no realm that a test is left of."""
        tools = self._ground.tools
        changed = [tools.run("drop_commit", commit, before) for commit in commits]
        changed += [tools.run("drop_realm", realm, before, realm) for realm in realms]
        self._ground.current.did_more |= any(changed)

    def forget_keys(self, before: datetime) -> None:
        """Forget the keys of runs that came in *before*."""
        tools = self._ground.tools
        self._ground.current.did_more |= tools.run("forget_run_keys", tools.database.moment(before)) > 0

    def _number(self, find: str, add: str, names: tuple[str, ...], *more: object) -> int:
        """Return what *find* finds, after *add* where it finds nothing. A number that is never used does no harm."""
        tools = self._ground.tools
        found = tools.first(find, *names)
        if found is None:
            tools.run(add, *names, *more)
            self._ground.current.did_more = True
            found = tools.first(find, *names)
        if found is None:
            raise RuntimeError(f"{add} added nothing")
        return int(found[0])
