"""The digest at the end of quiet hours: one message a channel that calls whoever still has to answer there."""

from collections.abc import Sequence

from bot.core.request import State
from bot.core.view import RequestView
from bot.core.waiting import silent
from bot.slack import rich, texts
from bot.slack.cards import Card
from bot.slack.escape import line, mrkdwn

_SHOWN, _CALLED = 20, 10
_TITLE = 100
_TEXT = 300


def draw_digest(waiting: Sequence[RequestView]) -> Card | None:
    """Return the message about those of *waiting* that still wait for somebody who was not pinged; None: about none."""
    calling = [view for view in waiting if view.request.state is State.PENDING and silent(view.request)]
    if not calling:
        return None
    first = texts.after_quiet_hours(len(calling))
    bullets = [rich.section(*_line(view)) for view in calling[:_SHOWN]]
    elements = [rich.section(rich.bold(first)), rich.bullets(bullets)]
    if len(calling) > _SHOWN:
        elements.append(rich.section(rich.words(f"and {len(calling) - _SHOWN} more: `/jit list` shows them")))
    numbers = ", ".join(f"#{view.request.number}" for view in calling[:_SHOWN])
    return Card(text=mrkdwn(f"{first} {numbers}", _TEXT), blocks=[rich.block(*elements)])


def _line(view: RequestView) -> list[rich.Run]:
    request = view.request
    title = f"#{request.number} {line(request.subject.title, _TITLE)}"
    address = next((card.permalink for card in view.cards if card.permalink), None)
    named: rich.Run = {"type": "link", "url": address, "text": title} if address else rich.words(title)
    called = [run for run in map(rich.mention, silent(request)[:_CALLED]) if run]
    return [named, *([rich.words(" · "), *rich.joined(called, " ")] if called else [])]
