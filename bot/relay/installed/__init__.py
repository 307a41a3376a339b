"""The token of the workspace that the app was installed into: kept in the books, renewed before it ends."""

from bot.relay.installed.keeper import App, Keeper

__all__ = ["App", "Keeper"]
