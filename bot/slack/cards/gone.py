"""Who is not there of those whom a request asks: until when, why, and who answers for them meanwhile."""

from bot.core.view import Gone, RequestView
from bot.slack.words import rich
from bot.slack.words.escape import line

_SHOWN = 20
_REASON = 200


def draw_gone(view: RequestView) -> list[rich.Json]:
    """Return the list; nothing when everybody is there, as far as anybody knows."""
    if not view.gone:
        return []
    more = f", and {len(view.gone) - _SHOWN} more" if len(view.gone) > _SHOWN else ""
    items = [rich.section(*_item(one)) for one in view.gone[:_SHOWN]]
    return [rich.block(rich.section(rich.bold(f"Away{more}")), rich.bullets(items))]


def _item(one: Gone) -> list[rich.Run]:
    runs = [rich.words(f"{rich.name(one.person.key)}, until "), rich.moment(one.until)]
    if reason := line(one.reason or "", _REASON):
        runs.append(rich.words(f": {reason}"))
    if one.stand_in is not None:
        runs.append(rich.words(f" · {rich.name(one.stand_in.key)} answers for them"))
    return runs
