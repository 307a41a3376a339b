"""Somebody is told no, or told something, before a request is touched: what they sent was no answer to count."""

from datetime import datetime

from bot.core.errors import Refused
from bot.core.people.identity import Actor, Via
from bot.core.request import RequestId
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.refusing import refusals_noted, said_to


def turn_away(tx: Transaction, by: Actor, refused: Refused, about: RequestId | None, now: datetime) -> None:
    """Write the refusal into the log, whisper it to whoever clicked, and raise it."""
    attempted = "command" if by.via is Via.SLACK_COMMAND else "click"
    with refusals_noted(tx, by, attempted, now) as attempt:
        if about is not None:
            attempt.request = tx.requests.lock(about)
        raise refused


def tell(tx: Transaction, by: Actor, text: str) -> None:
    """Answer one person where they clicked; nothing else happens."""
    told = said_to(by, text)
    if told is not None:
        tx.enqueue(told)


def tell_once(tx: Transaction, by: Actor, text: str, replay_key: Stamp) -> None:
    """Do the same for what they sent, however often it comes. Raises Refused (REPLAYED) from the second time on."""
    tx.replays.remember(replay_key)
    tell(tx, by, text)
