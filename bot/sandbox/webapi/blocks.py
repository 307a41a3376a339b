"""blocks.validate: says what is wrong with blocks, a message or a view, and shows it to nobody."""

import json
import re
from collections.abc import Callable
from typing import Any, cast

from bot.sandbox.blocks import check_blocks, check_home, check_view
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.state import State
from bot.sandbox.webapi.arguments import Arguments

Json = dict[str, Any]

_PROBLEM = re.compile(r"(?:\[ERROR\] )?(?P<message>.*) \[json-pointer:(?P<pointer>[^\]]*)\]")


def validate(_state: State, given: Arguments) -> Json:
    """Check one of the three; raise SlackRefusal invalid_blocks, invalid_message or invalid_view with every problem.

    https://docs.slack.dev/reference/methods/blocks.validate
    """
    wanted = [name for name in _CHECKS if given.values.get(name) is not None]
    if len(wanted) != 1:
        raise SlackRefusal("invalid_arguments", ["[ERROR] provide exactly one of blocks, message or view"])
    (name,) = wanted
    check, root = _CHECKS[name]
    try:
        check(given.document(name, "invalid_arguments"))
    except SlackRefusal as refusal:
        raise SlackRefusal(f"invalid_{name}", details=_draw(refusal, root)) from None
    return {}


def _check_message(message: object) -> None:
    if not isinstance(message, dict) or "blocks" not in message:
        raise SlackRefusal("invalid_message", ["[ERROR] missing required field: blocks [json-pointer:]"])
    check_blocks(cast("Json", message)["blocks"])


def _check_view(view: object) -> None:
    size = len(json.dumps(view).encode())
    kind = cast("Json", view).get("type") if isinstance(view, dict) else None
    check = check_home if kind == "home" else check_view
    check(cast("object", view), size)


_CHECKS: dict[str, tuple[Callable[[object], object], str]] = {
    "blocks": (check_blocks, "/blocks"),
    "message": (_check_message, ""),
    "view": (_check_view, "/view"),
}
"""How each is checked, and what its pointers begin with: here they begin below that."""


def _draw(refusal: SlackRefusal, root: str) -> list[Json]:
    problems = [_PROBLEM.fullmatch(message) for message in refusal.messages]
    drawn = [
        {"pointer": found["pointer"].removeprefix(root), "code": "failed_constraint", "message": found["message"]}
        for found in problems
        if found
    ]
    return drawn or [{"pointer": "", "code": "failed_constraint", "message": refusal.code}]
