"""YAML text in, a tree of typed nodes out: the one module that knows ruamel.yaml, which has no types of its own."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (the three above: ruamel's nodes, marks and errors are unannotated; nothing of them leaves this module)

from __future__ import annotations

import re
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from bot.policy.reading.errors import Position

MAX_DEPTH = 24
MAX_NODES = 20_000
"""Values in a file, aliases counted each time they are used: an anchor bomb grows in use, not in the file."""

_TAG = "tag:yaml.org,2002:"
_COMMENT_IN_FLOW = re.compile(r"[:,\[]\s+(#[\w-])")
_START = Position(line=1, column=1)


class Unreadable(Exception):
    """The text is no YAML that we read; nothing more can be said about it."""

    def __init__(self, sentence: str, position: Position) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.position = position


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One value. ``start`` and ``end`` are its place in the text; ``style`` is its quote, ``|``, ``>`` or None."""

    position: Position
    tag: str
    text: str
    style: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A list."""

    position: Position
    tag: str
    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Keys and values in the file's order, a key twice when it stands there twice."""

    position: Position
    tag: str
    entries: tuple[tuple[Tree, Tree], ...]


Tree = Scalar | Sequence | Mapping


def compose(text: str) -> Tree | None:
    """Return the one document in *text* as a tree; None when it holds nothing.

    Raises Unreadable for text that is not YAML, is nested too deeply or holds too much.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _BoundedComposer
    try:
        root = yaml.compose(text)
    except ReaderError as error:
        sentence = f"holds the character U+{ord(text[error.position]):04X}, which YAML does not allow"
        raise Unreadable(sentence, position_of(text, error.position)) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        position = Position(line=mark.line + 1, column=mark.column + 1) if mark else _START
        swallowed = _COMMENT_IN_FLOW.search(text, error.context_mark.index, mark.index) if error.context_mark else None
        if swallowed is not None:
            sentence = 'is not valid YAML: an unquoted # starts a comment, which ends nowhere here; write "#channel"'
            raise Unreadable(sentence, position_of(text, swallowed.start(1))) from error
        raise Unreadable(f"is not valid YAML: {_plainly(error.problem or error.context)}", position) from error
    except (YAMLError, ValueError, RecursionError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise Unreadable(f"is not valid YAML: {first}", _START) from error
    return None if root is None else _Copy().tree(root, 0)


def _plainly(problem: str | None) -> str:
    return (problem or "it can't be read").replace("'<stream end>'", "the end of the file")


def position_of(text: str, index: int) -> Position:
    """Return the line and column of the character at *index*."""
    lines = re.split(r"\r\n|\r|\n", text[:index])
    return Position(line=len(lines), column=len(lines[-1]) + 1)


class _BoundedComposer(Composer):
    """Ruamel's composer, stopped before deep nesting costs it seconds (5000 brackets: 14 s)."""

    depth = 0

    def compose_node(self, parent: Node | None, index: object) -> Node:
        if self.depth >= MAX_DEPTH:
            mark = self.parser.peek_event().start_mark
            position = Position(line=mark.line + 1, column=mark.column + 1)
            raise Unreadable(f"is nested too deeply: at most {MAX_DEPTH} levels", position)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


class _Copy:
    """One walk over ruamel's nodes, with a limit to what aliases may unfold."""

    def __init__(self) -> None:
        self._left = MAX_NODES

    def tree(self, node: Node, depth: int) -> Tree:
        position = Position(line=node.start_mark.line + 1, column=node.start_mark.column + 1)
        self._left -= 1
        if self._left < 0:
            raise Unreadable(f"holds more than {MAX_NODES} values (aliases count each time)", position)
        if depth > MAX_DEPTH:
            raise Unreadable("holds an alias that contains itself", position)
        tag = str(node.tag).removeprefix(_TAG)
        if isinstance(node, ScalarNode):
            start, end = node.start_mark.index, node.end_mark.index
            return Scalar(position=position, tag=tag, text=node.value, style=node.style, start=start, end=end)
        if isinstance(node, MappingNode):
            pairs = ((self.tree(key, depth + 1), self.tree(value, depth + 1)) for key, value in node.value)
            return Mapping(position=position, tag=tag, entries=tuple(pairs))
        items = tuple(self.tree(item, depth + 1) for item in node.value)
        return Sequence(position=position, tag=tag, items=items)
