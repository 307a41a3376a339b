"""The audit log as values: what an entry says, how it is hashed, how a log is folded again. Nothing is stored here."""

from bot.core.audit.entry import GENESIS, Place, Sealed, draw_actor, draw_entry, draw_where, entry_hash, seal
from bot.core.audit.life import ROADS
from bot.core.audit.refold import Folded, Refold, Violation

__all__ = [
    "GENESIS",
    "ROADS",
    "Folded",
    "Place",
    "Refold",
    "Sealed",
    "Violation",
    "draw_actor",
    "draw_entry",
    "draw_where",
    "entry_hash",
    "seal",
]
