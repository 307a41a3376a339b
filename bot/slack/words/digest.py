"""The digest at the end of quiet hours: one message a channel that calls whoever still has to answer there."""

from collections.abc import Sequence

from bot.core.life.waiting import silent, silent_groups
from bot.core.people.membership import Crowd, Rolls
from bot.core.request import ApprovalRequest, State
from bot.core.view import RequestView
from bot.slack.cards.calling import draw_calls
from bot.slack.cards.card import Card
from bot.slack.words import rich, texts
from bot.slack.words.escape import line, mrkdwn

_SHOWN, _CALLED = 20, 10
_TITLE = 100
_TEXT = 2500


def draw_digest(waiting: Sequence[RequestView], rolls: Rolls | None = None) -> Card | None:
    """Return the message about those of *waiting* that still wait for somebody who was not pinged; None: about none."""
    calling = [view for view in waiting if view.request.state is State.PENDING and _has_silent(view.request)]
    if not calling:
        return None
    first = texts.after_quiet_hours(len(calling))
    bullets = [rich.section(*_line(view, rolls or {})) for view in calling[:_SHOWN]]
    elements = [rich.section(rich.bold(first)), rich.bullets(bullets)]
    if len(calling) > _SHOWN:
        elements.append(rich.section(rich.words(f"and {len(calling) - _SHOWN} more: `/jit list` shows them")))
    which = "; ".join(texts.named(view.request) for view in calling[:_SHOWN])
    return Card(text=mrkdwn(f"{first}: {which}", _TEXT), blocks=[rich.block(*elements)])


def _has_silent(request: ApprovalRequest) -> bool:
    return request.settled is None and bool(silent(request) or silent_groups(request))


def _line(view: RequestView, rolls: Rolls) -> list[rich.Run]:
    request = view.request
    title = f"#{request.number} {line(request.subject.title, _TITLE)}"
    address = next((card.permalink for card in view.cards if card.permalink), None)
    named: rich.Run = {"type": "link", "url": address, "text": title} if address else rich.words(title)
    crowd = Crowd(people=silent(request)[:_CALLED], groups=silent_groups(request))
    called = draw_calls(request, crowd, rolls, view.lent)[:_CALLED]
    return [named, *([rich.words(" · "), *rich.spaced(called)] if called else [])]
