"""Gives the log's lines their places: after the head, in the order of the group, each holding the hash of the last."""

from bot.canonical import canonical_bytes
from bot.core.audit import Place, draw_entry, entry_hash
from bot.store.committer.sealing import Drawn
from bot.store.database import Database, Values
from bot.store.transaction import Ground
from bot.store.values import Head


def read_head(row: Values, database: Database) -> Head:
    """Return the head from its row."""
    at = None if row[2] is None else database.read_moment(row[2])
    return Head(seq=row[0], hash=bytes(row[1]), at=at)


def sequence(ground: Ground, head: Head, drawn: Drawn) -> list[Values]:
    """Return the rows of the table, all of them of the same moment, which the bytes carry too."""
    wiring, stored_now = ground.tools.wiring, ground.stored_now
    rows: list[Values] = []
    seq, prev = head.seq, head.hash
    for line in ground.pending.lines:
        seq += 1
        place = Place(seq=seq, prev=prev, version=wiring.version, replica=wiring.replica)
        canonical = canonical_bytes(draw_entry(line.happened, line.request, place, drawn.sealed(line)))
        hashed = entry_hash(canonical)
        about = line.request.id if line.request else None
        rows.append((seq, stored_now, line.happened.event, about, prev, hashed, canonical))
        prev = hashed
    return rows
