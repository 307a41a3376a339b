"""What a message says without its blocks: notifications and screen readers get its own text, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from bot.slack.words import rich
from bot.slack.words.escape import mrkdwn
from bot.slack.words.moments import marked

_SOMEBODY = "somebody"
"""A message's text would ping whom it names by their account; their name stands in no block."""


def draw_text(blocks: Sequence[rich.Json], most: int) -> str:
    """Return all that rich text *blocks* say, in one escaped line of at most *most*; nobody is called by it."""
    said = ""
    for element in (element for block in blocks for element in _elements(block)):
        is_list = element["type"] == "rich_text_list"
        line = "; ".join(map(_line, _elements(element))) if is_list else _line(element)
        said = f"{said}{': ' if is_list else ' '}{line}" if said and line else said or line
    return marked(mrkdwn(said, most))


def _line(element: Mapping[str, Any]) -> str:
    return "".join(map(_run, _elements(element))).strip()


def _run(run: Mapping[str, Any]) -> str:
    match run["type"]:
        case "date":
            return str(run["fallback"])
        case "user" | "usergroup":
            return _SOMEBODY
        case _:
            return str(run["text"]).replace("\n", ", ")


def _elements(of: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from cast("Sequence[Mapping[str, Any]]", of["elements"])
