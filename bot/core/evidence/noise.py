"""What differs from run to run in what a failure says: numbers, addresses, moments, places, data.

Every pattern begins with what it is known by and has no repetition inside a repetition, so a text is read once.
"""

import re

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")

_SHORT = 40
"""A quoted text of more characters is data, not a name."""

_QUOTED = re.compile(r"\"[^\"\n]*\"|`[^`\n]*`|(?<!\w)'[^'\n]*'(?!\w)")

_NOISE = re.compile(
    r"""
      \b(?P<code>(?:status|http|exit|code|errno|signal)(?:[ ]code)?[ :=]{1,3}-?\d{1,5})\b
    | (?P<uuid>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)
    | (?P<moment>\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z\b|[+-]\d\d:?\d\d)?)?)
    | (?P<clock>\b\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?)
    | (?P<path>(?:\b[a-z]:\\|file://|(?<![\w./:<])/)[^\s"'`:;,()<>|]+)
    | (?P<object>(?:\b0x|@)[0-9a-f]{4,}\b)
    | (?P<blob>\b(?=\d*[a-f])[0-9a-f]{7,}\b)
    | (?P<span>\b\d[\d.,]*[ ]?
        (?:(?:nano|micro|milli)?seconds?|minutes?|hours?|secs?|mins?|ns|us|µs|ms|s|m|h)\b)
    | (?P<number>\d[\d.,_]*)
    """,
    re.VERBOSE | re.IGNORECASE,
)

_SAYS = {
    "uuid": "<id>",
    "moment": "<time>",
    "clock": "<time>",
    "object": "<address>",
    "span": "<span>",
    "number": "<n>",
}
_TEMPORARY = re.compile(r"[/\\](?:tmp|temp|var[/\\]folders|pytest-of-[^/\\]*)[/\\]", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")


def without_noise(text: str) -> str:
    """Return *text* in one line, with a word for each thing that the next run would say otherwise."""
    plain = _CONTROL.sub("", text)
    return _SPACE.sub(" ", _NOISE.sub(_word, _QUOTED.sub(_quoted, plain))).strip()


def _quoted(found: re.Match[str]) -> str:
    text = found[0]
    return text if len(text) - 2 <= _SHORT else f"{text[0]}<data>{text[0]}"


def _word(found: re.Match[str]) -> str:
    kind, text = found.lastgroup or "", found[0]
    match kind:
        case "code":
            # Which status or exit code it was is what went wrong, and no noise.
            return text
        case "path":
            return _place(text)
        case "blob":
            # A word can be made of these letters, too: `defaced`.
            return text if text.isalpha() else "<id>"
        case _:
            return _SAYS[kind]


def _place(path: str) -> str:
    """Return the name of the file alone: where a run was checked out says nothing; a temporary one has no name."""
    if _TEMPORARY.search(path):
        return "<temporary>"
    name = path.rstrip("/\\").replace("\\", "/").rpartition("/")[2]
    return f"<path>/{_DIGITS.sub('<n>', name)}"
