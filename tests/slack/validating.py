"""Four judges of what we draw: slack_sdk's models, Slack's published types, the local workspace, our own sum of text.

The published types judge where they were fetched (`make published`), as in CI they always are.
"""

import json
from collections.abc import Iterator
from typing import Any, cast

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.sandbox.blocks import check_blocks, check_home, check_view
from bot.slack.cards.card import Card
from bot.slack.words.escape import length
from tests.published import schemas

WHOLE_TEXT = 10_000
FALLBACK = 3_900
VIEW_BYTES = 250_000


def require_legal_card(card: Card) -> None:
    """Fail when Slack would not take the message."""
    assert card.text.strip()
    assert length(card.text) <= FALLBACK
    check_blocks(card.blocks)
    parsed = cast("list[Block]", cast("Any", Block).parse_all(card.blocks))
    assert len(parsed) == len(card.blocks) <= 50
    for block in parsed:
        block.validate_json()
    _require_published("MessageBlocks", card.blocks)
    assert sum(length(text) for text in texts(card.blocks)) <= WHOLE_TEXT


def require_legal_view(view: dict[str, object]) -> None:
    """Fail when Slack would not take the dialog."""
    size = len(_as_sent(view))
    check_view(view, size)
    assert size <= VIEW_BYTES
    View(**cast("Any", view)).validate_json()
    _require_published("AnyView", view)


def _require_published(name: str, document: object) -> None:
    if schemas.are_there():
        schemas.require_legal(name, document)


def require_legal_home(view: dict[str, object]) -> None:
    """Fail when Slack would not take the Home tab."""
    size = len(_as_sent(view))
    check_home(view, size)
    assert size <= VIEW_BYTES
    View(**cast("Any", view)).validate_json()


def texts(value: object) -> Iterator[str]:
    """Everything that is read as text, links and fallbacks included."""
    match value:
        case dict():
            for key, inner in cast("dict[str, object]", value).items():
                if key in {"text", "url", "fallback"} and isinstance(inner, str):
                    yield inner
                else:
                    yield from texts(inner)
        case list():
            for inner in cast("list[object]", value):
                yield from texts(inner)
        case _:
            return


def read_aloud(blocks: list[dict[str, object]]) -> str:
    """What somebody sees, line by line; mentions, times and links look as Slack shows them."""
    return "\n".join(_block(cast("dict[str, Any]", block)) for block in blocks)


def _block(block: dict[str, Any]) -> str:
    match block["type"]:
        case "header":
            return f"# {block['text']['text']}\n"
        case "actions":
            return " ".join(_pressed(element) for element in block["elements"])
        case "input":
            return f"{block['label']['text']} ______ ({block['hint']['text']})"
        case _:
            return "\n".join(_element(element) for element in block["elements"]) + "\n"


def _pressed(element: dict[str, Any]) -> str:
    if element["type"] == "overflow":
        return f"[⋯ {' | '.join(option['text']['text'] for option in element['options'])}]"
    return f"[{element['text']['text']}]"


def _element(element: dict[str, Any]) -> str:
    if element["type"] == "rich_text_list":
        return "\n".join("  • " + _runs(item).replace("\n", "\n    ") for item in element["elements"])
    mark = {"rich_text_quote": "| ", "rich_text_preformatted": "` "}.get(element["type"], "")
    return mark + _runs(element).replace("\n", f"\n{mark}")


def _runs(element: dict[str, Any]) -> str:
    return "".join(_run(run) for run in element["elements"])


def _run(run: dict[str, Any]) -> str:
    match run["type"]:
        case "user":
            return f"@{run['user_id']}"
        case "usergroup":
            return f"@{run['usergroup_id']}"
        case "date":
            return f"{{{run['fallback']}}}"
        case "link":
            return f"<{run['url']}|{run['text']}>"
        case _:
            style = run.get("style", {})
            mark = "**" if style.get("bold") else "`" if style.get("code") else ""
            return f"{mark}{run['text']}{mark}"


def _as_sent(view: dict[str, object]) -> bytes:
    return json.dumps(view).encode()


def elements_of(blocks: list[dict[str, object]], kind: str) -> list[dict[str, Any]]:
    """The elements of every block of one kind."""
    found = [cast("dict[str, Any]", block) for block in blocks if block["type"] == kind]
    return [element for block in found for element in block["elements"]]
