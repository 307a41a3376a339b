"""The buttons and the menu: each says for which request, revision and stage it was drawn, in a value of ours alone."""

from bot.core.life import undoing, waiting
from bot.core.life.demanding import asks_words
from bot.core.request import ApprovalRequest, State
from bot.slack.cards.button_value import MENU, Press, Pressed, Seal
from bot.slack.words import rich

_LABELS = {
    Press.APPROVE: ("Approve", "primary"),
    Press.APPROVE_WITH_REASON: ("Approve …", "primary"),
    Press.REJECT: ("Reject …", "danger"),
    Press.UNDO: ("Undo my answer", None),
    Press.ASK: ("Ask a question …", None),
    Press.CLAIM: ("I'm looking", None),
    Press.ESCALATE: ("Escalate now …", None),
    Press.WAIVE: ("Waive a failure …", None),
    Press.ANSWER: ("Answer …", None),
    Press.BREAK_GLASS: ("Break glass …", "danger"),
    Press.DETAILS: ("Details", None),
}


def draw_buttons(request: ApprovalRequest, seal: Seal, others: tuple[int, ...] = ()) -> rich.Json:
    """Return what can be pressed on the card now; details always. *others* are those who follow that it names.

    Answers come first; what is rarer waits behind three dots at the end.
    """
    rare = _rare(request)
    buttons = _draw_row(request, [*_answers(request), *_undo(request), Press.DETAILS], seal, others)
    return {"type": "actions", "elements": [*buttons, *([draw_menu(request, rare, seal)] if rare else [])]}


def _answers(request: ApprovalRequest) -> list[Press]:
    if request.settled is not None:
        return [Press.REJECT] if request.settled.is_yes else []
    if request.state is State.PENDING:
        return [_approving(request), Press.REJECT]
    return [Press.REJECT, Press.ANSWER] if request.state is State.NEEDS_INFO else []


def _undo(request: ApprovalRequest) -> list[Press]:
    return [Press.UNDO] if undoing.can_be(request) else []


def _rare(request: ApprovalRequest) -> list[Press]:
    """Return what the menu offers: nothing once it is settled or asked back, and only what there is to do."""
    if request.state is not State.PENDING or request.settled is not None:
        return []
    escalating = [Press.ESCALATE] if waiting.next_step(request) else []
    return [Press.ASK, Press.CLAIM, *escalating, *([Press.WAIVE] if _may_be_waived(request) else [])]


def _may_be_waived(request: ApprovalRequest) -> bool:
    """Tell whether its policy lets anybody waive a failure, and one of those it shows can be recognised."""
    is_somewhere = request.ruling.waivable and request.subject.repository is not None
    return is_somewhere and any(failure.signature for failure in request.tests.failures)


def draw_menu(request: ApprovalRequest, presses: list[Press], seal: Seal) -> rich.Json:
    """Return the menu behind three dots. Nothing in it is an answer, so it names none of those who share the card."""
    return {
        "type": "overflow",
        "action_id": MENU,
        "options": [
            {"text": rich.plain(_LABELS[press][0]), "value": seal.draw_value(pressed_now(request, press))}
            for press in presses
        ],
    }


def draw_actions(request: ApprovalRequest, presses: list[Press], seal: Seal, others: tuple[int, ...] = ()) -> rich.Json:
    """Return a row of buttons."""
    return {"type": "actions", "elements": _draw_row(request, presses, seal, others)}


def _draw_row(request: ApprovalRequest, presses: list[Press], seal: Seal, others: tuple[int, ...]) -> list[rich.Json]:
    return [draw_button(pressed_now(request, press, others), request.number, seal) for press in presses]


def pressed_now(request: ApprovalRequest, press: Press, others: tuple[int, ...] = ()) -> Pressed:
    """Return what a button means that is drawn for the request as it is.

    An answer is one to the open question, and an escalation the one that comes next.
    """
    return Pressed(
        request=request.id,
        revision=request.revision,
        stage=request.stage,
        press=press,
        question=request.questions if press is Press.ANSWER else None,
        step=request.steps if press is Press.ESCALATE else None,
        others=others,
    )


def _approving(request: ApprovalRequest) -> Press:
    """One click, or a dialog: the rule was frozen into the request, so the button can tell the two apart."""
    return Press.APPROVE_WITH_REASON if asks_words(request) else Press.APPROVE


def draw_button(pressed: Pressed, number: int, seal: Seal) -> rich.Json:
    """Return one button, for a row of them."""
    label, style = _LABELS[pressed.press]
    button: rich.Json = {
        "type": "button",
        "action_id": pressed.press.action_id,
        "text": rich.plain(label),
        "value": seal.draw_value(pressed),
        "accessibility_label": f"{label.removesuffix(' …')}: request {number}",
    }
    return button | ({"style": style} if style else {})
