"""Texts of any length made short and fit to be shown, with a mark where something is missing."""

import re

_COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""What colours a terminal (ECMA-48, 5.4): Playwright and Vitest leave it in what they report."""

_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""Control characters but tab and newline, and halves of a surrogate pair: no database and no card takes them all."""


def first_line(text: str) -> str:
    """Return the first line with something in it, without the space around it."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def said_by_pytest(text: str) -> str:
    """Return the first line that pytest marks as what went wrong, without its mark; empty when there is none."""
    found = next((line for line in text.splitlines() if line.startswith("E ")), "")
    return found.removeprefix("E").strip()


def cut(text: str, limit: int) -> str:
    """Return at most *limit* characters, with a mark at the end when some were left out."""
    mark = "… (cut)"
    return text if len(text) <= limit else text[: limit - len(mark)] + mark


def cut_middle(text: str, limit: int) -> str:
    """Return at most *limit* characters: the start, where Java says what failed, and the end, where Python does."""
    if len(text) <= limit:
        return text
    mark = f"\n… ({len(text) - limit} characters and more left out) …\n"
    rest = limit - len(mark)
    return text[: rest // 2] + mark + text[len(text) - (rest - rest // 2) :]


def fit(text: str) -> str:
    """Return *text* without a terminal's colours; what is no character that can be kept becomes U+FFFD."""
    if text.isprintable():
        return text
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", _COLOURS.sub("", text.replace("\r\n", "\n")))
