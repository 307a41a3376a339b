"""JSON in, plain values out: the one module that knows ijson, set up so that no document blows up or holds the house.

It is read in pieces, so that the interpreter's lock is never held for long: one call that reads 10 MiB stops everybody
else for up to two seconds. Of what is read only the names that some reader looks at are kept.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false
# (the two lines above: ijson is unannotated; what leaves this module is plain JSON)

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import ijson
from ijson.backends import yajl2_c

from bot.reports.refusal import Damaged

MAX_VALUES = 2_500_000
"""Values, names and brackets in a document: what bounds the time (200 000 cases of 10 MiB have at most 2 million)."""

MAX_CONTAINERS = 400_000
"""Objects and lists that are kept: what bounds memory."""

MAX_DEPTH = 256
MAX_TOKEN = 4 * 1024 * 1024
"""Bytes of one text or number: a token is looked at from its beginning in every piece that it reaches into."""

MAX_DIGITS = 4_000
"""Python itself reads 4300 (``sys.set_int_max_str_digits``); past that ijson fails with a SystemError."""

_LONG_NUMBER = re.compile(rb"(?<![0-9])[0-9]{%d}" % (MAX_DIGITS + 1))
_PIECE = 64 * 1024
_OPENS = frozenset({"start_map", "start_array"})
_CLOSES = frozenset({"end_map", "end_array"})

Open = dict[str, object] | list[object]


def read_document(content: bytes, kept: AbstractSet[str]) -> object:
    """Return the JSON value in *content*, of every object only the names in *kept*. Raises Damaged.

    A name that is written twice is refused, because which one counts is anybody's guess; so is NaN, which is no JSON.
    """
    builder = _Builder(kept)
    try:
        for events in _pieces(content):
            for event, value in events:
                builder.take(event, value)
    except ijson.JSONError as error:
        raise Damaged(f"is cut off, or not JSON: {_reason(error)}") from error
    except UnicodeDecodeError as error:  # half a surrogate pair, written as if it were a character
        raise Damaged(f"is not UTF-8: {error.reason}") from error
    return builder.whole


def _pieces(content: bytes) -> Iterator[list[tuple[str, object]]]:
    """Yield what is found in each piece of *content*; in between, others have their turn."""
    found = ijson.sendable_list()
    parser = yajl2_c.basic_parse_coro(found)
    values, silent = 0, 0
    for start in range(0, len(content), _PIECE):
        if _LONG_NUMBER.search(content, start, start + _PIECE + MAX_DIGITS):
            raise Damaged(f"holds a number with more than {MAX_DIGITS} digits")
        parser.send(content[start : start + _PIECE])
        values, silent = values + len(found), 0 if found else silent + _PIECE
        if values > MAX_VALUES:
            raise Damaged("holds too many values; send it in several reports")
        if silent > MAX_TOKEN:
            raise Damaged(f"holds a text or a number longer than {MAX_TOKEN // (1024 * 1024)} MiB")
        yield found
        del found[:]
    parser.close()
    yield found


@dataclass(slots=True)
class _Builder:
    """The containers that are open, outermost first, and the name that the next value of each gets."""

    kept: AbstractSet[str]
    whole: object = None
    _open: list[Open] = field(default_factory=list[Open])
    _names: list[str] = field(default_factory=list[str])
    _passing: int = 0
    _containers: int = 0

    def take(self, event: str, value: object) -> None:
        """Put one thing where it belongs, unless it is inside something that nobody looks at."""
        if self._passing:
            self._pass_over(event)
        elif event == "map_key":
            self._name(str(value))
        elif event == "start_map":
            self._begin({})
        elif event == "start_array":
            self._begin([])
        elif event in _CLOSES:
            self._open.pop()
            self._names.pop()
        else:
            self._put(value)

    def _pass_over(self, event: str) -> None:
        """Follow something that is not kept, to its end. The name that began it counts as one level."""
        if event in _OPENS:
            self._passing += 1
            self._descend()
        elif event in _CLOSES:
            self._passing -= 1
        if self._passing == 1 and event != "map_key":
            self._passing = 0

    def _name(self, name: str) -> None:
        current = self._open[-1]
        if name not in self.kept:
            self._passing = 1
        elif name in current:
            raise Damaged(f'writes the name "{name}" twice in one object')
        else:
            self._names[-1] = name

    def _begin(self, container: Open) -> None:
        self._containers += 1
        self._descend()
        if self._containers > MAX_CONTAINERS:
            raise Damaged("holds too many objects and lists; send it in several reports")
        self._put(container)
        self._open.append(container)
        self._names.append("")

    def _descend(self) -> None:
        if len(self._open) + self._passing > MAX_DEPTH:
            raise Damaged(f"is nested deeper than {MAX_DEPTH} levels")

    def _put(self, value: object) -> None:
        if not self._open:
            self.whole = value
            return
        match self._open[-1]:
            case dict() as current:
                current[self._names[-1]] = value
            case list() as current:
                current.append(value)


def _reason(error: ijson.JSONError) -> str:
    """Return what the parser says, without the excerpt of the document that it draws below."""
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join((text.splitlines() or [""])[0].split())[:200]
