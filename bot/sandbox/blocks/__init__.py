"""Block Kit as Slack accepts it: one strict schema, and Slack's own words for what is wrong."""

from bot.sandbox.blocks.check import check_blocks, check_home, check_view

__all__ = ["check_blocks", "check_home", "check_view"]
