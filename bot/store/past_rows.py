"""Rows of tests and what they mean: one place for the order of the columns."""

from collections.abc import Iterable

from bot.core.evidence.signs import is_of_before, pack_signs, read_signs
from bot.core.evidence.track import Mark, Track
from bot.store.database import Values


def draw_track(track: Track) -> Values:
    """Return the columns after realm and test."""
    nothing = (None, None)
    base, earlier = track.base or nothing, track.earlier or nothing
    bad, failed = track.first_bad or nothing, track.last_failed or nothing
    return (
        track.seen,
        track.runs,
        *base,
        int(track.base_failed),
        *earlier,
        int(track.earlier_failed),
        track.green_at,
        track.passed_commit,
        pack_signs(track.signs),
        *bad,
        *failed,
    )


def read_tracks(rows: Iterable[Values]) -> dict[int, Track]:
    """Return the tracks by their tests."""
    return {
        test: Track(
            seen=seen,
            runs=bytes(runs),
            base=_mark(base_at, base_commit),
            base_failed=bool(base_failed),
            earlier=_mark(earlier_at, earlier_commit),
            earlier_failed=bool(earlier_failed),
            green_at=green_at,
            passed_commit=None if is_of_before(bytes(signs)) else passed_commit,
            signs=read_signs(bytes(signs)),
            first_bad=_mark(bad_at, bad_commit),
            last_failed=_mark(failed_at, failed_commit),
        )
        for (
            test,
            seen,
            runs,
            base_at,
            base_commit,
            base_failed,
            earlier_at,
            earlier_commit,
            earlier_failed,
            green_at,
            passed_commit,
            signs,
            bad_at,
            bad_commit,
            failed_at,
            failed_commit,
        ) in rows
    }


def _mark(at: int | None, commit: int | None) -> Mark | None:
    return None if at is None else Mark(at, commit)
