"""A new message of ours: which attempt it is, where it goes, what it is about, and what Slack is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.view import RequestView
from bot.slack.cards.card import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One attempt to post. With ``is_repeat`` an earlier one may have got through: look for the nonce first."""

    nonce: str
    is_repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a new message goes; ``thread_ts`` when it goes under another one."""

    channel: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a new message is about: which revision of which request, if any; no earlier one of it is older than that.

    ``is_awaited`` while somebody has still to do something on the card of that request.
    """

    since: datetime
    request: str = ""
    revision: int | None = None
    is_awaited: bool = True


def about_request(view: RequestView) -> About:
    """Return that a message is about this request."""
    request = view.request
    return About(
        since=request.created_at,
        request=request.id,
        revision=request.revision,
        is_awaited=request.awaits_somebody,
    )


def draw_message(spot: Spot, card: Card, metadata: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments of chat.postMessage: nothing in it calls or unfurls what it does not say itself."""
    thread = {"thread_ts": spot.thread_ts} if spot.thread_ts else {}
    return {
        "channel": spot.channel,
        "text": card.text,
        "blocks": card.blocks,
        "metadata": metadata,
        "unfurl_links": False,
        "unfurl_media": False,
        "link_names": False,
        **thread,
    }
