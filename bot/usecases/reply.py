"""Somebody wrote to the bot, and is answered: once, however often Slack tells of it."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.effects import Reply
from bot.core.errors import Refused
from bot.core.people.identity import Actor
from bot.core.request import RequestId
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.refusing import refusals_noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message to the bot with its answer. ``refused`` is the "no" in that answer, ``about`` of which request."""

    by: Actor
    answer: Reply
    replay_key: Stamp
    refused: Refused | None = None
    about: RequestId | None = None


def reply(tx: Transaction, heard: Heard, now: datetime) -> None:
    """Answer, and write a refusal into the log; the same commit holds both, and what the message is known by.

    Raises Refused: REPLAYED for a message that was answered before, which is not answered again; else ``refused``.
    """
    with refusals_noted(tx, heard.by, "message", now) as attempt:
        tx.replays.remember(heard.replay_key)
        tx.enqueue(heard.answer)
        if heard.refused is not None:
            attempt.request = tx.requests.lock(heard.about) if heard.about else None
            raise heard.refused
