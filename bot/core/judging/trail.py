"""What an explanation says of conditions that could not be evaluated: whoever answers has to judge those, too."""

from bot.core.ruling import Ruling

UNCLEAR = "could not be evaluated"


def is_unclear(step: str) -> bool:
    """Tell whether a *step* of an explanation says that a condition could not be evaluated.

    A rule whose very name says so is taken for one; an unclear one is never missed.
    """
    return f": {UNCLEAR}: " in step or f", {UNCLEAR}: " in step


def unclear_rules(ruling: Ruling) -> tuple[str, ...]:
    """Return what of the policy could not be evaluated for this request: whoever answers has to judge that, too."""
    steps = (step.partition(f" {UNCLEAR}: ")[0][:-1] for step in ruling.explanation if is_unclear(step))
    return tuple(dict.fromkeys(steps))
