"""The unit of work a use case runs in."""

from bot.store.transaction.ground import Ground, Tools
from bot.store.transaction.transaction import Transaction
from bot.store.transaction.writes import Line, Put, Writes

__all__ = ["Ground", "Line", "Put", "Tools", "Transaction", "Writes"]
