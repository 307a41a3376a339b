"""Reads rich_text blocks into nodes."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.page import nodes
from bot.sandbox.page.nodes import NameOf, Node

Json = dict[str, Any]

_STYLES = ("code", "bold", "italic", "strike", "underline")


def read_rich_text(block: Json, name_of: NameOf) -> tuple[Node, ...]:
    """Return the paragraphs, lists, quotes and code of a block."""
    return tuple(_read_element(element, name_of) for element in block["elements"])


def _read_element(element: Json, name_of: NameOf) -> Node:
    match element["type"]:
        case "rich_text_list":
            kind = "ordered" if element["style"] == "ordered" else "bullets"
            items = tuple(
                Node(kind="item", children=_read_runs(item["elements"], name_of)) for item in element["elements"]
            )
            return Node(kind=kind, children=items, link=str(element.get("indent", 0)))
        case "rich_text_preformatted":
            return Node(kind="pre", text="".join(run.get("text") or run["url"] for run in element["elements"]))
        case "rich_text_quote":
            return Node(kind="quote", children=_read_runs(element["elements"], name_of))
        case _:
            return Node(kind="paragraph", children=_read_runs(element["elements"], name_of))


def _read_runs(runs: list[Json], name_of: NameOf) -> tuple[Node, ...]:
    return tuple(_styled(_RUNS[run["type"]](run, name_of), run.get("style", {})) for run in runs)


def _styled(node: Node, style: Mapping[str, bool]) -> Node:
    for name in _STYLES:
        if style.get(name):
            node = Node(kind="code", text=node.text) if name == "code" else Node(kind=name, children=(node,))
    return node


def _read_text(run: Json, _: NameOf) -> Node:
    return nodes.text(run["text"])


def _read_link(run: Json, _: NameOf) -> Node:
    return nodes.link(run["url"], run.get("text", ""))


def _read_user(run: Json, name_of: NameOf) -> Node:
    return Node(kind="mention", text=f"@{name_of(run['user_id'])}")


def _read_group(run: Json, _: NameOf) -> Node:
    return Node(kind="mention", text=f"@{run['usergroup_id']}")


def _read_channel(run: Json, name_of: NameOf) -> Node:
    return Node(kind="mention", text=f"#{name_of(run['channel_id'])}")


def _read_emoji(run: Json, _: NameOf) -> Node:
    return nodes.emoji(run["name"])


def _read_broadcast(run: Json, _: NameOf) -> Node:
    return Node(kind="mention", text=f"@{run['range']}")


def _read_date(run: Json, _: NameOf) -> Node:
    return nodes.date(run["timestamp"], run["format"], run.get("fallback", ""))


_RUNS: Mapping[str, Callable[[Json, NameOf], Node]] = {
    "text": _read_text,
    "link": _read_link,
    "user": _read_user,
    "usergroup": _read_group,
    "channel": _read_channel,
    "emoji": _read_emoji,
    "broadcast": _read_broadcast,
    "date": _read_date,
}
