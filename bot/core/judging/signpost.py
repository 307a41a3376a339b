"""A route of the policy: where requests are shown whose rule names no channel."""

from dataclasses import dataclass

from bot.core.judging.facts import Condition
from bot.core.people.membership import NOBODY, Crowd


@dataclass(frozen=True, slots=True, kw_only=True)
class Signpost:
    """Where requests are shown, and who is called there, when their rule names no channel: the first that matches."""

    name: str
    when: Condition | None
    channels: tuple[str, ...]
    mention: Crowd = NOBODY
