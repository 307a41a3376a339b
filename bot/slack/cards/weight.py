"""How much a message says: Slack breaks one at about twelve thousand characters although every block of it is legal."""

from collections.abc import Mapping
from typing import cast

from bot.slack.words.escape import length

HEAVIEST = 10_000
"""How many characters a message may hold, everything that is read counted: words, links and what stands for a date."""

_READ = frozenset({"text", "url", "fallback"})


def weigh(value: object) -> int:
    """Return the characters of all that is read in blocks."""
    match value:
        case dict():
            found = cast("Mapping[str, object]", value).items()
            return sum(length(one) if isinstance(one, str) and key in _READ else weigh(one) for key, one in found)
        case list():
            return sum(weigh(one) for one in cast("list[object]", value))
        case _:
            return 0
