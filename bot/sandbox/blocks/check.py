"""Checks blocks and dialogs, and says what is wrong with a JSON pointer, as Slack does."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from pydantic import ValidationError

from bot.sandbox.blocks.layout import Home, MessageBlocks, Modal
from bot.sandbox.blocks.text import Strict
from bot.sandbox.blocks.wording import draw_problem
from bot.sandbox.refusal import SlackRefusal

Json = dict[str, Any]

WHOLE_TEXT_LIMIT = 12_000
"""Each block may be legal and the message still too long; Slack breaks between 12 and 13 thousand characters."""

VIEW_BYTES_LIMIT = 250_000


def check_blocks(blocks: object) -> list[Json]:
    """Return the blocks of a message. Raises SlackRefusal invalid_blocks or msg_blocks_too_long."""
    problems = _problems(MessageBlocks, {"blocks": blocks})
    if problems:
        raise SlackRefusal("invalid_blocks", problems)
    checked = cast("list[Json]", blocks)
    if sum(len(text) for text in _texts(checked)) > WHOLE_TEXT_LIMIT:
        raise SlackRefusal("msg_blocks_too_long")
    return checked


def check_view(view: object, size: int) -> Json:
    """Return a dialog's definition of *size* bytes. Raises SlackRefusal invalid_arguments or view_too_large."""
    return _checked_view(Modal, view, size)


def check_home(view: object, size: int) -> Json:
    """Return a Home tab's definition of *size* bytes. Raises SlackRefusal invalid_arguments or view_too_large."""
    return _checked_view(Home, view, size)


def _checked_view(model: type[Strict], view: object, size: int) -> Json:
    if size > VIEW_BYTES_LIMIT:
        raise SlackRefusal("view_too_large")
    if problems := _problems(model, view, "/view"):
        raise SlackRefusal("invalid_arguments", problems)
    return cast("Json", view)


def _problems(model: type[Strict], document: object, root: str = "") -> list[str]:
    found = [f"must not be null [json-pointer:{root}{pointer}]" for pointer in _nulls(document)]
    try:
        model.model_validate(document)
    except ValidationError as invalid:
        found += [draw_problem(error, document, root) for error in invalid.errors(include_url=False)]
    if not found:
        blocks = cast("Mapping[str, Any]", document)["blocks"]
        found += [f"{what} [json-pointer:{root}{pointer}]" for what, pointer in _twins(blocks)]
    return [f"[ERROR] {sentence}" for sentence in found]


def _nulls(value: object, pointer: str = "") -> Iterator[str]:
    match value:
        case None:
            yield pointer
        case dict():
            for key, inner in cast("Json", value).items():
                yield from _nulls(inner, f"{pointer}/{key}")
        case list():
            for index, inner in enumerate(cast("list[object]", value)):
                yield from _nulls(inner, f"{pointer}/{index}")
        case _:
            return


def _twins(blocks: list[Json]) -> Iterator[tuple[str, str]]:
    """Yield ids that are there twice: block ids in all the blocks, action ids in one block."""
    known: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in known:
            yield f"`block_id` {block_id} already exists for another block", f"/blocks/{index}/block_id"
        known.update([block_id] if block_id else [])
        seen: set[str] = set()
        for place, element in enumerate(cast("list[Json]", block.get("elements", []))):
            action_id = element.get("action_id")
            if action_id in seen:
                pointer = f"/blocks/{index}/elements/{place}/action_id"
                yield f"`action_id` {action_id} already exists for another element", pointer
            seen.update([action_id] if action_id else [])


def _texts(value: object) -> Iterator[str]:
    """Yield everything that is read as text in a message."""
    match value:
        case dict():
            for key, inner in cast("Json", value).items():
                if key == "text" and isinstance(inner, str):
                    yield inner
                else:
                    yield from _texts(inner)
        case list():
            for inner in cast("list[object]", value):
                yield from _texts(inner)
        case _:
            return
