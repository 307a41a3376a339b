"""Our app in a workspace by its install page: its tokens, sealed, and the client that is lent them call by call."""

from bot.slack.installing.lending import LentClient
from bot.slack.installing.vault import States, Tokens, Vault

__all__ = ["LentClient", "States", "Tokens", "Vault"]
