"""The dialog in which a person asks for an approval, and what it says once that is on the books."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from bot.core.request import ApprovalRequest
from bot.slack.cards.asked import draw_place
from bot.slack.dialogs.reasons import DETAILS_CALLBACK
from bot.slack.words import endings, rich
from bot.slack.words.escape import cut, line, lines

REQUEST_CALLBACK = "jit_request"
TITLE, ACTION, REASON, PARAMETERS = "title", "action", "reason", "parameters"
PLACES = {"service": "Service", "environment": "Environment", "repository": "Repository"}
"""Fields of a request that say where; none need be filled in."""

FIELD = "typed"
"""The action id of every field: its block says which."""

TITLE_LIMIT, PLACE_LIMIT, REASON_LIMIT = 300, 200, 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What stands in the dialog already; ``link`` is where the message stands that it is about."""

    title: str = ""
    reason: str = ""
    link: str | None = None


def draw_request_dialog(actions: Sequence[str], draft: Draft) -> rich.Json:
    """Return the dialog; *actions* are what may be asked for."""
    about = [rich.context(f"A link to the message goes with it: {draft.link}")] if draft.link else []
    places = [_text(name, label, PLACE_LIMIT) | {"optional": True} for name, label in PLACES.items()]
    hint = {"hint": rich.plain("One a line, like this: version = 1.42.0"), "optional": True}
    blocks = [
        _text(TITLE, "What should be approved?", TITLE_LIMIT, line(draft.title, TITLE_LIMIT)),
        _choice(actions),
        *places,
        _text(REASON, "Why?", REASON_LIMIT, lines(draft.reason, REASON_LIMIT), multiline=True),
        _text(PARAMETERS, "Parameters", REASON_LIMIT, multiline=True) | hint,
        *about,
    ]
    return {
        "type": "modal",
        "callback_id": REQUEST_CALLBACK,
        "title": rich.plain("Request approval"),
        "submit": rich.plain("Ask"),
        "close": rich.plain("Cancel"),
        "private_metadata": json.dumps({"link": draft.link}),
        "blocks": blocks,
    }


def read_link(metadata: str) -> str | None:
    """Return the link that a dialog was opened with, as we wrote it; None when there was none."""
    try:
        note: object = json.loads(metadata)
    except ValueError:
        return None
    link = cast("dict[str, object]", note).get("link") if isinstance(note, dict) else None
    return link if isinstance(link, str) and link.startswith(("https://", "http://")) else None


def draw_filed_view(request: ApprovalRequest) -> rich.Json:
    """Return what replaces the dialog once the request stands: its number, and how it is."""
    said = "You are told by direct message what comes of it." if request.state.is_open else "That is its end."
    return {
        "type": "modal",
        "callback_id": DETAILS_CALLBACK,
        "title": rich.plain("Request approval"),
        "close": rich.plain("Close"),
        "blocks": [
            rich.block(rich.section(rich.bold(f"#{request.number}: "), rich.words(endings.headline(request)))),
            draw_place(request, 0),
            rich.block(rich.section(rich.words(f"{said} /jit show {request.number} shows it at any time."))),
        ],
    }


def _text(name: str, label: str, limit: int, initial: str = "", *, multiline: bool = False) -> rich.Json:
    return {
        "type": "input",
        "block_id": name,
        "label": rich.plain(label),
        "element": {
            "type": "plain_text_input",
            "action_id": FIELD,
            "multiline": multiline,
            "max_length": limit,
            **({"initial_value": initial} if initial else {}),
        },
    }


def _choice(actions: Sequence[str]) -> rich.Json:
    options = [{"text": rich.plain(cut(action, 75)), "value": action} for action in actions]
    element: rich.Json = {"type": "static_select", "action_id": FIELD, "options": options}
    if len(options) == 1:
        element["initial_option"] = options[0]
    return {"type": "input", "block_id": ACTION, "label": rich.plain("What kind of thing is it?"), "element": element}
