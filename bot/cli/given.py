"""`--given now=2026-03-06T17:50:00Z --given lane.open=2`: what a trial takes for true, where no books are asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import typer

from bot.core.judging.counting import MOST, Counts, Tally
from bot.core.judging.policy import Policy
from bot.policy import counts_given, read_moment, wrong_count

GIVEN = typer.Option(
    "--given",
    help="What to take for true: now=2026-03-06T17:50:00Z (else now), a count: lane.open=2 or tests.new=1 (else 0), or"
    ' how often a rule with a budget was used: "green staging=20" (else never).',
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody gave; ``now`` is None where they gave no moment, ``triage`` says how many failures are new, say."""

    now: datetime | None
    counts: Counts
    tally: Tally
    triage: Mapping[str, int]


def read_given(words: Iterable[str], policy: Policy) -> Given:
    """Read what was given. Raises BadParameter."""
    now, found = None, dict[str, int]()
    for word in words:
        name, _, value = word.rpartition("=")
        if name == "now":
            now = _moment(value)
        else:
            found[name] = _count(name, value, policy)
    counts, tally = counts_given(found)
    return Given(now=now, counts=counts, tally=tally, triage=found)


def _moment(text: str) -> datetime:
    try:
        return read_moment(text)
    except ValueError as error:
        raise typer.BadParameter(f"--given now {error}") from None


def _count(name: str, number: str, policy: Policy) -> int:
    if not (number.isascii() and number.isdecimal() and int(number) <= MOST):
        raise typer.BadParameter(f"--given {name}={number}: must be NAME=NUMBER, at most {MOST}, or now=MOMENT")
    if (fault := wrong_count(name, policy)) is not None:
        raise typer.BadParameter(f"--given {name}: {fault}")
    return int(number)
