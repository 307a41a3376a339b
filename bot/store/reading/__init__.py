"""Reading: snapshots of what is committed."""

from bot.store.reading.pasts import BEGINNING, Size, Stretch
from bot.store.reading.queries import Queries
from bot.store.reading.readers import Readers
from bot.store.reading.signs import Pile, Signs
from bot.store.reading.snapshot import Snapshot

__all__ = ["BEGINNING", "Pile", "Queries", "Readers", "Signs", "Size", "Snapshot", "Stretch"]
