"""What is wrong with a policy file: where it stands, and what is allowed there."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in the file; lines and columns count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyError:
    """One thing to change. ``str()`` gives ``policy.yaml:4:5: rules.0.stages.0.quorum: what is allowed``."""

    file: str
    position: Position | None
    path: str
    sentence: str

    def __str__(self) -> str:
        """Return the line a person reads; editors jump to its start."""
        place = f"{self.file}:{self.position.line}:{self.position.column}" if self.position else self.file
        return _one_line(": ".join(part for part in (place, self.path, self.sentence) if part))


class PolicyInvalid(Exception):
    """The file can't be used. ``errors`` holds everything that is wrong with it, in the file's order."""

    def __init__(self, errors: Iterable[PolicyError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


def _one_line(text: str) -> str:
    """Spell out what would break a line or a terminal; keys and values are quoted from the file as they are."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
