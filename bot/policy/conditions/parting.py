"""Where a condition falls into parts: at ``&&`` or ``||``, outside of all brackets and texts."""

from collections.abc import Callable, Iterator

from bot.policy.conditions.syntax import Node

AND, OR = "_&&_", "_||_"

Compile = Callable[[str], Node | None]
"""Returns the tree of a text; None when the text is no condition by itself."""


def parts_of(text: str, tree: Node, compiled: Compile) -> tuple[str, ...]:
    """Return the parts that are joined by the operator on top; the whole text when there is none.

    The tree says where an operator stands, and not whether brackets stand around it: what was cut out of brackets is
    no condition, and is left whole.
    """
    return tuple(_parts(text, tree, tree.name, compiled)) if tree.name in {AND, OR} else (text,)


def _parts(text: str, tree: Node, operator: str, compiled: Compile) -> Iterator[str]:
    if tree.name == operator:
        left, right = text[: tree.at], text[tree.at + 2 :]
        before, after = compiled(left), compiled(right)
        if before is not None and after is not None:
            yield from _parts(left, before, operator, compiled)
            yield from _parts(right, after, operator, compiled)
            return
    yield " ".join(text.split())
