"""Sentences about waivers: what was given, and what there is."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.waivers.waiver import Waiver
from bot.slack.cards.card import Card
from bot.slack.words import moments, rich
from bot.slack.words.escape import line
from bot.slack.words.replies import draw_sentence
from bot.slack.words.rich import draw_utc
from bot.slack.words.spoken import draw_text

LISTED = 15
"""How many waivers an answer lists."""

_TEST, _PLACE, _WHY, _WHO = 150, 80, 120, 60
_LONGEST = 2500


def said_of_given(waiver: Waiver, request: int) -> str:
    """Return what whoever gave a waiver reads: what it covers, and that what was asked already stays as it is."""
    often = "once" if waiver.uses == 1 else f"{waiver.uses} times at most"
    return (
        f"Waiver #{waiver.number}: until {draw_utc(waiver.until)} the same failure of {line(waiver.test, _TEST)} "
        f"counts as waived in requests for {_place(waiver)}, {often}. #{request} stays as it was judged; the next one "
        f"profits. /jit unwaive {waiver.number} takes it back."
    )


def draw_waivers(waivers: Sequence[Waiver], now: datetime) -> Card:
    """Return waivers, one a line: which failure, until when, how many uses are left, by whom, and why."""
    if not waivers:
        return draw_sentence("Nothing is waived.")
    items = [rich.section(*moments.runs(_in_a_line(one, now))) for one in waivers[:LISTED]]
    more = f" the first {LISTED}; jit waiver list shows all" if len(waivers) > LISTED else f" {len(waivers)}"
    blocks = [rich.block(rich.section(rich.bold(f"Waivers:{more}")), rich.bullets(items))]
    return Card(text=draw_text(blocks, _LONGEST), blocks=blocks)


def course(waiver: Waiver, now: datetime) -> str:
    """Return how a waiver stands: how long it holds and how many uses are left, or how it ended."""
    if waiver.end is not None:
        return f"{waiver.end.how} {draw_utc(waiver.end.at)}"
    if waiver.is_used_up:
        return f"used up, {waiver.used} of {waiver.uses}"
    if not waiver.holds(now):
        return f"over since {draw_utc(waiver.until)}"
    return f"until {draw_utc(waiver.until)}, {waiver.uses - waiver.used} of {waiver.uses} uses left"


def _in_a_line(waiver: Waiver, now: datetime) -> str:
    ticket = f", {waiver.ticket}" if waiver.ticket else ""
    who = line(waiver.by.key, _WHO)
    what = f"#{waiver.number} {line(waiver.test, _TEST)} ({_place(waiver)})"
    return f"{what}: {course(waiver, now)}, by {who}{ticket}: {line(waiver.reason, _WHY)}"


def _place(waiver: Waiver) -> str:
    site = waiver.site
    return " · ".join(line(part, _PLACE) for part in (site.repository, site.environment) if part)
