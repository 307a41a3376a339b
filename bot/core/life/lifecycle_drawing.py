"""Draws ``docs/lifecycle.md`` from the lifecycle's table, so that the page cannot say anything else."""

from collections.abc import Iterable
from typing import get_args

from bot.core.events import Event
from bot.core.life.lifecycle import BIRTH, MAP
from bot.core.request import State

_HEAD = """# The lifecycle

Drawn from the table in `bot/core/life/lifecycle.py`; a test fails when the two differ. What has no road here is
refused, and a refused event changes nothing.
"""


def draw_lifecycle() -> str:
    """Return the page: a picture, and the same as a table of every event in every state."""
    return "\n".join([_HEAD, "```mermaid", *_picture(), "```", "", *_table(), ""])


def _picture() -> Iterable[str]:
    yield "stateDiagram-v2"
    for state in State:
        if state in BIRTH:
            yield f"    [*] --> {state}: Submitted"
    for before, roads in MAP.items():
        for after in State:
            events = [event.__name__ for event, afters in roads.items() if after in afters]
            if events:
                yield f"    {before} --> {after}: {', '.join(events)}"
    for state in State:
        if not state.is_open:
            yield f"    {state} --> [*]"


def _table() -> Iterable[str]:
    """Yield a row for each event; a dash is a refusal."""
    yield "| event | " + " | ".join(f"in `{state}`" for state in State) + " |"
    yield "|---" * (len(State) + 1) + "|"
    for event in get_args(Event):
        cells = (_cell(MAP[state].get(event, frozenset())) for state in State)
        yield f"| {event.__name__} | " + " | ".join(cells) + " |"


def _cell(afters: frozenset[State]) -> str:
    return ", ".join(f"`{state}`" for state in State if state in afters) or "-"
