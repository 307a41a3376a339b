"""Text as a tree of values; templates draw it, so nothing that people or apps wrote becomes HTML itself."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.page.emoji import EMOJI

SAFE_LINKS = ("https://", "http://", "mailto:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """``kind`` names the element; ``text`` is for leaves, ``children`` for the rest, ``link`` for links and times."""

    kind: str
    text: str = ""
    children: tuple["Node", ...] = ()
    link: str = ""


NameOf = Callable[[str], str]
"""Gives the name people know for a user or channel id."""


def text(value: str) -> Node:
    """Return plain words."""
    return Node(kind="text", text=value)


def link(address: str, label: str) -> Node:
    """Return a link, or only its words when its address is not one to follow."""
    if not address.startswith(SAFE_LINKS):
        return text(label or address)
    return Node(kind="link", text=label or address, link=address)


def emoji(name: str) -> Node:
    """Return an emoji, or its name between colons when it is not one of ours."""
    plain = name.partition("::")[0]
    return Node(kind="emoji", text=EMOJI.get(plain, f":{name}:"), link=name)


def date(timestamp: int, form: str, fallback: str) -> Node:
    """Return a time that the reader's browser shows in the reader's zone."""
    return Node(kind="date", text=fallback or form, link=f"{timestamp}|{form}")
