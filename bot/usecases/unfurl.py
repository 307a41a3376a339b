"""Somebody wrote links to requests; what they lead to is shown below their message, once."""

from collections.abc import Iterable

from bot.core.effects import Unfurl
from bot.core.stamp import Stamp
from bot.store import Transaction


def unfurl(tx: Transaction, links: Iterable[Unfurl], replay_key: Stamp) -> None:
    """Have the links shown. Raises Refused (REPLAYED) when Slack told of the message before."""
    tx.replays.remember(replay_key)
    for link in links:
        tx.enqueue(link)
