"""The unit of work a use case runs in."""

from bot.store.transaction.ground import Ground, Tools
from bot.store.transaction.hurry import Hurry, TakesLong
from bot.store.transaction.looks import Look
from bot.store.transaction.transaction import Transaction
from bot.store.transaction.writes import Line, Put, Writes

__all__ = ["Ground", "Hurry", "Line", "Look", "Put", "TakesLong", "Tools", "Transaction", "Writes"]
