"""Gives the log's lines their places: after the head, in the order of the group, each holding the hash of the last."""

from collections.abc import Sequence
from datetime import datetime

from bot.canonical import canonical_bytes
from bot.core.audit import Place, draw_entry, entry_hash
from bot.store.database import Database, Values
from bot.store.transaction import Line
from bot.store.values import Head, StoreWiring


def read_head(row: Values, database: Database) -> Head:
    """Return the head from its row."""
    at = None if row[2] is None else database.read_moment(row[2])
    return Head(seq=row[0], hash=bytes(row[1]), at=at)


def sequence(lines: Sequence[Line], head: Head, wiring: StoreWiring, stored_now: object) -> list[Values]:
    """Return the rows of the table, all of them of the same moment, which the bytes carry too."""
    rows: list[Values] = []
    seq, prev = head.seq, head.hash
    for line in lines:
        seq += 1
        place = Place(seq=seq, prev=prev, version=wiring.version, replica=wiring.replica)
        canonical = canonical_bytes(draw_entry(line.happened, line.request, place))
        hashed = entry_hash(canonical)
        about = line.request.id if line.request else None
        rows.append((seq, stored_now, line.happened.event, about, prev, hashed, canonical))
        prev = hashed
    return rows


def latest(clock: datetime, head: Head) -> datetime:
    """Return the group's now: never earlier than the last entry, whatever became of the clock."""
    return clock if head.at is None or clock >= head.at else head.at
