"""The dialog in which somebody accepts a failure for a while: which, why, until when, how often, and the ticket."""

from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.evidence import Failure
from bot.core.view import RequestView
from bot.core.waivers.giving import LONGEST_REASON, LONGEST_TICKET
from bot.core.waivers.terms import WaiverTerms
from bot.slack.cards.asked import draw_place
from bot.slack.dialogs.reasons import Origin, draw_dialog, draw_input
from bot.slack.words import rich
from bot.slack.words.escape import line, tail

FAILURE_BLOCK, FAILURE = "failure", "jit_waive_failure"
UNTIL_BLOCK, UNTIL = "until", "jit_waive_until"
USES_BLOCK, USES = "uses", "jit_waive_uses"
TICKET_BLOCK, TICKET = "ticket", "jit_waive_ticket"

MOST = 100
"""How many options Slack lets a select have."""

_OPTION = 75
_WHERE = "Goes into the thread, onto later cards and into the log."
_NOTE = (
    "The identical failure, with the same signature and in the same place, counts as waived from the next request on. "
    "This one stays as it was judged."
)


def draw_waive_dialog(view: RequestView, origin: Origin, terms: WaiverTerms, now: datetime) -> rich.Json:
    """Return the dialog. Raises Refused (NOTHING_LEFT) when no failure of the request can be recognised."""
    options = [_option(place, failure) for place, failure in waivable(view)[:MOST]]
    if not options:
        raise Refused(Refusal.NOTHING_LEFT, "No failure of this request says anything by which it could be recognised.")
    why = draw_input("Why need it not stop anything?", _WHERE, most=LONGEST_REASON)
    failure: rich.Json = {"type": "static_select", "action_id": FAILURE, "options": options}
    if len(options) == 1:
        failure["initial_option"] = options[0]
    end: rich.Json = {
        "type": "datetimepicker",
        "action_id": UNTIL,
        "initial_date_time": _whole(now + terms.for_at_most),
    }
    uses: rich.Json = {
        "type": "plain_text_input",
        "action_id": USES,
        "max_length": 4,
        "initial_value": str(terms.uses_at_most),
    }
    ticket: rich.Json = {"type": "plain_text_input", "action_id": TICKET, "max_length": LONGEST_TICKET}
    blocks = [
        draw_place(view.request, 0),
        rich.block(rich.section(rich.words(_NOTE))),
        _field(FAILURE_BLOCK, "Which failure?", _rest(view), failure),
        why,
        _field(TICKET_BLOCK, "Ticket", "Where it will be mended.", ticket, optional=not terms.require_ticket),
        _field(UNTIL_BLOCK, "Until when?", "You are reminded before; it can be taken back at any time.", end),
        _field(USES_BLOCK, "For how many requests?", f"1 to {terms.uses_at_most}.", uses),
    ]
    return draw_dialog(origin, (f"Waive: #{view.request.number}", "Waive"), blocks)


def waivable(view: RequestView) -> list[tuple[str, Failure]]:
    """Return each kind of failure that can be recognised, once, by what stands for it in the dialog."""
    found = dict[tuple[str, str], tuple[str, Failure]]()
    for index, failure in enumerate(view.tests.failures):
        if failure.signature is not None:
            found.setdefault((failure.id, failure.signature), (f"{index}.{failure.signature}", failure))
    return list(found.values())


def _option(place: str, failure: Failure) -> rich.Json:
    option: rich.Json = {"text": rich.plain(tail(failure.id, _OPTION) or "(a test without a name)"), "value": place}
    message = line(failure.message, _OPTION)
    return option | ({"description": rich.plain(message)} if message else {})


def _rest(view: RequestView) -> str:
    hidden = len(waivable(view)) - MOST
    return f"The first {MOST}; the other {hidden} by /jit waive." if hidden > 0 else "As it is written in the report."


def _whole(at: datetime) -> int:
    """Return the moment as Slack's picker has it: in whole minutes, so that none lies behind it."""
    return int(at.timestamp()) // 60 * 60


def _field(block: str, label: str, hint: str, element: rich.Json, *, optional: bool = False) -> rich.Json:
    return {
        "type": "input",
        "block_id": block,
        "label": rich.plain(label),
        "hint": rich.plain(hint),
        "optional": optional,
        "element": element,
    }
