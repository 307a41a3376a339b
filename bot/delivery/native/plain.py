"""What people wrote, as it is shown elsewhere: visible, on one line, and without calling anybody."""

import unicodedata

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]#|~!"} | {"<": "&lt;", ">": "&gt;"})
_CUT = "…"


def one_line(text: str, most: int) -> str:
    """Return *text* in at most *most* characters, without line breaks and what nobody can see."""
    seen = "".join(" " if one.isspace() else one for one in text if one.isspace() or _is_seen(one))
    return cut(" ".join(seen.split()), most)


def cut(text: str, most: int) -> str:
    """Return *text*, ended with a mark where it is longer than *most* characters."""
    return text if len(text) <= most else text[: most - len(_CUT)] + _CUT


def in_markdown(text: str, most: int) -> str:
    """Return *text* for a Markdown page: what it says, and neither a link, nor an image, nor a call to anybody."""
    return one_line(text, most).translate(_MARKS).replace("@", "@\N{WORD JOINER}")


def _is_seen(letter: str) -> bool:
    return not unicodedata.category(letter).startswith("C")
