"""Asks Slack what it would say to a drawing, without showing it to anybody."""

from collections.abc import Mapping
from typing import Any, cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.cards.card import Card
from bot.slack.faults import read_fault

_REFUSED = "invalid_blocks"
_MOST = 3


async def trouble_with_card(client: AsyncWebClient, card: Card) -> str | None:
    """Return what Slack would not take of *card*, and where; None when it would. May raise one of faults.CALL_ERRORS.

    https://docs.slack.dev/reference/methods/blocks.validate
    """
    try:
        await cast("Any", client).blocks_validate(blocks=card.blocks)
    except SlackApiError as error:
        if read_fault(error).code != _REFUSED:
            raise
        answer = cast("Mapping[str, Any]", error.response)
        problems = cast("list[Mapping[str, Any]]", answer.get("errors") or [])
        return "; ".join(f"{one.get('message')} at {one.get('pointer')}" for one in problems[:_MOST]) or _REFUSED
    return None
