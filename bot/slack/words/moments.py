"""Times in what we say: every reader sees them in their own zone, whoever wrote the sentence.

https://docs.slack.dev/messaging/formatting-message-text/#date-formatting
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from bot.slack.words import rich

_SAID = re.compile(r"(20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}) UTC")
"""A time as `rich.draw_utc` writes it: what a sentence may hold that was made where nobody knows of Slack."""

_MOST = 20
"""How many times one text shows so: each makes it longer, and Slack's limit is near."""


def runs(sentence: str, write: Callable[[str], rich.Run] = rich.words) -> list[rich.Run]:
    """Return *sentence* with its times as Slack's dates, for ``rich_text``; *write* says how its words look."""
    found: list[rich.Run] = []
    end = 0
    for match in _SAID.finditer(sentence):
        at = _read(match[1])
        if at is not None:
            found += [write(sentence[end : match.start()]), rich.moment(at)]
            end = match.end()
    return [run for run in (*found, write(sentence[end:])) if run.get("text") != ""]


def marked(escaped: str) -> str:
    """Return a message's own text, escaped already, with its times as Slack's dates."""
    return _SAID.sub(_mark, escaped, count=_MOST)


def _mark(match: re.Match[str]) -> str:
    at = _read(match[1])
    return match[0] if at is None else f"<!date^{int(at.timestamp())}^{rich.DATE}|{match[0]}>"


def _read(said: str) -> datetime | None:
    try:
        return datetime.fromisoformat(said).replace(tzinfo=UTC)
    except ValueError:
        return None  # there is no such day: words of somebody
