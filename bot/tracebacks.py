"""Tracebacks for the log: where it happened, always; what was said, only where that cannot quote a sender."""

import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import cast

_FRAMES = 20
_SAFE = (OSError, RuntimeError, TypeError, AttributeError, NameError, ImportError, AssertionError)
_OURS = ("bot.", "handlers.")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def draw_traceback(exc_info: ExcInfo) -> str:
    """Return the frames of an exception and of what led to it.

    Parsers, drivers and clients quote what they were given (headers, bodies, SQL parameters) in their messages, so a
    message is kept only of the plain built-in errors and of our own, whose sentences we wrote.
    """
    return "".join(_lines(exc_info[1], set())).rstrip()


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _lines(before, seen)
        yield "\nwhich led to:\n\n"
    yield from traceback.format_list(traceback.extract_tb(error.__traceback__)[-_FRAMES:])
    yield f"{_name(error)}{_message(error)}\n"
    if isinstance(error, BaseExceptionGroup):
        for inner in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from _lines(inner, seen)


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _message(error: BaseException) -> str:
    kind = type(error)
    is_plain = kind.__module__ == "builtins" and isinstance(error, _SAFE)
    if is_plain or kind.__module__.startswith(_OURS):
        return f": {error}"
    return ""
