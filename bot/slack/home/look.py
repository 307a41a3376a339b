"""What somebody looked at when their Home tab was drawn, under a MAC: it comes back with every click."""

import json
from typing import cast

from bot.core.errors import Refusal, Refused
from bot.core.home import Look, Show
from bot.slack.cards.button_value import Seal
from bot.slack.home.contents import is_choosable

_KIND = "home"
_MOST_PAGES = 1000


def draw_look(look: Look, slack_id: str, seal: Seal) -> str:
    """Return *look* for ``private_metadata``; it counts for *slack_id* alone."""
    note = {"for": slack_id, "show": look.show.value, "page": look.page, "environment": look.environment}
    return seal.draw_note(_KIND, json.dumps(note))


def read_look(metadata: str, slack_id: str, seal: Seal) -> Look:
    """Return what *slack_id* looked at. Raises Refused (STALE) for what we did not draw for them."""
    note = cast("dict[str, object]", json.loads(seal.read_note(_KIND, metadata)))
    if note["for"] != slack_id:
        raise Refused(Refusal.STALE, "This Home tab was drawn for somebody else, so nothing was done.")
    environment = note["environment"]
    return Look(
        show=Show(str(note["show"])),
        page=int(str(note["page"])),
        environment=None if environment is None else str(environment),
    )


def read_show(chosen: str) -> Show:
    """Return the part that was chosen. Raises Refused (STALE)."""
    if chosen not in {show.value for show in Show}:
        raise Refused(Refusal.STALE, "There is no such part of the Home tab. Open it again.")
    return Show(chosen)


def read_page(chosen: str) -> int:
    """Return the page that was chosen. Raises Refused (STALE)."""
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) <= len(str(_MOST_PAGES))):
        raise Refused(Refusal.STALE, "There is no such page. Open the Home tab again.")
    return int(chosen)


def read_environment(chosen: str) -> str | None:
    """Return the environment that was chosen, None for all of them. Raises Refused (STALE)."""
    if chosen == EVERY:
        return None
    if not is_choosable(chosen):
        raise Refused(Refusal.STALE, "There is no such environment to choose. Open the Home tab again.")
    return chosen


EVERY = "*"
"""What stands for all environments; it is the name of none that can be chosen."""
