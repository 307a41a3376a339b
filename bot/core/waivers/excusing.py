"""Which failures of a request count as waived. The identical failure does: the same test, the same signature."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.core.evidence import TestEvidence
from bot.core.evidence.tests import Failure, Triage
from bot.core.evidence.triage import counted
from bot.core.evidence.waived import WaiverUse
from bot.core.moments import draw_moment
from bot.core.waivers.giving import first_to_end
from bot.core.waivers.waiver import Site, Waiver

NAMED = 10
"""How many waivers an explanation names."""

_LONGEST_TEST = 150


def excused(tests: TestEvidence, waivers: Iterable[Waiver], site: Site, now: datetime) -> TestEvidence:
    """Return *tests* with every failure that a waiver covers marked and counted as waived; else as they are.

    Each failure must match by itself, also where several are of one test. What is incomplete stays so. A list that
    names more failures than were counted says nothing anybody could rely on, so nothing of it is waived.
    """
    best = first_to_end(waivers, now)
    if not best or len(tests.failures) > tests.failed:
        return tests
    uses = Counter[int]()
    failures = list[Failure]()
    for failure in tests.failures:
        waiver = None if failure.signature is None else best.get(site.key_of(failure.id, failure.signature))
        if waiver is None:
            failures.append(failure)
        else:
            uses[waiver.number] += 1
            failures.append(replace(failure, triage=Triage.WAIVED, waiver=waiver.mark))
    told = tuple(WaiverUse(waiver=number, failures=uses[number]) for number in sorted(uses))
    return replace(counted(tests, failures), waivers=told)


def used_by(tests: TestEvidence, waivers: Iterable[Waiver]) -> tuple[Waiver, ...]:
    """Return those of *waivers* that cover something in *tests*."""
    numbers = {use.waiver for use in tests.waivers}
    return tuple(waiver for waiver in waivers if waiver.number in numbers)


def said_of_uses(used: Iterable[Waiver]) -> tuple[str, ...]:
    """Return what an explanation says of the waivers that a ruling leans on."""
    return _named([f"{_name(one)} counts as waived until {draw_moment(one.until)}: {one.reason}" for one in used])


def said_of_void(void: Iterable[Waiver]) -> tuple[str, ...]:
    """Return what an explanation says of those that count for nothing here."""
    why = "does not count here: nothing shows that whoever gave it did not ask for this, write it or start it"
    return _named([f"{_name(one)} {why}" for one in void])


def _name(waiver: Waiver) -> str:
    ticket = f", {waiver.ticket}" if waiver.ticket else ""
    return f"waiver #{waiver.number} ({waiver.by.key}{ticket}): {waiver.test[:_LONGEST_TEST]}"


def _named(said: list[str]) -> tuple[str, ...]:
    more = [f"and {len(said) - NAMED} more waivers"] if len(said) > NAMED else []
    return tuple(said[:NAMED] + more)
