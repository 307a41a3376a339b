"""What only the machine can say: what time it is, and what nobody was named before."""

from datetime import UTC, datetime

from uuid_utils import uuid7


def utc_now() -> datetime:
    """Return the time, aware UTC. The only place that asks the machine for it."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a new uuid7 (RFC 9562)."""
    return str(uuid7())
