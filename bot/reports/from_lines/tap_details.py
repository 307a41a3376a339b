"""What TAP says of a failure below it: a YAML block, comments, or other lines. It is text here, never YAML."""

import re

from bot.reports.cutting import first_line, said_by_pytest

_MOST = 400
"""Lines of details that are kept of one failure."""

_MESSAGE = re.compile(r"^\s*(?:message|error):\s*(?:[|>][+-]?\s*$\n\s*(\S.*)|(\S.*))$", re.MULTILINE)
_FILE = re.compile(r"^\s*fileName: (\S+)$", re.MULTILINE)
_LINE = re.compile(r"^\s*lineNumber: (\d{1,7})$", re.MULTILINE)
_AT = re.compile(r"^\s*at: \S", re.MULTILINE)
_PLACE = re.compile(r"(?:file://)?([^\s():'\"]+\.\w{1,5}):(\d{1,7})(?::\d+)?")


class Details:
    """What follows one test."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._end: str | None = None
        self._had_block = False

    @property
    def is_open(self) -> bool:
        """Tell whether a YAML block has begun and not ended; no line in it is one of TAP's."""
        return self._end is not None

    def opens(self, line: str) -> bool:
        """Begin a YAML block if *line* does; it ends with dots that stand as far in."""
        if line.strip() != "---":
            return False
        self._end = line.rstrip().replace("---", "...")
        self._had_block = True
        return True

    def add(self, line: str) -> None:
        """Keep one line."""
        if line.rstrip() == self._end:
            self._end = None
        elif len(self._lines) < _MOST and line.strip() not in {"---", "#"}:
            self._lines.append(line.removeprefix("# "))

    def text(self) -> str:
        """Return the lines, without the space that all of them begin with."""
        inset = min((len(line) - len(line.lstrip()) for line in self._lines if line.strip()), default=0)
        return "\n".join(line[inset:] for line in self._lines)

    def told(self) -> tuple[str, str | None, int | None]:
        """Return the message, or nothing when there is none, and where it failed: file and line."""
        text = self.text()
        found = _MESSAGE.search(text)
        message = (found[1] or found[2]).strip("'\" ") if found else said_by_pytest(text) or self._plain(text)
        return message, *_place(text)

    def _plain(self, text: str) -> str:
        """Return the first line where it is a message: not in a block, whose first line is any name and its value."""
        return "" if self._had_block else first_line(text)


def _place(text: str) -> tuple[str | None, int | None]:
    file, line = _FILE.search(text), _LINE.search(text)
    if file and line:
        return file[1], int(line[1])
    at = _AT.search(text)
    found = _PLACE.search(text, at.start() if at else max(text.find("stack:"), 0))
    return (found[1], int(found[2])) if found else (None, None)
