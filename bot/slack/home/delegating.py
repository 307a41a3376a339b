"""The dialog in which somebody lets another answer in their name, and what it says once that holds."""

from bot.core.people.delegation import LONGEST, Delegation
from bot.slack.dialogs.reasons import DETAILS_CALLBACK
from bot.slack.words import moments, rich
from bot.slack.words.escape import line

DELEGATE_CALLBACK = "jit_delegate"
TO_BLOCK, TO = "to", "jit_delegate_to"
UNTIL_BLOCK, UNTIL = "until", "jit_delegate_until"

_TITLE = "Answer in my name"
_SENTENCE = 1000


def draw_delegate_dialog(given: Delegation | None) -> rich.Json:
    """Return the dialog; *given* is what holds now, and would be replaced."""
    to: rich.Json = {"type": "users_select", "action_id": TO, "placeholder": rich.plain("Choose somebody")}
    return {
        "type": "modal",
        "callback_id": DELEGATE_CALLBACK,
        "title": rich.plain(_TITLE),
        "submit": rich.plain("Let them answer"),
        "close": rich.plain("Cancel"),
        "blocks": [
            *([_draw_now(given)] if given else []),
            _field(TO_BLOCK, "Who may answer in your name?", "They may where you may, and nowhere they may not.", to),
            _field(
                UNTIL_BLOCK,
                "Until when?",
                f"From now on, for {LONGEST.days} days at the most. You can take it back at any time.",
                {"type": "datetimepicker", "action_id": UNTIL},
            ),
        ],
    }


def draw_delegated_view(sentence: str) -> rich.Json:
    """Return what replaces the dialog once it holds."""
    return {
        "type": "modal",
        "callback_id": DETAILS_CALLBACK,
        "title": rich.plain(_TITLE),
        "close": rich.plain("Close"),
        "blocks": [rich.block(rich.section(*moments.runs(line(sentence, _SENTENCE))))],
    }


def _draw_now(given: Delegation) -> rich.Json:
    until = [rich.words(f"{rich.name(given.receiver.key)} may until "), rich.moment(given.until)]
    return rich.block(rich.section(*until, rich.words(". What you send here takes its place.")))


def _field(block: str, label: str, hint: str, element: rich.Json) -> rich.Json:
    return {
        "type": "input",
        "block_id": block,
        "label": rich.plain(label),
        "hint": rich.plain(hint),
        "element": element,
    }
