"""Reading what earlier runs say of tests: by their ids, so many at a time, whatever else is known."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.evidence.outcomes import number_of
from bot.core.evidence.past import Past
from bot.core.evidence.runs import Realm
from bot.core.evidence.track import Track, commits_of, past_of
from bot.store.past_rows import read_tracks
from bot.store.reading.part import Part

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is known: ``realms`` and ``tests`` in them; ``waiting`` pieces to be counted, since ``oldest``."""

    realms: int
    tests: int
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What was not seen of late, in some rows of each table: ``tests`` by realm and hash, and numbers of the others.

    The next stretch begins after ``ends``: realm and test, commit, realm; an end is the beginning again.
    """

    tests: tuple[tuple[int, int], ...]
    commits: tuple[int, ...]
    realms: tuple[int, ...]
    ends: tuple[int, int, int, int]


BEGINNING = (0, 0, 0, 0)


class Pasts(Part):
    """Point lookups in the order of the table, and walks of so many rows."""

    def of(self, realm: Realm, test_ids: Collection[str], asked: str | None = None) -> Mapping[str, Past]:
        """Return what is known of *test_ids*, of those that were ever seen in *realm*; *asked* is the commit now."""
        tracks = self.tracks(realm, test_ids)
        wanted = {number for track in tracks.values() for number in commits_of(track)}
        commits = dict[int, str]()
        for some in _parts(sorted(wanted)):
            commits.update((row[0], row[1]) for row in self._rows("commit_names", self._database.numbers(some)))
        return {test_id: past_of(track, commits, asked) for test_id, track in tracks.items()}

    def tracks(self, realm: Realm, test_ids: Collection[str]) -> Mapping[str, Track]:
        """Return the same as it is kept."""
        found = self._first("realm_number", realm.source, realm.repository, realm.environment)
        if found is None:
            return {}
        ids = {number_of(test_id): test_id for test_id in test_ids}
        tracks = dict[int, Track]()
        for some in _parts(sorted(ids)):
            tracks |= read_tracks(self._rows("pasts", found[0], self._database.numbers(some)))
        return {ids[number]: track for number, track in tracks.items()}

    def realms_of(self, repository: str) -> tuple[Realm, ...]:
        """Return everything of *repository* that has a history."""
        rows = self._rows("realms_of", repository)
        return tuple(Realm(source=row[0], repository=repository, environment=row[1]) for row in rows)

    def is_waiting(self) -> bool:
        """Tell whether a run waits to be counted."""
        return self._first("first_waiting_run") is not None

    def size(self) -> Size:
        """Return how much is known and waits."""
        waiting, oldest = self._first("waiting_runs") or (0, None)
        realms, tests = self._first("history_size") or (0, 0)
        known = None if oldest is None else self._database.read_moment(oldest)
        return Size(realms=int(realms), tests=int(tests), waiting=int(waiting), oldest=known)

    def stretch(self, begins: tuple[int, int, int, int], most: int, before: int) -> Stretch:
        """Look at *most* rows of each table, and return those last seen *before* (seconds since 1970)."""
        tests = self._rows("past_stretch", begins[0], begins[1], most)
        commits = self._rows("commit_stretch", begins[2], most)
        realms = self._rows("realm_stretch", begins[3], most)
        return Stretch(
            tests=tuple((row[0], row[1]) for row in tests if row[2] < before),
            commits=tuple(row[0] for row in commits if row[1] < before),
            realms=tuple(row[0] for row in realms if row[1] < before),
            ends=(
                int(tests[-1][0]) if len(tests) == most else 0,
                int(tests[-1][1]) if len(tests) == most else 0,
                int(commits[-1][0]) if len(commits) == most else 0,
                int(realms[-1][0]) if len(realms) == most else 0,
            ),
        )

    def somewhere(self, chance: float) -> tuple[int, int]:
        """Return a realm and a hash to begin a walk at, *chance* (0 to 1) of the way through the realms."""
        found = self._first("last_realm")
        place = chance * int(found[0]) if found and found[0] is not None else 0.0
        return int(place), int((place % 1 - 0.5) * 2**63)

    def has_old_keys(self, before: datetime) -> bool:
        """Tell whether a key of a run from *before* is still remembered."""
        return self._first("has_old_run_keys", self._database.moment(before)) is not None


def _parts(numbers: list[int]) -> list[list[int]]:
    return [numbers[at : at + AT_ONCE] for at in range(0, len(numbers), AT_ONCE)]
