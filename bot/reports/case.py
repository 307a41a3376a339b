"""One test case, whatever format it came in: what came of it, and in which words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from bot.core.evidence import Failure
from bot.reports.cutting import cut, cut_middle, first_line, fit

MAX_WORDS = 1_000
"""Characters of a message, a detail and every other text that is taken over."""

_MAX_ID = 990
"""Room for the mark that tells several tests with one name apart."""

_PLACE = re.compile(r"^([^\s:]+\.[A-Za-z]{1,5}):(\d{1,7}): ", re.MULTILINE)
"""Where pytest says that it failed: ``tests/test_pay.py:41: AssertionError``."""


class Result(Enum):
    """What came of a case; an error is a failure."""

    PASSED = auto()
    FAILED = auto()
    SKIPPED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. ``message`` and ``detail`` are those of its first failure, uncut; ``problems`` is how many it has.

    ``retried``: it passed in the end, after it had failed and was run again.
    """

    id: str
    result: Result
    problems: int = 0
    message: str = ""
    detail: str = ""
    file: str | None = None
    line: int | None = None
    suite: str = ""
    retried: bool = False

    def as_failure(self, id_: str) -> Failure:
        """Return what the core keeps of it, cut to the contract's lengths."""
        said, detail = fit(self.message), fit(self.detail)
        file, line = _place(self.file, self.line, detail)
        return Failure(
            id=id_,
            message=cut(first_line(said) or first_line(detail) or "failed without a message", MAX_WORDS),
            detail=cut_middle(detail or said, MAX_WORDS),
            file=None if file is None else cut(fit(file), MAX_WORDS),
            line=line,
            suite=cut(fit(self.suite), MAX_WORDS),
        )


def named(owner: str, name: str) -> str:
    """Return the id of a test: ``owner::name``, or the name alone where nobody owns it."""
    name = name or "unnamed test"
    return cut(f"{owner}::{name}" if owner else name, _MAX_ID)


def path_of(titles: Iterable[str]) -> str:
    """Return the titles around a test, and its own, as one text."""
    return " > ".join(titles)


def only_says(field: str, word: str) -> str:
    """Return the message of a case that neither passed nor was skipped by its own word, and has no other."""
    return f'says {field}="{word}" and no more'


def _place(file: str | None, line: int | None, detail: str) -> tuple[str | None, int | None]:
    """Return where it failed; what the detail says of the same file is nearer than where the test begins."""
    for found, at in _PLACE.findall(detail):
        if file is None or found.replace("\\", "/").endswith(file):
            return file or found, int(at)
    return file, line
