"""The dialog that makes sure before more people are called: who they are, and when silence would have called them."""

from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.life import waiting
from bot.core.life.quiet import hushed
from bot.core.ruling import EscalationStep
from bot.core.view import RequestView
from bot.slack.cards.asked import draw_place
from bot.slack.cards.company import numbers, others_named
from bot.slack.dialogs.reasons import Origin, draw_dialog
from bot.slack.words import rich, texts, who


def draw_escalate_dialog(view: RequestView, origin: Origin, now: datetime) -> rich.Json:
    """Return the dialog; while it is quiet it says until when nobody is pinged. Raises Refused (NOTHING_LEFT)."""
    request = view.request
    step = waiting.next_step(request)
    if step is None:
        raise Refused(Refusal.NOTHING_LEFT, "Everybody whom this rule can call has been called already.")
    quiet_until = hushed(request, now).request.quiet_until
    elements = [
        *_draw_step(step),
        rich.section(rich.words(texts.IN_TIME), rich.moment(waiting.step_due(request, step))),
    ]
    if quiet_until is not None:
        elements.append(rich.section(rich.words(texts.QUIET), rich.moment(quiet_until)))
    if others_named(view):
        elements.append(rich.section(rich.words(texts.CALLS_FOR), rich.bold(numbers(view))))
    number = request.number
    return draw_dialog(origin, (f"Escalate #{number} now", "Escalate"), [draw_place(request, 0), rich.block(*elements)])


def _draw_step(step: EscalationStep) -> list[rich.Json]:
    """Return whom it calls and where else it shows the card; it does one of the two at least."""
    called = who.called(step)
    elements = [rich.section(rich.bold(texts.CALLS_NOW), rich.words(called))] if called else []
    if step.channel is not None:
        elements.append(rich.section(rich.bold(texts.SHOWS_IN), rich.words(rich.name(step.channel))))
    return elements
