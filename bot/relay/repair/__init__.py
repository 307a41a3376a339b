"""Cards that do not show the stored state are found and put right: slowly, through the outbox, and pinging nobody."""

from bot.relay.repair.books import RepairBooks
from bot.relay.repair.looking import Watcher
from bot.relay.repair.notices import RepairNotices
from bot.relay.repair.reconciler import Reconciler

__all__ = ["Reconciler", "RepairBooks", "RepairNotices", "Watcher"]
