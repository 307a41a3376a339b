"""What was typed and chosen: finds the elements of blocks, draws their state, and checks as Slack's client does."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from bot.sandbox.history import Message

Json = dict[str, Any]

Typed = Mapping[str, Mapping[str, str]]
"""Block id, action id, and what was typed or the value of the option chosen; of boxes a JSON list of the values.

Of people it is the id, of moments the seconds since 1970.
"""

_MOMENT = 10
_STATELESS = frozenset({"button", "overflow"})
"""What is pressed, and holds no value."""

REQUIRED = "Please complete this required field."


def find_elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield everything that can be used, with its block."""
    for block in blocks:
        places = [block.get("accessory"), block.get("element")]
        if block["type"] == "actions":
            places += block["elements"]
        yield from ((block, element) for element in places if element and "action_id" in element)


def find_element(blocks: Sequence[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """Return one element that tells the app at once when it is used, with its block. Raises LookupError."""
    for block, element in find_elements(blocks):
        if element["action_id"] == action_id and block_id in {None, block["block_id"]} and _dispatches(block):
            return block, element
    raise LookupError(f"there is no {action_id!r} to use here")


def find_in_message(message: Message, action_id: str, block_id: str | None) -> tuple[Sequence[Json], Json | None]:
    """Return the blocks where one element is: the message's own, or those of a link shown below it, with that.

    Raises LookupError.
    """
    places: list[tuple[Sequence[Json], Json | None]] = [(message.blocks, None)]
    places += [(attachment.get("blocks", []), attachment) for attachment in message.attachments]
    for blocks, attachment in places:
        if any(e["action_id"] == action_id and block_id in {None, b["block_id"]} for b, e in find_elements(blocks)):
            return blocks, attachment
    raise LookupError(f"there is no {action_id!r} to use in this message")


def nest(blocks: Sequence[Json], values: Mapping[str, str]) -> Typed:
    """Sort values by block id or action id into their places. Raises LookupError for a key that is neither."""
    typed: dict[str, dict[str, str]] = {}
    places = list(find_elements(blocks))
    for key, value in values.items():
        found = [(b, e) for b, e in places if key in {b["block_id"], e["action_id"]} and e["type"] not in _STATELESS]
        if not found:
            raise LookupError(f"there is nothing to fill in called {key!r}")
        block, element = found[0]
        typed.setdefault(block["block_id"], {})[element["action_id"]] = value
    return typed


def draw_state(blocks: Sequence[Json], typed: Typed) -> Json:
    """Draw ``state.values`` for everything that holds a value."""
    values: Json = {}
    for block, element in find_elements(blocks):
        if element["type"] in _STATELESS:
            continue
        value = typed.get(block["block_id"], {}).get(element["action_id"], _initial(element))
        values.setdefault(block["block_id"], {})[element["action_id"]] = _draw_value(element, value)
    return values


def find_errors(blocks: Sequence[Json], typed: Typed) -> dict[str, str]:
    """Return what Slack's client complains of before it sends anything, by block id."""
    errors: dict[str, str] = {}
    for block, element in find_elements(blocks):
        if block["type"] != "input":
            continue
        value = typed.get(block["block_id"], {}).get(element["action_id"], _initial(element))
        complaint = _complaint(block, element, value)
        if complaint:
            errors[block["block_id"]] = complaint
    return errors


def find_option(element: Json, value: str) -> Json:
    """Return the option of a select or a menu with that value. Raises LookupError."""
    groups = [group["options"] for group in element.get("option_groups", [])]
    for option in [*element.get("options", []), *(option for group in groups for option in group)]:
        if option["value"] == value:
            return option
    raise LookupError(f"there is no option {value!r}")


def value_of(element: Json, text: str) -> str:
    """Return the value of the option of a menu that reads *text*. Raises LookupError."""
    for option in element.get("options", []):
        if option["text"]["text"] == text:
            return option["value"]
    raise LookupError(f"there is no option that reads {text!r}")


def draw_chosen(element: Json, value: str) -> Json:
    """Draw what was chosen of a select, a menu or boxes, or typed into a text.

    Raises LookupError and ValueError for what cannot be chosen.
    """
    if element["type"] == "checkboxes":
        return {"selected_options": [find_option(element, one) for one in _ticked(value)]}
    if element["type"] == "static_select":
        return {"selected_option": find_option(element, value) if value else None}
    if element["type"] == "overflow":
        return {"selected_option": find_option(element, value)}
    if element["type"] == "users_select":
        return {"selected_user": value or None}
    if element["type"] == "datetimepicker":
        return {"selected_date_time": _moment(value)}
    return {"value": value} if element["type"] == "plain_text_input" else {}


def _moment(value: str) -> int | None:
    if value and not (value.isascii() and value.isdigit() and len(value) == _MOMENT):
        message = "a moment is in seconds since 1970, ten digits"
        raise ValueError(message)
    return int(value) if value else None


def _dispatches(block: Json) -> bool:
    """Tell whether the app hears at once; what an input holds waits for the dialog to be sent, unless it says so."""
    return block["type"] != "input" or block.get("dispatch_action", False)


def _ticked(value: str) -> list[str]:
    ticked: object = json.loads(value or "[]")
    if not isinstance(ticked, list):
        message = "ticked boxes are a JSON list"
        raise ValueError(message)  # noqa: TRY004 - what a page sent, not a programmer
    return [str(one) for one in cast("list[object]", ticked)]


def _complaint(block: Json, element: Json, value: str) -> str | None:
    if not value or value == "[]":
        return None if block.get("optional") else REQUIRED
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return None


def _initial(element: Json) -> str:
    if "initial_options" in element:
        return json.dumps([option["value"] for option in element["initial_options"]])
    if "initial_option" in element:
        return element["initial_option"]["value"]
    return str(element.get("initial_user") or element.get("initial_date_time") or element.get("initial_value", ""))


def _draw_value(element: Json, value: str) -> Json:
    if element["type"] != "plain_text_input":
        return {"type": element["type"], **draw_chosen(element, value)}
    return {"type": element["type"], "value": value or None}
