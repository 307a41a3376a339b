"""The audit log as values: what an entry says, how it is hashed, how a log is folded again. Nothing is stored here."""

from bot.core.audit.entry import GENESIS, Place, draw_entry, entry_hash
from bot.core.audit.refold import Folded, Refold, Violation

__all__ = ["GENESIS", "Folded", "Place", "Refold", "Violation", "draw_entry", "entry_hash"]
