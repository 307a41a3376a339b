"""What was typed and chosen: finds the elements of blocks, draws their state, and checks as Slack's client does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

Typed = Mapping[str, Mapping[str, str]]
"""Block id, action id, and what was typed or the value of the option chosen."""

REQUIRED = "Please complete this required field."


def find_elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield everything that can be used, with its block."""
    for block in blocks:
        places = [block.get("accessory"), block.get("element")]
        if block["type"] == "actions":
            places += block["elements"]
        yield from ((block, element) for element in places if element and "action_id" in element)


def find_element(blocks: Sequence[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """Return one element with its block. Raises LookupError."""
    for block, element in find_elements(blocks):
        if element["action_id"] == action_id and block_id in {None, block["block_id"]}:
            return block, element
    raise LookupError(f"there is no {action_id!r} to use here")


def nest(blocks: Sequence[Json], values: Mapping[str, str]) -> Typed:
    """Sort values by block id or action id into their places. Raises LookupError for a key that is neither."""
    typed: dict[str, dict[str, str]] = {}
    places = list(find_elements(blocks))
    for key, value in values.items():
        found = [(b, e) for b, e in places if key in {b["block_id"], e["action_id"]} and e["type"] != "button"]
        if not found:
            raise LookupError(f"there is nothing to fill in called {key!r}")
        block, element = found[0]
        typed.setdefault(block["block_id"], {})[element["action_id"]] = value
    return typed


def draw_state(blocks: Sequence[Json], typed: Typed) -> Json:
    """Draw ``state.values`` for everything that holds a value."""
    values: Json = {}
    for block, element in find_elements(blocks):
        if element["type"] == "button":
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
    """Return the option of a select with that value. Raises LookupError."""
    groups = [group["options"] for group in element.get("option_groups", [])]
    for option in [*element.get("options", []), *(option for group in groups for option in group)]:
        if option["value"] == value:
            return option
    raise LookupError(f"there is no option {value!r}")


def _complaint(block: Json, element: Json, value: str) -> str | None:
    if not value:
        return None if block.get("optional") else REQUIRED
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    return None


def _initial(element: Json) -> str:
    option = element.get("initial_option")
    return option["value"] if option else element.get("initial_value", "")


def _draw_value(element: Json, value: str) -> Json:
    if element["type"] == "static_select":
        return {"type": "static_select", "selected_option": find_option(element, value) if value else None}
    return {"type": element["type"], "value": value or None}
