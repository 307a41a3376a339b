"""Fills in the ids an app left out, as Slack does."""

from collections.abc import Iterable
from typing import Any

from bot.sandbox.mint import Mint

Json = dict[str, Any]

_INTERACTIVE = frozenset(
    {"button", "static_select", "overflow", "users_select", "datetimepicker", "checkboxes", "plain_text_input"}
)


def complete_blocks(blocks: Iterable[Json], mint: Mint) -> tuple[Json, ...]:
    """Return checked blocks with a block_id each and an action_id at everything that can be used."""
    return tuple(_complete(block, mint) for block in blocks)


def _complete(block: Json, mint: Mint) -> Json:
    filled = {**block, "block_id": block.get("block_id") or mint.block_id()}
    for place in ("accessory", "element"):
        if place in block:
            filled[place] = _with_action_id(block[place], mint)
    if block["type"] == "actions":
        filled["elements"] = [_with_action_id(element, mint) for element in block["elements"]]
    return filled


def _with_action_id(element: Json, mint: Mint) -> Json:
    if element["type"] not in _INTERACTIVE or element.get("action_id"):
        return element
    return {**element, "action_id": mint.block_id()}
