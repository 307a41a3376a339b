"""What is kept of one test, and how a run changes it: pure, whatever the order in which runs come in.

Moments are seconds since 1970, and commits are numbers, for there are millions of these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from bot.core.evidence.past import Past, RefKind, Sighting, is_same_commit
from bot.core.evidence.runs import Came, read_signature
from bot.core.evidence.signs import UNSIGNED, Flake, Signs

KEPT = 32
"""How many of the newest runs are kept of each test, a byte each."""

SIGNED = 4
"""How many flakes are kept of each test: as long as a kept run on the base ref failed, or was mixed."""

_FAILED, _MIXED, _KIND = 1, 2, 2
_KINDS = (RefKind.BASE, RefKind.BRANCH, RefKind.TAG)
_CODES = {kind: code << _KIND for code, kind in enumerate(_KINDS)}
_RUNS = tuple(bytes((code,)) for code in range(len(_KINDS) << _KIND))


class Mark(NamedTuple):
    """When, and at which commit (None: not said)."""

    at: int
    commit: int | None


class Bases(NamedTuple):
    """What is known of the base ref."""

    base: Mark | None
    base_failed: bool
    base_sign: bytes
    earlier: Mark | None
    earlier_failed: bool
    earlier_sign: bytes


class Ran(NamedTuple):
    """The run that a test stood in."""

    kind: RefKind
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One test, in one realm.

    ``runs`` has a byte for each of the newest, the newest first. ``seen`` is when it ran last; ``base`` its newest run
    on the base ref, and ``earlier`` the newest there that was of another commit; ``green_at`` when it last passed
    there, and ``passed_commit`` where that was. ``first_bad`` and ``last_failed`` are as in :class:`Past`.
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
    signs: Signs = UNSIGNED


UNSEEN = Track()


def after(track: Track, ran: Ran, came: Came, sign: bytes = b"") -> Track:
    """Return *track* after one more run, in which it may have failed with *sign*.

    A run that is older than others, and comes late, overrules none of them.
    """
    mark, is_late = ran.mark, ran.mark.at < track.seen
    is_base, has_failed = ran.kind is RefKind.BASE, came is Came.FAILED
    flakes = _flakes(track, mark, came, sign) if is_base else ()
    run = _RUNS[_CODES[ran.kind] | _bits(came, is_mixed=bool(flakes))]
    # There is room for a late one while there is room at all: where it belongs among the others nobody remembers.
    runs = (track.runs + run if is_late else run + track.runs)[:KEPT]
    based = _based(track, mark, sign if has_failed else b"", failed=has_failed) if is_base else _bases_of(track)
    is_green = is_base and not has_failed and _is_newest(mark, track.green_at)
    return Track(
        runs=runs,
        seen=track.seen if is_late else mark.at,
        base=based.base,
        base_failed=based.base_failed,
        earlier=based.earlier,
        earlier_failed=based.earlier_failed,
        green_at=mark.at if is_green else track.green_at,
        passed_commit=mark.commit if is_green else track.passed_commit,
        first_bad=_first_bad(track, mark) if has_failed else _still_bad(track, mark) if is_green else track.first_bad,
        last_failed=mark if has_failed and _is_newer(mark, track.last_failed) else track.last_failed,
        signs=Signs(based.base_sign, based.earlier_sign, _kept(runs, flakes + track.signs.flakes)),
    )


def past_of(track: Track, commits: Mapping[int, str], asked: str | None = None) -> Past:
    """Return what *track* says, with the names of *commits*; one whose name is forgotten was not said.

    What failed at the commit that is *asked* for counts for nothing: a failure would excuse itself.
    """
    base, base_sign = _base_for(track, commits, asked)
    flakes = [flake for flake in track.signs.flakes if _is_elsewhere(commits.get(flake.commit), asked)]
    return Past(
        runs=len(track.runs),
        failures=sum(run & _FAILED for run in track.runs),
        mixed=bool(flakes) and any(run & _MIXED for run in _on_base(track.runs)),
        base=base,
        base_signature=read_signature(base_sign) if base_sign else None,
        first_bad=_sighting(track.first_bad, commits, failed=True),
        last_failed=_sighting(track.last_failed, commits, failed=True),
        turns=_turns(track.runs),
        signatures=frozenset(read_signature(flake.sign) for flake in flakes if flake.sign),
    )


def runs_of(track: Track) -> Mapping[RefKind, tuple[int, int]]:
    """Return how many of the newest runs were of each ref kind, and how many of these failed."""
    of_kind = {kind: [run for run in track.runs if run >> _KIND == code] for code, kind in enumerate(_KINDS)}
    return {kind: (len(runs), sum(run & _FAILED for run in runs)) for kind, runs in of_kind.items() if runs}


def commits_of(track: Track) -> tuple[int, ...]:
    """Return the numbers of the commits that :func:`past_of` wants named."""
    marks = (track.base, track.earlier, track.first_bad, track.last_failed)
    named = (mark.commit for mark in marks if mark is not None and mark.commit is not None)
    return (*named, *(flake.commit for flake in track.signs.flakes))


def _bits(came: Came, *, is_mixed: bool) -> int:
    """Return whether it failed, and whether it did the other thing at the same commit of the base ref."""
    return (_FAILED if came is Came.FAILED else 0) | (_MIXED if is_mixed or came is Came.RETRIED else 0)


def _flakes(track: Track, mark: Mark, came: Came, sign: bytes) -> tuple[Flake, ...]:
    """Return which failures a run on the base ref shows to come and go by themselves: it did both at one commit."""
    commit = mark.commit
    if commit is None:
        return ()
    if came is Came.FAILED:
        return (Flake(sign, commit),) if commit == track.passed_commit else ()
    red = (
        (track.base, track.base_failed, track.signs.base),
        (track.earlier, track.earlier_failed, track.signs.earlier),
    )
    failed = tuple(Flake(said, commit) for at, has, said in red if has and at is not None and at.commit == commit)
    return (Flake(sign, commit), *failed) if came is Came.RETRIED else failed


def _kept(runs: bytes, flakes: tuple[Flake, ...]) -> tuple[Flake, ...]:
    """Return the first of *flakes*, each once, and no more than are kept; none where all runs were fine."""
    return tuple(dict.fromkeys(flakes))[:SIGNED] if any(run & (_FAILED | _MIXED) for run in _on_base(runs)) else ()


def _bases_of(track: Track) -> Bases:
    signs = track.signs
    return Bases(track.base, track.base_failed, signs.base, track.earlier, track.earlier_failed, signs.earlier)


def _based(track: Track, mark: Mark, sign: bytes, *, failed: bool) -> Bases:
    """Return the two newest commits of the base ref, after a run at *mark* there that failed with *sign*."""
    known, base = _bases_of(track), track.base
    if base is None or (mark.at >= base.at and mark.commit == base.commit):
        return known._replace(base=mark, base_failed=failed, base_sign=sign)
    if mark.at >= base.at:
        return Bases(mark, failed, sign, *known[:3])
    if mark.commit != base.commit and _is_newer(mark, track.earlier):
        return known._replace(earlier=mark, earlier_failed=failed, earlier_sign=sign)
    return known


def _base_for(track: Track, commits: Mapping[int, str], asked: str | None) -> tuple[Sighting | None, bytes]:
    """Return the base to compare *asked* with, and what that failed with.

    Where the newest run was of the same commit and failed, it is the one before: green if the test passed since the
    earlier commit failed, for that was at this one.
    """
    base = _sighting(track.base, commits, failed=track.base_failed)
    if base is None or not base.failed or base.commit is None or _is_elsewhere(base.commit, asked):
        return base, track.signs.base
    earlier = _sighting(track.earlier, commits, failed=track.earlier_failed)
    green = None if track.green_at is None else replace(base, failed=False, at=_moment(track.green_at))
    if green is not None and (earlier is None or (earlier.failed and green.at >= earlier.at)):
        return green, b""
    return earlier, track.signs.earlier


def _is_elsewhere(commit: str | None, asked: str | None) -> bool:
    """Tell whether a run at *commit* was not one of what is *asked* for; who knows where one of no commit was."""
    return commit is not None and (asked is None or not is_same_commit(commit, asked))


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


def _is_newest(mark: Mark, at: int | None) -> bool:
    return at is None or mark.at >= at


def _on_base(runs: bytes) -> list[int]:
    return [run for run in runs if run >> _KIND == _KINDS.index(RefKind.BASE)]


def _turns(runs: bytes) -> int:
    """Return how often it went from green to red or back, on the base ref."""
    return sum((one ^ other) & _FAILED for one, other in pairwise(_on_base(runs)))


def _sighting(mark: Mark | None, commits: Mapping[int, str], *, failed: bool) -> Sighting | None:
    if mark is None:
        return None
    commit = None if mark.commit is None else commits.get(mark.commit)
    return Sighting(failed=failed, commit=commit, at=_moment(mark.at))


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
