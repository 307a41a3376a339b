"""`--count lane.open=2`, `--count "green staging=20"`: counts for a trial, where no books are asked."""

from collections.abc import Iterable

import typer

from bot.core.counting import MOST, Counts, Tally
from bot.core.rules import Policy
from bot.policy import counts_given, wrong_count

COUNT = typer.Option("--count", help='What is counted, else 0: lane.open=2, or uses of a budget: "green staging=20".')


def read_counts(words: Iterable[str], policy: Policy) -> tuple[Counts, Tally]:
    """Return what is to be counted. Raises BadParameter."""
    found = dict[str, int]()
    for word in words:
        name, _, number = word.rpartition("=")
        if not (number.isascii() and number.isdecimal() and int(number) <= MOST):
            raise typer.BadParameter(f"--count {word}: must be NAME=NUMBER, at most {MOST}")
        if (fault := wrong_count(name, policy)) is not None:
            raise typer.BadParameter(f"--count {name}: {fault}")
        found[name] = int(number)
    return counts_given(found)
