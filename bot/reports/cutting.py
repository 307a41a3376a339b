"""Texts of any length made short, with a mark where something is missing."""


def first_line(text: str) -> str:
    """Return the first line with something in it, without the space around it."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


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
