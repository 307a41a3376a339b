"""Words for sentences: what was written, and what was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

_SHOWN = 40


def did_you_mean(wrong: object, known: Iterable[str]) -> str:
    """Return ``; did you mean "…"?`` for the nearest of *known*, or nothing when none is near."""
    if not isinstance(wrong, str):
        return ""
    by_folded = {name.casefold(): name for name in known}
    near = get_close_matches(wrong.casefold()[:100], by_folded, n=1, cutoff=0.6)
    return f'; did you mean "{by_folded[near[0]]}"?' if near else ""


def shown(value: object) -> str:
    """Return *value* as it may stand in a sentence: short, and never a whole structure."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)[:_SHOWN]
        case str():
            return f'"{value}"' if len(value) <= _SHOWN else f'"{value[:_SHOWN]}…"'
        case list():
            return "a list"
        case _:
            return "a mapping"
