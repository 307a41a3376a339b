"""Reads Slack's markup into nodes. https://docs.slack.dev/messaging/formatting-message-text ."""

import re
from collections.abc import Callable, Iterator, Mapping

from bot.sandbox.page import nodes
from bot.sandbox.page.nodes import NameOf, Node

_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<bold>[^\s*][^*\n]*(?<!\s))\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_][^_\n]*(?<!\s))_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^\s~][^~\n]*(?<!\s))~(?![\w~])"
    r"|:(?P<emoji>[a-z0-9_+\-]{1,60}(?:::skin-tone-[2-6])?):"
)
_QUOTE = re.compile(r"^(?:&gt;|>) ?")
_DATE_PARTS = 3


def read_mrkdwn(source: str, name_of: NameOf) -> tuple[Node, ...]:
    """Return a text as nodes; entities are undone at the leaves."""
    found: list[Node] = []
    for index, part in enumerate(_FENCE.split(source)):
        if index % 2:
            found.append(Node(kind="pre", text=_plain(part)))
        elif part:
            found.extend(_read_lines(part, name_of))
    return tuple(found)


def _read_lines(source: str, name_of: NameOf) -> Iterator[Node]:
    """Yield lines with breaks between them; lines that quote are put together."""
    quoted: list[str] = []
    is_first = True
    for line in source.split("\n"):
        if _QUOTE.match(line):
            quoted.append(_QUOTE.sub("", line))
            continue
        if quoted:
            yield _quote(quoted, name_of)
            quoted, is_first = [], True
        if not is_first:
            yield Node(kind="break")
        yield from _read_inline(line, name_of)
        is_first = False
    if quoted:
        yield _quote(quoted, name_of)


def _quote(lines: list[str], name_of: NameOf) -> Node:
    return Node(kind="quote", children=tuple(_read_lines("\n".join(lines), name_of)))


def _read_inline(source: str, name_of: NameOf) -> Iterator[Node]:
    end = 0
    for match in _INLINE.finditer(source):
        if match.start() > end:
            yield nodes.text(_plain(source[end : match.start()]))
        yield _read_match(match, name_of)
        end = match.end()
    if end < len(source):
        yield nodes.text(_plain(source[end:]))


def _read_match(match: re.Match[str], name_of: NameOf) -> Node:
    kind, inner = match.lastgroup or "", match.group(match.lastgroup or 0)
    if kind == "code":
        return Node(kind="code", text=_plain(inner))
    if kind == "angle":
        return _read_angle(inner, name_of)
    if kind == "emoji":
        return nodes.emoji(inner)
    return Node(kind=kind, children=tuple(_read_inline(inner, name_of)))


def _read_angle(inner: str, name_of: NameOf) -> Node:
    """Read what stands between angle brackets: a person, a channel, everybody, a time, or a link."""
    target, _, label = inner.partition("|")
    reader = _ANGLES.get(target[:1])
    return reader(target, _plain(label), name_of) if reader else nodes.link(_plain(target), _plain(label))


def _read_user(target: str, _label: str, name_of: NameOf) -> Node:
    return Node(kind="mention", text=f"@{name_of(target[1:])}")


def _read_channel(target: str, label: str, name_of: NameOf) -> Node:
    return Node(kind="mention", text=f"#{label or name_of(target[1:])}")


def _read_special(target: str, label: str, _name_of: NameOf) -> Node:
    word, *parts = target[1:].split("^", _DATE_PARTS)
    if word == "date" and len(parts) >= _DATE_PARTS - 1 and parts[0].isdecimal():
        return nodes.date(int(parts[0]), parts[1], label)
    if word.startswith("subteam"):
        return Node(kind="mention", text=label or f"@{'^'.join(parts)}")
    return Node(kind="mention", text=f"@{label or word}")


_ANGLES: Mapping[str, Callable[[str, str, NameOf], Node]] = {
    "@": _read_user,
    "#": _read_channel,
    "!": _read_special,
}


def _plain(source: str) -> str:
    return source.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
