"""The buttons that say which request, revision and stage they were drawn for, in a value nobody else can make."""

from bot.core.life import undoing
from bot.core.life.demanding import asks_words
from bot.core.request import ApprovalRequest, State
from bot.slack.cards.button_value import Press, Pressed, Seal
from bot.slack.words import rich

_LABELS = {
    Press.APPROVE: ("Approve", "primary"),
    Press.APPROVE_WITH_REASON: ("Approve …", "primary"),
    Press.REJECT: ("Reject …", "danger"),
    Press.UNDO: ("Undo my answer", None),
    Press.ASK: ("Ask a question", None),
    Press.CLAIM: ("I'm looking", None),
    Press.ANSWER: ("Answer …", None),
    Press.BREAK_GLASS: ("Break glass …", "danger"),
    Press.DETAILS: ("Details", None),
}


def draw_buttons(request: ApprovalRequest, seal: Seal, others: tuple[int, ...] = ()) -> rich.Json:
    """Return what can be pressed on the card now; details always. *others* are those who follow that it names."""
    return draw_actions(request, [*_answers(request), *_undo(request), Press.DETAILS], seal, others)


def _answers(request: ApprovalRequest) -> list[Press]:
    if request.settled is not None:
        return [Press.REJECT] if request.settled.is_yes else []
    if request.state is State.PENDING:
        return [_approving(request), Press.REJECT, Press.ASK, Press.CLAIM]
    return [Press.REJECT, Press.ANSWER] if request.state is State.NEEDS_INFO else []


def _undo(request: ApprovalRequest) -> list[Press]:
    return [Press.UNDO] if undoing.can_be(request) else []


def draw_actions(request: ApprovalRequest, presses: list[Press], seal: Seal, others: tuple[int, ...] = ()) -> rich.Json:
    """Return a row of buttons."""
    return {
        "type": "actions",
        "elements": [draw_button(pressed_now(request, press, others), request.number, seal) for press in presses],
    }


def pressed_now(request: ApprovalRequest, press: Press, others: tuple[int, ...] = ()) -> Pressed:
    """Return what a button means that is drawn for the request as it is; an answer is one to the open question."""
    return Pressed(
        request=request.id,
        revision=request.revision,
        stage=request.stage,
        press=press,
        question=request.questions if press is Press.ANSWER else None,
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
