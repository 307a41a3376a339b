"""Several requests, one dialog: what is asked for all of them, and what came of each, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.life.demanding import asks_environment
from bot.core.request import ApprovalRequest
from bot.core.ruling import Verdict
from bot.slack.dialogs.fields import draw_category, draw_condition, draw_environment
from bot.slack.dialogs.reasons import DETAILS_CALLBACK, draw_input
from bot.slack.words import moments, rich
from bot.slack.words.escape import line
from bot.slack.words.replies import draw_item

BULK_CALLBACK = "jit_bulk"
VERDICT_BLOCK, VERDICT_ACTION = "verdict", "chosen"

_SENTENCE = 500
_HINT = "Goes, with each of them, to whoever asked, into the thread and into the log."
_CHOICES = ((Verdict.APPROVE, "Approve all of these"), (Verdict.REJECT, "Reject all of these"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of one request of several: a sentence, and whether the answer was counted."""

    number: int
    sentence: str
    is_counted: bool


def draw_bulk_dialog(requests: Sequence[ApprovalRequest], values: Sequence[str]) -> rich.Json:
    """Return the dialog; *values* are the sealed values of the boxes that were ticked, one for each request."""
    many = "1 request" if len(requests) == 1 else f"{len(requests)} requests"
    wanting = [one for one in requests if any(one.ruling.require_reason.wants_one(verdict) for verdict in Verdict)]
    label = "Why? Some of these rules want a reason." if wanting else "Why?"
    return {
        "type": "modal",
        "callback_id": BULK_CALLBACK,
        "title": rich.plain(f"Decide {many}"),
        "submit": rich.plain("Send"),
        "close": rich.plain("Cancel"),
        "private_metadata": " ".join(values),
        "blocks": [
            *(rich.block(draw_item(request, f" · revision {request.revision}")) for request in requests),
            _verdict(),
            *_wanted(requests),
            draw_input(label, _HINT) | {"optional": True},
        ],
    }


def _wanted(requests: Sequence[ApprovalRequest]) -> list[rich.Json]:
    """Return the fields that some of them want. Which, only the answer tells: so none has to be filled in here."""
    named = sorted({one.subject.environment or "" for one in requests if asks_environment(one)})
    return [
        draw_category(optional=True),
        *([draw_condition(optional=True)] if any(one.ruling.demands.condition for one in requests) else []),
        *([draw_environment(" or ".join(named), optional=True)] if named else []),
    ]


def _verdict() -> rich.Json:
    """Return the choice; nothing is chosen beforehand, so that nobody says yes to many by one key."""
    return {
        "type": "input",
        "block_id": VERDICT_BLOCK,
        "label": rich.plain("Your answer to each of them"),
        "element": {
            "type": "static_select",
            "action_id": VERDICT_ACTION,
            "placeholder": rich.plain("Choose one"),
            "options": [{"text": rich.plain(label), "value": verdict.value} for verdict, label in _CHOICES],
        },
    }


def draw_bulk_result(settled: Sequence[Settled]) -> rich.Json:
    """Return what replaces the dialog: how many were counted, and what became of each."""
    counted = sum(one.is_counted for one in settled)
    head = "All were counted." if counted == len(settled) else f"{counted} of {len(settled)} were counted."
    items = [
        rich.section(
            rich.bold(f"{'✅' if one.is_counted else '⛔'} #{one.number} "),
            *moments.runs(line(one.sentence, _SENTENCE) or "Nothing is known of it."),
        )
        for one in settled
    ]
    return {
        "type": "modal",
        "callback_id": DETAILS_CALLBACK,
        "title": rich.plain("What came of it"),
        "close": rich.plain("Close"),
        "blocks": [rich.block(rich.section(rich.bold(head)), rich.bullets(items))],
    }
