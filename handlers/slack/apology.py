"""A sentence for whoever clicked, at the address that came with the click; seen by nobody else."""

from contextlib import suppress
from typing import Any, cast

from aiohttp import ClientSession
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.faults import CALL_ERRORS


async def say_at(response_url: str, session: ClientSession | None, sentence: str) -> None:
    """Say *sentence* there, once; where Slack does not take it there is nobody left to tell, and the log has it."""
    webhook = cast("Any", AsyncWebhookClient)(response_url, session=session, retry_handlers=[])
    with suppress(*CALL_ERRORS):
        await webhook.send(text=sentence, response_type="ephemeral", replace_original=False)
