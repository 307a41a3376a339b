"""Whether one condition holds wherever another does, as far as their texts tell: parts in common, and nothing cleverer.

A condition is taken apart at ``||`` into ways to hold, and each of these at ``&&`` into what it takes; whatever else it
is made of counts as the same only when it is written the same, spaces aside.
"""

import re

from bot.policy.conditions.parting import AND, OR, Compile, parts_of

Ways = frozenset[frozenset[str]]
"""The ways to hold, each with all that it takes. One that takes nothing always holds; none at all never."""

ALWAYS: Ways = frozenset({frozenset()})

_TOKEN = re.compile(r"""\"(?:[^"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\w+|\S""")
_WORD = re.compile(r"\w")


def ways_of(text: str, tree: Compile) -> Ways:
    """Return the ways in which *text*, which compiles, can hold."""
    bare = _bare(text, tree)
    node = tree(bare)
    if node is not None and node.name == OR and len(parts := parts_of(bare, node, tree)) > 1:
        return frozenset(way for part in parts for way in ways_of(part, tree))
    takes = frozenset(_takes(bare, tree)) - {"true"}
    return frozenset() if "false" in takes else frozenset({takes})


def holds_wherever(first: Ways, second: Ways) -> bool:
    """Tell whether *first* holds wherever *second* does; False where the texts alone don't tell."""
    return all(any(way <= other for way in first) for other in second)


def _takes(text: str, tree: Compile) -> set[str]:
    bare = _bare(text, tree)
    node = tree(bare)
    if node is not None and node.name == AND and len(parts := parts_of(bare, node, tree)) > 1:
        return {taken for part in parts for taken in _takes(part, tree)}
    return {_spaceless(bare)}


def _bare(text: str, tree: Compile) -> str:
    """Return *text* without the brackets around the whole of it; what is inside is a condition of its own then."""
    bare = text.strip()
    while bare.startswith("(") and bare.endswith(")") and tree(bare[1:-1]) is not None:
        bare = bare[1:-1].strip()
    return bare


def _spaceless(text: str) -> str:
    """Return *text* with a space only where two words would run together; texts in quotes are left as they are."""
    written = ""
    for token in _TOKEN.findall(text):
        apart = written and _WORD.match(written[-1]) and _WORD.match(token)
        written += f" {token}" if apart else token
    return written
