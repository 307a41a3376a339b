"""Dialogs sent: a reason, and with it an answer. What is wrong is said in the dialog itself."""

from collections.abc import Awaitable

from bot.core.errors import Refusal, Refused
from bot.core.people.identity import Actor, Via
from bot.core.request import ApprovalRequest, RequestId
from bot.core.stamp import Stamp
from bot.slack import Place, Press, Pressed
from bot.slack.cards.glass import CONFIRM_ACTION
from bot.slack.dialogs.fields import CONFIRM_BLOCK
from bot.slack.dialogs.reasons import (
    DETAILS_CALLBACK,
    REASON_BLOCK,
    WORDS_CALLBACK,
    Origin,
    draw_refusal_view,
    read_origin,
)
from bot.slack.dialogs.requesting import REQUEST_CALLBACK, TITLE
from bot.slack.home.bulk import BULK_CALLBACK
from bot.slack.home.delegating import DELEGATE_CALLBACK, TO_BLOCK
from bot.usecases import look_up
from bot.usecases.ask_back import Answer, Question, answer
from bot.usecases.break_glass import Emergency
from bot.usecases.escalate import Call, call_more
from bot.usecases.review import Click
from handlers.refusals import as_sentence
from handlers.slack.counting import ask, break_it, count
from handlers.slack.filled import FIELDS, read_category, read_condition, read_environment, read_reason, typed
from handlers.slack.front import Front
from handlers.slack.home.bulk import submit_all
from handlers.slack.home.delegating import submit_delegation
from handlers.slack.inbound import Submitted
from handlers.slack.pages import search
from handlers.slack.requesting import submit_request
from handlers.slack.waiving.dialog import WAIVING_FIELDS, waive_as_filled

CALLBACKS = frozenset({WORDS_CALLBACK, DETAILS_CALLBACK, BULK_CALLBACK, DELEGATE_CALLBACK, REQUEST_CALLBACK})

_BESIDE = {
    WORDS_CALLBACK: REASON_BLOCK,
    BULK_CALLBACK: REASON_BLOCK,
    REQUEST_CALLBACK: TITLE,
    DELEGATE_CALLBACK: TO_BLOCK,
}
"""Beside which field a dialog says that something broke."""

Answered = dict[str, object]
"""What stands in the acknowledgement; empty closes the dialog."""


async def submit(front: Front, submitted: Submitted, replay_key: Stamp) -> Answered:
    """Count the answer that a dialog holds, and return what the dialog does next."""
    if submitted.view.callback_id == REQUEST_CALLBACK:
        return await submit_request(front, submitted, replay_key)
    if submitted.view.callback_id == BULK_CALLBACK:
        return await submit_all(front, submitted, replay_key)
    if submitted.view.callback_id == DELEGATE_CALLBACK:
        return await submit_delegation(front, submitted, replay_key)
    if submitted.view.callback_id == DETAILS_CALLBACK:
        return await search(front, submitted)
    return await _submit_words(front, submitted, replay_key)


async def _submit_words(front: Front, submitted: Submitted, replay_key: Stamp) -> Answered:
    origin = read_origin(submitted.view.private_metadata) if submitted.view.callback_id == WORDS_CALLBACK else None
    by = await front.directory.actor(submitted.user.id, _place(submitted, origin))
    try:
        pressed = _read_pressed(front, origin)
        if (refused := await front.refused_here(by, pressed.request)) is not None:
            return _update(refused, None)
        deed = _deed(front, pressed, by, submitted, replay_key)
    except Refused as refused:
        await front.turn_away(by, refused)
        return _update(refused, None)
    return await _carry_out(front, by, pressed, deed)


def _deed(front: Front, pressed: Pressed, by: Actor, submitted: Submitted, replay_key: Stamp) -> Awaitable[object]:
    """Return what was sent as the deed it is. Raises Refused (STALE) for a button that no dialog belongs to."""
    words, press = read_reason(submitted.view), pressed.press
    if press is Press.ASK:
        question = Question(
            request_id=pressed.request, by=by, text=words, revision=pressed.revision, replay_key=replay_key
        )
        return ask(front, question)
    if press is Press.ANSWER:
        said = Answer(request_id=pressed.request, by=by, text=words, question=pressed.question, replay_key=replay_key)
        return front.desk.run(lambda tx, now: answer(tx, said, now), locks=(pressed.request,))
    if press is Press.ESCALATE:
        return front.desk.run(lambda tx, now: call_more(tx, _call(pressed, by, replay_key), now), (pressed.request,))
    if press is Press.WAIVE:
        return waive_as_filled(front, pressed, by, submitted.view, replay_key)
    if press is Press.BREAK_GLASS:
        emergency = Emergency(
            request_id=pressed.request,
            by=by,
            revision=pressed.revision,
            reason=words,
            confirmation=typed(submitted.view, CONFIRM_BLOCK, CONFIRM_ACTION),
            replay_key=replay_key,
        )
        return break_it(front, emergency)
    return count(front, _click(pressed, by, submitted, replay_key))


def _call(pressed: Pressed, by: Actor, replay_key: Stamp) -> Call:
    return Call(
        request_id=pressed.request,
        by=by,
        revision=pressed.revision,
        stage=pressed.stage,
        step=pressed.step,
        replay_key=replay_key,
    )


def _click(pressed: Pressed, by: Actor, submitted: Submitted, replay_key: Stamp) -> Click:
    verdict = pressed.press.verdict
    if verdict is None:
        raise Refused(Refusal.STALE, "This dialog isn't what it says it is, so nothing was counted.")
    return Click(
        request_id=pressed.request,
        verdict=verdict,
        by=by,
        revision=pressed.revision,
        stage=pressed.stage,
        named=pressed.others,
        reason=read_reason(submitted.view) or None,
        category=read_category(submitted.view),
        condition=read_condition(submitted.view),
        environment=read_environment(submitted.view),
        replay_key=replay_key,
    )


async def _carry_out(front: Front, by: Actor, pressed: Pressed, deed: Awaitable[object]) -> Answered:
    try:
        await deed
    except Refused as refused:
        await front.turn_away(by, refused, pressed.request)
        block = (WAIVING_FIELDS if pressed.press is Press.WAIVE else FIELDS).get(refused.code)
        if block is not None:
            return {"response_action": "errors", "errors": {block: as_sentence(refused)}}
        return _update(refused, await _as_it_is(front, pressed.request))
    return {}


async def _as_it_is(front: Front, request_id: RequestId) -> ApprovalRequest | None:
    try:
        return (await front.desk.read(lambda snapshot: look_up.view(snapshot, request_id))).request
    except Refused:
        # There is no such request, and the refusal being shown says so already.
        return None


def _read_pressed(front: Front, origin: Origin | None) -> Pressed:
    if origin is None:
        raise Refused(Refusal.STALE, "This dialog isn't known here any more, so nothing was counted. Use the card.")
    return front.seal.read_value(origin.value)


def _place(submitted: Submitted, origin: Origin | None) -> Place:
    return Place(
        via=Via.SLACK_DIALOG,
        team_id=submitted.team_id,
        enterprise_id=submitted.enterprise_id,
        channel=origin.channel if origin else None,
        ts=origin.ts if origin else None,
    )


def _update(refused: Refused, request: ApprovalRequest | None) -> Answered:
    view = draw_refusal_view("Not counted", as_sentence(refused), request)
    return {"response_action": "update", "view": view}


def draw_broken(submitted: Submitted, sentence: str) -> Answered:
    """Return what a dialog says when neither yes nor no could be said; what was typed stays, to be sent again."""
    block = _BESIDE.get(submitted.view.callback_id)
    if block is not None:
        return {"response_action": "errors", "errors": {block: sentence}}
    return {"response_action": "update", "view": draw_refusal_view("Something broke", sentence, None)}
