"""`jit sandbox`: only the local workspace, for any Slack app."""

from bot.cli.sandbox.command import sandbox

__all__ = ["sandbox"]
