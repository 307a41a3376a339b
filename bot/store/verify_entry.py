"""One entry of the log by itself: whether its bytes are what was hashed, and its columns what its bytes say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from bot.core.audit import entry_hash
from bot.core.moments import draw_moment
from bot.store.values import AuditRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """What was found. ``why`` says what is wrong, ``first_bad_seq`` where it was noticed first."""

    ok: bool
    entries: int
    first_bad_seq: int | None = None
    why: str | None = None


class Bad(Exception):
    """The first thing that is wrong."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(why)
        self.seq = seq
        self.why = why


def read_entry(row: AuditRow, seq: int) -> Mapping[str, Any]:
    """Return what *row* says, which must be entry number *seq* and what was hashed. Raises Bad."""
    if row.seq != seq:
        raise Bad(seq, f"entry {seq} is missing: the next one is {row.seq}")
    if row.hash != entry_hash(row.canonical):
        raise Bad(seq, "its bytes do not have the hash that is stored beside them")
    try:
        return orjson.loads(row.canonical)
    except orjson.JSONDecodeError:
        raise Bad(seq, "its bytes are no JSON") from None


def require_columns(row: AuditRow, entry: Mapping[str, Any]) -> None:
    """Compare every column with the bytes; whoever checks the chain compares them with each other. Raises Bad."""
    said = {
        "seq": (row.seq, entry["seq"]),
        "prev": (row.prev.hex(), entry["prev"]),
        "at": (draw_moment(row.at), entry["at"]),
        "event": (row.event, entry["event"]),
        "request_id": (row.request, entry["request"]),
    }
    for column, (stored, hashed) in said.items():
        if stored != hashed:
            raise Bad(row.seq, f"column {column} says {stored}, its bytes say {hashed}")
