"""Questions to whoever asked, and their answers: on the card, and the dialogs they are written in."""

from bot.core.request import ApprovalRequest, Exchange
from bot.slack.cards.asked import draw_place
from bot.slack.dialogs.reasons import Origin, draw_dialog, draw_input
from bot.slack.words import rich
from bot.slack.words.escape import line, lines

_QUESTION, _ANSWER, _EARLIER = 500, 500, 150


def draw_exchanges(request: ApprovalRequest) -> list[rich.Json]:
    """Return the open question, or else the newest that was answered, as paragraphs of the card."""
    if request.pause is not None:
        asks = rich.section(rich.who(request.pause.by), rich.bold(" asks whoever asked, and the clock stands:"))
        return [asks, rich.quote(lines(request.pause.question, _QUESTION) or "(nothing)")]
    return _exchange(request.exchanges[-1]) if request.exchanges else []


def draw_ask_dialog(request: ApprovalRequest, origin: Origin) -> rich.Json:
    """Return the dialog in which an approver asks whoever asked."""
    hint = "Goes to whoever asked, and into the thread. Until it is answered the clock stands, and nobody can approve."
    return draw_dialog(
        origin,
        (f"Ask about #{request.number}", "Ask"),
        [draw_place(request, 0), draw_input("What do you need to know?", hint)],
    )


def draw_answer_dialog(request: ApprovalRequest, origin: Origin) -> rich.Json:
    """Return the dialog in which whoever asked answers the open question."""
    hint = "Goes onto the card, and the clock runs on."
    return draw_dialog(
        origin,
        (f"Answer for #{request.number}", "Answer"),
        [draw_place(request, 0), rich.block(*draw_exchanges(request)), draw_input("Your answer", hint)],
    )


def _exchange(exchange: Exchange) -> list[rich.Json]:
    question = line(exchange.question, _EARLIER) or "(nothing)"
    return [
        rich.section(rich.who(exchange.asked_by), rich.words(f" asked: {question}")),
        rich.section(rich.who(exchange.answered_by), rich.bold(" answered, "), rich.moment(exchange.at)),
        rich.quote(lines(exchange.answer, _ANSWER) or "(nothing)"),
    ]
