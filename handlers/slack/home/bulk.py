"""Many requests answered in one dialog: each is checked, counted and written down singly, as a click would be."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.errors import Refusal, Refused
from bot.core.events import Reviewed
from bot.core.life.demanding import require_filled
from bot.core.people.identity import Actor, Via
from bot.core.request import ApprovalRequest
from bot.core.ruling import Category, Verdict
from bot.core.stamp import Stamp
from bot.slack import Place
from bot.slack.dialogs.reasons import draw_refusal_view
from bot.slack.home.bulk import VERDICT_ACTION, VERDICT_BLOCK, Settled, draw_bulk_result
from bot.usecases import look_up
from bot.usecases.review import Click
from handlers.refusals import as_sentence
from handlers.slack.counting import count
from handlers.slack.filled import FIELDS, read_category, read_condition, read_environment, read_reason
from handlers.slack.front import Front
from handlers.slack.home.picked import Picked, read_picked
from handlers.slack.inbound import Submitted, View
from handlers.slack.jit.outcomes import done

Answered = dict[str, object]

_NEEDED = {
    Refusal.REASON_REQUIRED: "a reason",
    Refusal.CATEGORY_REQUIRED: "a category",
    Refusal.CONDITION_REQUIRED: "a condition",
    Refusal.UNCONFIRMED: "the environment",
}
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


@dataclass(frozen=True, slots=True, kw_only=True)
class _ToAll:
    """What the dialog says to each of them."""

    verdict: Verdict
    by: Actor
    reason: str | None
    category: Category | None
    condition: str | None
    environment: str | None
    replay_key: Stamp


async def submit_all(front: Front, submitted: Submitted, replay_key: Stamp) -> Answered:
    """Count the answer for each request that was picked; the dialog then says what came of each."""
    place = Place(via=Via.SLACK_DIALOG, team_id=submitted.team_id, enterprise_id=submitted.enterprise_id)
    by = await front.directory.actor(submitted.user.id, place)
    try:
        category = read_category(submitted.view)
        picked = read_picked(submitted.view.private_metadata.split(), front.seal)
        requests = await _as_they_are(front, picked)
    except Refused as refused:
        await front.turn_away(by, refused)
        view = draw_refusal_view("Not counted", as_sentence(refused), None)
        return {"response_action": "update", "view": view}
    verdict = _VERDICTS.get(submitted.view.chosen(VERDICT_BLOCK, VERDICT_ACTION))
    if verdict is None:
        return {"response_action": "errors", "errors": {VERDICT_BLOCK: "Choose your answer first."}}
    said = _ToAll(
        verdict=verdict,
        by=by,
        reason=read_reason(submitted.view) or None,
        category=category,
        condition=read_condition(submitted.view),
        environment=read_environment(submitted.view),
        replay_key=replay_key,
    )
    if errors := _lacking(submitted.view, requests, said):
        return {"response_action": "errors", "errors": errors}
    settled = [await _settle(front, request, _click(one, said)) for one, request in zip(picked, requests, strict=True)]
    return {"response_action": "update", "view": draw_bulk_result(settled)}


async def _as_they_are(front: Front, picked: Sequence[Picked]) -> list[ApprovalRequest]:
    wanted = [one.pressed.request for one in picked]
    return await front.desk.read(lambda snapshot: [look_up.view(snapshot, request).request for request in wanted])


def _lacking(view: View, requests: Sequence[ApprovalRequest], said: _ToAll) -> dict[str, str]:
    """Return, by their fields, what some of them need and nobody gave; another environment's name is told of each."""
    lacking = dict[Refusal, list[str]]()
    for request in requests:
        code = _lacks(request, said)
        is_another = code is Refusal.UNCONFIRMED and said.environment is not None
        if code is not None and not is_another and view.asks(FIELDS[code]):
            lacking.setdefault(code, []).append(f"#{request.number}")
    return {
        FIELDS[code]: f"Nothing was counted yet: {_NEEDED[code]} is needed for {', '.join(numbers)}."
        for code, numbers in lacking.items()
    }


def _lacks(request: ApprovalRequest, said: _ToAll) -> Refusal | None:
    answer = Reviewed(
        by=said.by,
        verdict=said.verdict,
        revision=request.revision,
        stage=request.stage,
        reason=said.reason,
        category=said.category,
        condition=said.condition,
        environment=said.environment,
    )
    try:
        require_filled(request, answer)
    except Refused as refused:
        return refused.code
    return None


def _click(one: Picked, said: _ToAll) -> Click:
    """Return the answer to one of them, bound to what its box showed. Sent again, none of them counts again."""
    pressed = one.pressed
    return Click(
        request_id=pressed.request,
        verdict=said.verdict,
        by=said.by,
        revision=pressed.revision,
        stage=pressed.stage,
        reason=said.reason,
        category=said.category,
        condition=said.condition,
        environment=said.environment,
        replay_key=said.replay_key.named(f"{said.replay_key.key}:{pressed.request}"),
    )


async def _settle(front: Front, request: ApprovalRequest, click: Click) -> Settled:
    """Count it, or say why it was not; what becomes of one changes nothing for the others."""
    try:
        outcome = await count(front, click)
    except Refused as refused:
        return Settled(number=request.number, sentence=as_sentence(refused), is_counted=False)
    said = done(outcome.request, click.verdict)
    return Settled(number=outcome.request.number, sentence=said, is_counted=True)
