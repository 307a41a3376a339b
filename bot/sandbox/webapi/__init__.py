"""The Web API under /api/, as slack_sdk calls it."""

from bot.sandbox.webapi.door import Call, WebApi

__all__ = ["Call", "WebApi"]
