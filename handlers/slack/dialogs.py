"""Dialogs sent: a reason, and with it an answer. What is wrong is said in the dialog itself."""

from bot.core.errors import Refusal, Refused
from bot.core.identity import Via
from bot.core.request import ApprovalRequest
from bot.core.ruling import Verdict
from bot.slack import Place, Pressed
from bot.slack.escape import lines
from bot.slack.views import (
    DETAILS_CALLBACK,
    REASON_ACTION,
    REASON_BLOCK,
    REASON_LIMIT,
    REVIEW_CALLBACK,
    Origin,
    draw_refusal_view,
    read_origin,
)
from bot.usecases import look_up
from bot.usecases.review import Click
from handlers.refusals import as_sentence
from handlers.slack.counting import count
from handlers.slack.front import Front
from handlers.slack.inbound import Submitted

CALLBACKS = frozenset({REVIEW_CALLBACK, DETAILS_CALLBACK})

Answer = dict[str, object]
"""What stands in the acknowledgement; empty closes the dialog."""


async def submit(front: Front, submitted: Submitted, replay_key: str) -> Answer:
    """Count the answer that a dialog holds, and return what the dialog does next."""
    origin = read_origin(submitted.view.private_metadata) if submitted.view.callback_id == REVIEW_CALLBACK else None
    by = await front.directory.actor(submitted.user.id, _place(submitted, origin))
    try:
        pressed, verdict = _read_pressed(front, origin)
    except Refused as refused:
        await front.turn_away(by, refused)
        return _update(refused, None)
    click = Click(
        request_id=pressed.request,
        verdict=verdict,
        by=by,
        revision=pressed.revision,
        stage=pressed.stage,
        reason=read_reason(submitted) or None,
        replay_key=replay_key,
    )
    return await _review(front, click)


def read_reason(submitted: Submitted) -> str:
    """Return what was typed, without what nobody can see; it may be empty."""
    values = submitted.view.state.values if submitted.view.state else {}
    typed = values.get(REASON_BLOCK, {}).get(REASON_ACTION)
    return lines((typed.value if typed else None) or "", REASON_LIMIT)


async def _review(front: Front, click: Click) -> Answer:
    try:
        await count(front, click)
    except Refused as refused:
        if refused.code is Refusal.REASON_REQUIRED:
            return {"response_action": "errors", "errors": {REASON_BLOCK: as_sentence(refused)}}
        return _update(refused, await _as_it_is(front, click))
    return {}


async def _as_it_is(front: Front, click: Click) -> ApprovalRequest | None:
    try:
        return (await front.desk.read(lambda snapshot: look_up.view(snapshot, click.request_id))).request
    except Refused:
        # There is no such request, and the refusal being shown says so already.
        return None


def _read_pressed(front: Front, origin: Origin | None) -> tuple[Pressed, Verdict]:
    if origin is None:
        raise Refused(Refusal.STALE, "This dialog isn't known here any more, so nothing was counted. Use the card.")
    pressed = front.seal.read_value(origin.value)
    verdict = pressed.press.verdict
    if verdict is None:
        raise Refused(Refusal.STALE, "This dialog isn't what it says it is, so nothing was counted.")
    return pressed, verdict


def _place(submitted: Submitted, origin: Origin | None) -> Place:
    return Place(
        via=Via.SLACK_DIALOG,
        team_id=submitted.team.id if submitted.team else None,
        channel=origin.channel if origin else None,
        ts=origin.ts if origin else None,
    )


def _update(refused: Refused, request: ApprovalRequest | None) -> Answer:
    view = draw_refusal_view("Not counted", as_sentence(refused), request)
    return {"response_action": "update", "view": view}


def draw_broken(submitted: Submitted, sentence: str) -> Answer:
    """Return what a dialog says when neither yes nor no could be said; what was typed stays, to be sent again."""
    if submitted.view.callback_id == REVIEW_CALLBACK:
        return {"response_action": "errors", "errors": {REASON_BLOCK: sentence}}
    return {"response_action": "update", "view": draw_refusal_view("Something broke", sentence, None)}
