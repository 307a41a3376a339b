"""What a check comes to: one line for a person, one object with a lasting name for a machine."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Status(StrEnum):
    """How it is."""

    OK = "ok"
    WARN = "warn"
    """It works, and somebody should look at it by day."""
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line. ``check`` is its lasting name, the group before the dot; ``remedy`` says what to do."""

    check: str
    status: Status
    says: str
    remedy: str | None = None

    @property
    def group(self) -> str:
        """What is looked at."""
        return self.check.partition(".")[0]


def well(check: str, says: str) -> Finding:
    """Return a finding that is no trouble."""
    return Finding(check=check, status=Status.OK, says=says)


def warn(check: str, says: str, remedy: str | None = None) -> Finding:
    """Return a finding that can wait."""
    return Finding(check=check, status=Status.WARN, says=says, remedy=remedy)


def fail(check: str, says: str, remedy: str | None = None) -> Finding:
    """Return a finding that cannot wait."""
    return Finding(check=check, status=Status.FAIL, says=says, remedy=remedy)


def draw_span(span: timedelta) -> str:
    """Return a length of time in its two largest units, for people: ``2 h 5 min``."""
    seconds = max(int(span.total_seconds()), 0)
    sizes = ((seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    first = next((at for at, (number, _) in enumerate(sizes) if number), len(sizes) - 1)
    return " ".join(f"{number} {unit}" for number, unit in sizes[first : first + 2] if number or not seconds)
