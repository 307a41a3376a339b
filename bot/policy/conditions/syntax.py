"""A checked condition as a tree: the engine's own serialised form, ``cel.expr.CheckedExpr``, by its field numbers.

https://github.com/google/cel-spec/tree/master/proto/cel/expr (syntax.proto, checked.proto). What is not needed to judge
what a condition may cost is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_SCALARS = frozenset({1, 2, 3, 4})
"""The primitive types (bool, int64, uint64, double) whose values have one size."""

_TEXT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One expression. ``at`` counts characters from the condition's start; ``kind`` is how it is written."""

    kind: str
    at: int
    is_scalar: bool
    is_text: bool
    name: str = ""
    """The function, the variable, or the text of a constant."""
    parts: tuple[Node, ...] = ()
    """A call's target and arguments; of a loop: range, start, condition, step, result."""
    loop: tuple[str, str] = ("", "")
    """The names of a loop's element and of what it gathers."""


def read_tree(serialized: bytes) -> Node:
    """Return the tree of an expression as the engine serialises it."""
    checked = _Fields(_Fields(serialized).message(2))
    types, names = dict(_entries(checked, 3)), dict(_entries(checked, 2))
    positions = {number: _Fields(entry).number(2) for number, entry in _raw_entries(_Fields(checked.message(5)), 4)}
    return _Reader(types, names, positions).node(checked.message(4))


class _Fields:
    """The fields of one message in the wire format: varints and length-delimited ones; others are stepped over."""

    def __init__(self, data: bytes) -> None:
        self._found: dict[int, list[int | bytes]] = {}
        at = 0
        while at < len(data):
            key, at = _varint(data, at)
            value, at = _value(data, at, key & 7)
            self._found.setdefault(key >> 3, []).append(value)

    def has(self, field: int) -> bool:
        return field in self._found

    def message(self, field: int) -> bytes:
        return next((value for value in self.messages(field)), b"")

    def messages(self, field: int) -> Iterator[bytes]:
        return (value for value in self._found.get(field, ()) if isinstance(value, bytes))

    def number(self, field: int) -> int:
        return next((value for value in self._found.get(field, ()) if isinstance(value, int)), 0)

    def text(self, field: int) -> str:
        return self.message(field).decode()


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
            return value, at


def _value(data: bytes, at: int, wire_type: int) -> tuple[int | bytes, int]:
    match wire_type:
        case 0:
            return _varint(data, at)
        case 1:
            return b"", at + 8
        case 2:
            size, at = _varint(data, at)
            return data[at : at + size], at + size
        case 5:
            return b"", at + 4
        case _:
            raise ValueError(f"wire type {wire_type} has no place in a checked expression")


def _raw_entries(message: _Fields, field: int) -> Iterator[tuple[int, bytes]]:
    """Yield the entries of a map from a number, as they are."""
    for entry in message.messages(field):
        yield _Fields(entry).number(1), entry


def _entries(message: _Fields, field: int) -> Iterator[tuple[int, _Fields]]:
    """Yield the entries of a map from a number to a message."""
    for number, entry in _raw_entries(message, field):
        yield number, _Fields(_Fields(entry).message(2))


class _Reader:
    """One walk over an expression, with what the checker found out about its parts."""

    def __init__(
        self, types: Mapping[int, _Fields], names: Mapping[int, _Fields], positions: Mapping[int, int]
    ) -> None:
        self._types = types
        self._names = names
        self._positions = positions

    def node(self, data: bytes) -> Node:
        """Return an expression and everything in it."""
        fields = _Fields(data)
        number = fields.number(2)
        variable = self._names[number].text(1) if number in self._names else ""
        if variable and not fields.has(6):
            return self._made(number, "variable", variable)
        if fields.has(3):
            return self._made(number, "constant", _Fields(fields.message(3)).text(6))
        if fields.has(4):
            return self._made(number, "variable", _Fields(fields.message(4)).text(1))
        return self._composed(number, fields)

    def _composed(self, number: int, fields: _Fields) -> Node:
        if fields.has(5):
            return self._made(number, "field", "", _Fields(fields.message(5)).message(1))
        if fields.has(6):
            call = _Fields(fields.message(6))
            return self._made(number, "call", call.text(2), *call.messages(1), *call.messages(3))
        if fields.has(9):
            loop = _Fields(fields.message(9))
            made = self._made(number, "loop", "", *(loop.message(field) for field in (2, 4, 5, 6, 7)))
            return Node(
                kind="loop",
                at=made.at,
                is_scalar=made.is_scalar,
                is_text=False,
                parts=made.parts,
                loop=(loop.text(1), loop.text(3)),
            )
        members = [*_Fields(fields.message(7)).messages(1)]
        for entry in map(_Fields, _Fields(fields.message(8)).messages(2)):
            members += [entry.message(field) for field in (3, 4) if entry.has(field)]
        return self._made(number, "members", "", *members)

    def _made(self, number: int, kind: str, name: str, *parts: bytes) -> Node:
        found = self._types.get(number)
        primitive = found.number(3) if found is not None else 0
        return Node(
            kind=kind,
            at=self._positions.get(number, 0),
            is_scalar=primitive in _SCALARS or (found is not None and (found.has(2) or found.has(5))),
            is_text=primitive == _TEXT,
            name=name,
            parts=tuple(self.node(part) for part in parts),
        )
