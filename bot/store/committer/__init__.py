"""The committer: use cases in, durable commits out."""

from bot.store.committer.committer import Committer
from bot.store.committer.group import GroupRunner
from bot.store.committer.nearby import Nearby

__all__ = ["Committer", "GroupRunner", "Nearby"]
