"""Plain JSON values: where something is in them, and what in them nobody could store or sign."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import orjson
from pydantic import BaseModel

from handlers.problems import Fault

MAX_DOCUMENT_BYTES = 64 * 1024
MAX_DEPTH = 20
SHOWN = 20
"""How many faults an answer lists."""
SAFE_INTEGER = 2**53 - 1
"""RFC 8785, section 3.2.2.3: beyond it two numbers become one."""

_SHOULD = re.compile(r"^[A-Z][a-z]+ should ")
_SCALARS = frozenset({str, bool, int, float})

Place = tuple["Place", str | int] | None
"""Where something is, as a chain towards the root: a walk makes millions of these, and spells out only a few."""


def pointer(path: Iterable[str | int]) -> str:
    """Return the JSON pointer (RFC 6901) of *path*."""
    return "".join(f"/{_escaped(str(step))}" for step in path)


def in_our_words(said: str) -> str:
    """Return a sentence of the library's without its prefixes: it follows a pointer, like all of ours."""
    return _SHOULD.sub("must ", said.removeprefix("Value error, "))


def count_names(value: object) -> int:
    """Return how many names were written in the objects that *value*, a model, list or dict, was read from."""
    kind, count = type(value), 0
    if kind is dict:
        values = cast("dict[str, object]", value).values()
        count = len(values)
    elif kind is tuple or kind is list:
        values = cast("Iterable[object]", value)
    else:
        model = cast("BaseModel", value)
        values = model.__dict__.values()
        count = len(model.model_fields_set)
    for item in values:
        if item and type(item) not in _SCALARS:
            count += count_names(item)
    return count


def text_faults(value: object) -> Sequence[Fault]:
    """Return where *value* holds NUL or half a surrogate pair, in a text or in a name."""
    found: dict[str, str] = {}
    for place, _, leaf in walk(value):
        name = place[1] if place else None
        for text in (name, leaf):
            if isinstance(text, str) and (why := _vile(text)):
                found[pointer(path_of(place))] = why
        if len(found) >= SHOWN:
            break
    return [Fault(pointer=place, detail=why) for place, why in found.items()]


def document_faults(document: object, place: str, known_size: int) -> Sequence[Fault]:
    """Return what is wrong with a free-form object. *known_size* bytes is what it can have at most."""
    if known_size > MAX_DOCUMENT_BYTES and _is_too_large(document):
        return [Fault(pointer=place, detail=f"is larger than {MAX_DOCUMENT_BYTES} bytes")]
    faults: list[Fault] = []
    for at, depth, item in walk(document):
        if why := _unsafe(depth, item):
            faults.append(Fault(pointer=place + pointer(path_of(at)), detail=why))
            if depth > MAX_DEPTH or len(faults) >= SHOWN:
                break
    return faults


def walk(value: object) -> Iterator[tuple[Place, int, object]]:
    """Yield every value inside *value*, itself first, with its place and depth; not recursive, so depth can't hurt."""
    waiting: list[tuple[Place, int, object]] = [(None, 0, value)]
    while waiting:
        at, depth, item = here = waiting.pop()
        yield here
        if isinstance(item, dict):
            waiting.extend(((at, key), depth + 1, child) for key, child in cast("dict[str, object]", item).items())
        elif isinstance(item, list):
            waiting.extend(((at, index), depth + 1, child) for index, child in enumerate(cast("list[object]", item)))


def path_of(place: Place) -> Sequence[str | int]:
    """Spell out where something is."""
    steps: list[str | int] = []
    while place is not None:
        place, step = place
        steps.append(step)
    return steps[::-1]


def _is_too_large(document: object) -> bool:
    try:
        return len(orjson.dumps(document)) > MAX_DOCUMENT_BYTES
    except orjson.JSONEncodeError:  # too deep, or a huge integer: the walk says where
        return False


def _vile(text: str) -> str | None:
    if "\x00" in text:
        return "holds the character NUL (U+0000)"
    if any("\ud800" <= character <= "\udfff" for character in text):
        return "holds half a surrogate pair, which is no character"
    return None


def _unsafe(depth: int, item: object) -> str | None:
    if depth > MAX_DEPTH:
        return f"is nested deeper than {MAX_DEPTH} levels"
    if isinstance(item, float) and not math.isfinite(item):
        return "is not a finite number"
    if type(item) is int and not -SAFE_INTEGER <= item <= SAFE_INTEGER:
        return "is an integer past 2^53; write it as a string"
    return None


def _escaped(step: str) -> str:
    """Escape for a pointer; half a surrogate pair could not be sent back, so it is shown as its escape."""
    return step.encode("utf-8", "backslashreplace").decode().replace("~", "~0").replace("/", "~1")
