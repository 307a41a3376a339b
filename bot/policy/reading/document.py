"""A policy file's plain values, with the place in the file of every key and value."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.policy.reading.alignment import source_indexes
from bot.policy.reading.composition import Mapping, Scalar, Sequence, Tree, compose, position_of
from bot.policy.reading.errors import Position

Path = tuple[str | int, ...]
"""Where a value stands: ``("rules", 0, "when")``."""

_KEY_TAGS = frozenset({"str", "int", "bool", "float", "null", "timestamp"})
_TAGS = _KEY_TAGS | {"merge", "map", "seq"}


@dataclass(frozen=True, slots=True)
class Fault:
    """A key or value that YAML allows and we don't."""

    path: Path
    position: Position
    sentence: str


@dataclass(slots=True)
class Document:
    """A file's values, and where they came from."""

    text: str
    data: object = None
    faults: list[Fault] = field(default_factory=list[Fault])
    keys: dict[Path, Position] = field(default_factory=dict[Path, Position])
    nodes: dict[Path, Tree] = field(default_factory=dict[Path, Tree])

    def at(self, path: Path) -> Position:
        """Return where the value at *path* stands, or its key when nothing stands there, or the nearest one around."""
        while path and path not in self.nodes:
            path = path[:-1]
        node = self.nodes.get(path)
        if isinstance(node, Scalar) and node.start == node.end and path in self.keys:
            return self.keys[path]
        return Position(line=1, column=1) if node is None else node.position

    def at_key(self, path: Path) -> Position:
        """Return where the last key of *path* stands."""
        return self.keys.get(path) or self.at(path)

    def within(self, path: Path, line: int, column: int) -> Position:
        """Return where a place inside a text stands; *line* and *column* count from 1 in the text as read."""
        node = self.nodes.get(path)
        if not isinstance(node, Scalar) or line < 1 or column < 1:
            return self.at(path)
        indexes = source_indexes(self.text[node.start : node.end], node.text, node.style)
        wanted = sum(len(each) for each in node.text.splitlines(keepends=True)[: line - 1]) + column - 1
        if not indexes or wanted > len(indexes):
            return self.at(path)
        offset = indexes[wanted] if wanted < len(indexes) else indexes[-1] + 1
        return position_of(self.text, node.start + offset)


def read_document(text: str) -> Document:
    """Return the values of the one YAML document in *text*; duplicate keys and the like are in its ``faults``.

    Raises Unreadable for text that is not YAML, is nested too deeply or holds too much.
    """
    document = Document(text=text)
    root = compose(text)
    if root is not None:
        document.data = _value(root, (), document)
    return document


def _value(node: Tree, path: Path, document: Document) -> object:
    document.nodes[path] = node
    if node.tag not in _TAGS:
        sentence = f"the YAML tag {node.tag} is not read here; write a plain value"
        document.faults.append(Fault(path, node.position, sentence))
    match node:
        case Scalar():
            return _scalar(node)
        case Sequence():
            return [_value(item, (*path, index), document) for index, item in enumerate(node.items)]
        case Mapping():
            return {key: _value(value, (*path, key), document) for key, value in _entries(node, path, document)}


def _entries(node: Mapping, path: Path, document: Document) -> Iterator[tuple[str, Tree]]:
    """Yield the keys that can be used; what YAML would pass over in silence becomes a fault."""
    for key, value in node.entries:
        if not isinstance(key, Scalar) or key.tag not in _KEY_TAGS:
            sentence = "keys are plain text here; lists, mappings, tags and merges (<<) can't be keys"
            document.faults.append(Fault(path, key.position, sentence))
            continue
        at = (*path, key.text)
        if at in document.keys:
            sentence = f"stands here twice; the first is in line {document.keys[at].line}"
            document.faults.append(Fault(at, key.position, sentence))
            continue
        document.keys[at] = key.position
        yield key.text, value


def _scalar(node: Scalar) -> object:
    match node.tag:
        case "null":
            return None
        case "bool":
            return node.text.lower() == "true"
        case "int" | "float":
            return _number(node.text)
        case _:
            return node.text


def _number(text: str) -> int | float | str:
    """Read what YAML calls a number; forms Python doesn't know stay text, and are refused as such."""
    for read in (_whole, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def _whole(text: str) -> int:
    return int(text, 0)
