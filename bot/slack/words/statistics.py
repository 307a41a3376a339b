"""What came of what was asked, in words."""

from datetime import timedelta

from bot.core.representation import draw_duration
from bot.core.statistics import Statistics, Tally
from bot.slack.cards.card import Card
from bot.slack.words import rich
from bot.slack.words.spoken import draw_text

LISTED = 15
"""How many rules an answer shows."""

_TEXT = 2500
_HOUR = timedelta(hours=1)


def draw_statistics(found: Statistics, span: str, most: int | None) -> Card:
    """Return what came of the requests of *span*, as it was typed; of the newest *most* only, where that is given."""
    of = f" (of the newest {most} only)" if most is not None else ""
    title = f"Asked in the last {span}{of}"
    items = [("all together", found.total), *((rich.name(rule), tally) for rule, tally in found.by_rule[:LISTED])]
    rows = [rich.section(rich.bold(name), rich.words(f": {_said(tally)}")) for name, tally in items]
    if len(found.by_rule) > LISTED:
        rows.append(rich.section(rich.words(f"and {len(found.by_rule) - LISTED} rules more that were used less")))
    blocks = [rich.block(rich.section(rich.bold(title)), rich.bullets(rows))]
    return Card(text=draw_text(blocks, _TEXT), blocks=blocks)


def _said(tally: Tally) -> str:
    parts = [_asked(tally)] if tally.asked else []
    if tally.auto:
        parts.append(
            f"by the policy alone {_joined((tally.auto_approved, 'approved'), (tally.auto_rejected, 'rejected'))}"
        )
    return "; ".join(parts) or "nothing"


def _asked(tally: Tally) -> str:
    ends = _joined(
        (tally.approved, "approved"),
        (tally.rejected, "rejected"),
        (tally.expired, "expired"),
        (tally.withdrawn, "taken back or overtaken"),
        (tally.open, "open"),
    )
    silent = f" ({tally.unanswered} of these by silence or in an emergency)" if tally.unanswered else ""
    said = f"people were asked {tally.asked} times: {ends}{silent}".replace("asked 1 times", "asked once")
    if tally.median is None or tally.ninetieth is None:
        return said
    return f"{said}; half were answered within {_span(tally.median)}, nine of ten within {_span(tally.ninetieth)}"


def _joined(*counts: tuple[int, str]) -> str:
    return ", ".join(f"{count} {what}" for count, what in counts if count)


def _span(span: timedelta) -> str:
    """Return a duration as exactly as anybody wants it: seconds below an hour, else minutes."""
    unit = 1 if span < _HOUR else 60
    return draw_duration(timedelta(seconds=round(span.total_seconds() / unit) * unit))
