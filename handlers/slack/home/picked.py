"""What was ticked on the Home tab, read strictly: each box says under a MAC what it stood for when it was drawn."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.errors import Refusal, Refused
from bot.core.request import RequestId
from bot.slack import Press, Pressed, Seal
from bot.slack.home.tab import MOST_PICKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """One request that was ticked, and the value that says so."""

    pressed: Pressed
    value: str


def read_picked(values: Iterable[str], seal: Seal) -> tuple[Picked, ...]:
    """Return what was ticked, each request once. Raises Refused for nothing, too many, and what is not ours."""
    found: dict[RequestId, Picked] = {}
    for value in values:
        pressed = seal.read_value(value)
        if pressed.press is not Press.SELECT:
            raise Refused(Refusal.STALE, "This box isn't what it says it is, so nothing was counted.")
        found.setdefault(pressed.request, Picked(pressed=pressed, value=value))
    if not found:
        raise Refused(Refusal.OUT_OF_RANGE, "Tick the requests that you want to answer first.")
    if len(found) > MOST_PICKED:
        raise Refused(Refusal.OUT_OF_RANGE, f"Those are too many at once; {MOST_PICKED} are the most.")
    return tuple(found.values())
