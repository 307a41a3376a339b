"""What is kept of one test, and how a run changes it: pure, whatever the order in which runs come in.

Moments are seconds since 1970, and commits are numbers, for there are millions of these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from bot.core.evidence.past import Past, RefKind, Sighting
from bot.core.evidence.runs import SIGNATURE_BYTES, Came, read_signature

KEPT = 32
"""How many of the newest runs are kept of each test, a byte each."""

SIGNED = 4
"""How many signatures are kept of each test: as long as a kept run failed, or was mixed."""

_FAILED, _MIXED, _KIND = 1, 2, 2
_KINDS = (RefKind.BASE, RefKind.BRANCH, RefKind.TAG)
_CODES = {kind: code << _KIND for code, kind in enumerate(_KINDS)}
_FINE = bytes(code for code in _CODES.values())
_RUNS = tuple(bytes((code,)) for code in range(len(_KINDS) << _KIND))


class Mark(NamedTuple):
    """When, and at which commit (None: not said)."""

    at: int
    commit: int | None


class Bases(NamedTuple):
    """What is known of the base ref."""

    base: Mark | None
    base_failed: bool
    earlier: Mark | None
    earlier_failed: bool


class Ran(NamedTuple):
    """The run that a test stood in."""

    kind: RefKind
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One test, in one realm.

    ``runs`` has a byte for each of the newest, the newest first. ``seen`` is when it ran last; ``base`` its newest run
    on the base ref, and ``earlier`` the newest there that was of another commit; ``green_at`` when it last passed
    there, and ``passed_commit`` where it passed last on any ref. ``first_bad`` and ``last_failed`` are as in
    :class:`Past`. ``signs`` are the packed signatures that it failed with last.
    """

    runs: bytes = b""
    seen: int = 0
    base: Mark | None = None
    base_failed: bool = False
    earlier: Mark | None = None
    earlier_failed: bool = False
    green_at: int | None = None
    passed_commit: int | None = None
    first_bad: Mark | None = None
    last_failed: Mark | None = None
    signs: bytes = b""


UNSEEN = Track()


def after(track: Track, ran: Ran, came: Came, sign: bytes = b"") -> Track:
    """Return *track* after one more run, in which it may have failed with *sign*.

    A run that is older than others, and comes late, overrules none of them.
    """
    mark, is_late = ran.mark, ran.mark.at < track.seen
    is_base, has_failed = ran.kind is RefKind.BASE, came is Came.FAILED
    run = _RUNS[_CODES[ran.kind] | _bits(track, mark, came)]
    # There is room for a late one while there is room at all: where it belongs among the others nobody remembers.
    runs = (track.runs + run if is_late else run + track.runs)[:KEPT]
    based = _based(track, mark, failed=has_failed) if is_base else _bases_of(track)
    is_green = is_base and not has_failed and (track.green_at is None or mark.at >= track.green_at)
    return Track(
        runs=runs,
        seen=track.seen if is_late else mark.at,
        base=based.base,
        base_failed=based.base_failed,
        earlier=based.earlier,
        earlier_failed=based.earlier_failed,
        green_at=mark.at if is_green else track.green_at,
        passed_commit=track.passed_commit if has_failed or is_late else mark.commit,
        first_bad=_first_bad(track, mark) if has_failed else _still_bad(track, mark) if is_green else track.first_bad,
        last_failed=mark if has_failed and _is_newer(mark, track.last_failed) else track.last_failed,
        signs=_signs(track.signs, sign) if any(runs.translate(None, _FINE)) else b"",
    )


def past_of(track: Track, commits: Mapping[int, str], asked: str | None = None) -> Past:
    """Return what *track* says, with the names of *commits*; one whose name is forgotten was not said.

    The base is no run of the commit that is *asked* for: a failure would excuse itself.
    """
    base, base_failed = track.base, track.base_failed
    if base is not None and asked is not None and base.commit is not None and commits.get(base.commit) == asked:
        base, base_failed = track.earlier, track.earlier_failed
    starts = range(0, len(track.signs), SIGNATURE_BYTES)
    return Past(
        runs=len(track.runs),
        failures=sum(run & _FAILED for run in track.runs),
        mixed=any(run & _MIXED for run in track.runs),
        base=_sighting(base, commits, failed=base_failed),
        first_bad=_sighting(track.first_bad, commits, failed=True),
        last_failed=_sighting(track.last_failed, commits, failed=True),
        turns=_turns(track.runs),
        signatures=frozenset(read_signature(track.signs[at : at + SIGNATURE_BYTES]) for at in starts),
    )


def runs_of(track: Track) -> Mapping[RefKind, tuple[int, int]]:
    """Return how many of the newest runs were of each ref kind, and how many of these failed."""
    of_kind = {kind: [run for run in track.runs if run >> _KIND == code] for code, kind in enumerate(_KINDS)}
    return {kind: (len(runs), sum(run & _FAILED for run in runs)) for kind, runs in of_kind.items() if runs}


def commits_of(track: Track) -> tuple[int, ...]:
    """Return the numbers of the commits that :func:`past_of` wants named."""
    marks = (track.base, track.earlier, track.first_bad, track.last_failed)
    return tuple(mark.commit for mark in marks if mark is not None and mark.commit is not None)


def _bits(track: Track, mark: Mark, came: Came) -> int:
    """Return whether it failed, and whether it did the other thing at the same commit."""
    if came is Came.RETRIED:
        return _MIXED
    if came is Came.FAILED:
        return _FAILED | (_MIXED if mark.commit is not None and mark.commit == track.passed_commit else 0)
    failed_at = None if track.last_failed is None else track.last_failed.commit
    return _MIXED if mark.commit is not None and mark.commit == failed_at else 0


def _bases_of(track: Track) -> Bases:
    return Bases(track.base, track.base_failed, track.earlier, track.earlier_failed)


def _based(track: Track, mark: Mark, *, failed: bool) -> Bases:
    """Return the two newest commits of the base ref, after a run at *mark* there."""
    base = track.base
    if base is None or (mark.at >= base.at and mark.commit == base.commit):
        return Bases(mark, failed, track.earlier, track.earlier_failed)
    if mark.at >= base.at:
        return Bases(mark, failed, base, track.base_failed)
    if mark.commit != base.commit and _is_newer(mark, track.earlier):
        return Bases(base, track.base_failed, mark, failed)
    return _bases_of(track)


def _signs(known: bytes, sign: bytes) -> bytes:
    """Return the signatures with *sign* before all others, and no more than are kept."""
    if not sign:
        return known
    others = [known[at : at + SIGNATURE_BYTES] for at in range(0, len(known), SIGNATURE_BYTES)]
    return b"".join([sign, *(other for other in others if other != sign)][:SIGNED])


def _first_bad(track: Track, mark: Mark) -> Mark | None:
    """Return the oldest failure since the last green, where it failed at *mark*."""
    was_green_since = track.green_at is not None and mark.at <= track.green_at
    is_first = track.first_bad is None or mark.at < track.first_bad.at
    return mark if is_first and not was_green_since else track.first_bad


def _still_bad(track: Track, mark: Mark) -> Mark | None:
    """Return the same where it passed at *mark* on the base ref: nothing, unless that run comes late.

    Of what failed since then, the oldest is known, or else the newest.
    """
    known = (failure for failure in (track.first_bad, track.last_failed) if failure is not None)
    return next((failure for failure in known if failure.at > mark.at), None)


def _is_newer(mark: Mark, known: Mark | None) -> bool:
    return known is None or mark.at >= known.at


def _turns(runs: bytes) -> int:
    """Return how often it went from green to red or back, on the base ref."""
    on_base = [run & _FAILED for run in runs if run >> _KIND == _KINDS.index(RefKind.BASE)]
    return sum(one != other for one, other in pairwise(on_base))


def _sighting(mark: Mark | None, commits: Mapping[int, str], *, failed: bool) -> Sighting | None:
    if mark is None:
        return None
    commit = None if mark.commit is None else commits.get(mark.commit)
    return Sighting(failed=failed, commit=commit, at=datetime.fromtimestamp(mark.at, UTC))
