"""One report as it came: bytes, and what they are, found out when it is asked for."""

import codecs
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from bot.reports.from_json.document import read_document
from bot.reports.from_xml.stream import root_of

_WIDE = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
"""What Windows PowerShell writes when output is sent to a file."""

_LONGEST_FIRST_LINE = 64 * 1024


class Kind(Enum):
    """What the bytes begin like."""

    XML = auto()
    JSON = auto()
    TEXT = auto()


@dataclass(frozen=True)
class Source:
    """A report that is not empty. ``kept`` are the names of JSON objects that any reader looks at."""

    content: bytes
    kept: frozenset[str]

    @cached_property
    def kind(self) -> Kind:
        """Return what the first character that is no space says."""
        match self._start[:1]:
            case "<":
                return Kind.XML
            case "{" | "[":
                return Kind.JSON
            case _:
                return Kind.TEXT

    @cached_property
    def root(self) -> str:
        """Return the name of the first element, without its namespace. Raises Damaged when it is no XML."""
        return root_of(self.content)

    @cached_property
    def document(self) -> object:
        """Return the JSON value, with the names in ``kept`` only. Raises Damaged when it is none."""
        wide = self._wide
        content = self.content.decode(wide, "replace").encode() if wide else self.content
        return read_document(content.removeprefix(codecs.BOM_UTF8), self.kept)

    @cached_property
    def text(self) -> str:
        """Return the text; what is no UTF-8 in it becomes U+FFFD, and ``misread`` tells."""
        return self.content.decode(self._wide or "utf-8-sig", "replace")

    @cached_property
    def misread(self) -> str | None:
        """Say where the text is not what its encoding says, or None."""
        try:
            self.content.decode(self._wide or "utf-8-sig")
        except UnicodeDecodeError as error:
            return f"is not {(self._wide or 'utf-8').upper()}: byte {error.start} can't be read"
        return None

    @cached_property
    def first_lines(self) -> Sequence[str]:
        """Return the first lines of the text, as many as make 64 KiB."""
        return self._start.splitlines()

    @cached_property
    def first_value(self) -> object:
        """Return the JSON value in the first line, when there is one that is not as long as a document."""
        line, _, _ = self._start.partition("\n")
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            return None

    @cached_property
    def _wide(self) -> str | None:
        return next((name for mark, name in _WIDE if self.content.startswith(mark)), None)

    @cached_property
    def _start(self) -> str:
        return self.content[:_LONGEST_FIRST_LINE].decode(self._wide or "utf-8-sig", "replace").lstrip()
