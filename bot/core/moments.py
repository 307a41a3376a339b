"""How a moment is written down: RFC 3339, UTC, always with microseconds, so that text sorts as time does."""

from datetime import UTC, datetime


def draw_moment(moment: datetime) -> str:
    """Return ``2026-03-04T12:00:00.000000Z``. *moment* is aware, in any zone."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def read_moment(text: str) -> datetime:
    """Return the moment, aware UTC. Raises ValueError for any text that :func:`draw_moment` would not have written."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or draw_moment(moment) != text:
        raise ValueError(f"{text!r} is no moment as this log writes them")
    return moment
