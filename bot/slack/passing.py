"""What is said in passing: a whisper, or what a link leads to. Saying it again does no harm, so nobody looks before."""

from typing import Any

from bot.core.attempts import Attempt, Delivered, GiveUp, TryLater
from bot.core.effects import Unfurl
from bot.slack.cards.card import Card
from bot.slack.faults import CALL_ERRORS, Kind, after_look, after_post, read_fault
from bot.slack.spots import Spot
from bot.slack.words import rich

_NOT_THERE = frozenset({"user_not_in_channel", "not_in_channel", "channel_not_found", "user_not_found"})
_NO_LINK = frozenset(
    {
        "cannot_find_channel",
        "cannot_find_message",
        "cannot_unfurl_message",
        "cannot_unfurl_url",
        "channel_not_found",
        "is_archived",
        "not_in_channel",
    }
)
"""The message is gone or changed, or its domain is none of the manifest's: nobody misses anything."""


async def whisper_to(client: Any, spot: Spot, slack_id: str, card: Card) -> Attempt:  # noqa: ANN401 - the SDK leaves the types of its keywords open
    """Say something to one person alone."""
    thread = {"thread_ts": spot.thread_ts} if spot.thread_ts else {}
    try:
        await client.chat_postEphemeral(
            channel=spot.channel, user=slack_id, text=card.text, blocks=card.blocks, link_names=False, **thread
        )
    except CALL_ERRORS as error:
        fault = read_fault(error)
        if fault.kind is Kind.REFUSED and fault.code in _NOT_THERE:
            return _skipped(str(fault))
        return after_post(fault)
    return Delivered()


async def show_link(client: Any, unfurl: Unfurl, blocks: list[rich.Json]) -> Attempt:  # noqa: ANN401 - the same
    """Show *blocks* below a link in somebody's message."""
    try:
        await client.chat_unfurl(channel=unfurl.channel, ts=unfurl.ts, unfurls={unfurl.url: {"blocks": blocks}})
    except CALL_ERRORS as error:
        fault = read_fault(error)
        return _skipped(str(fault)) if fault.kind is Kind.REFUSED and fault.code in _NO_LINK else after_look(fault)
    return Delivered()


def passed_over(why: TryLater | GiveUp) -> Attempt:
    """Return how it ends where nothing can be said: not at all, unless Slack only could not tell just now."""
    return why if isinstance(why, TryLater) and why.remedy is None else _skipped(why.why)


def _skipped(why: str) -> Delivered:
    return Delivered(detail={"skipped": why})
