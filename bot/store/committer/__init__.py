"""The committer: use cases in, durable commits out."""

from bot.store.committer.committer import Committer
from bot.store.committer.group import GroupRunner

__all__ = ["Committer", "GroupRunner"]
