"""`jit demo`: the bot, a local Slack workspace and a pipeline that asks, all on this machine, from nothing."""

from bot.cli.demo.command import demo

__all__ = ["demo"]
