"""Many requests answered in one dialog: each is checked, counted and written down singly, as a click would be."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.errors import Refused
from bot.core.people.identity import Actor, Via
from bot.core.request import ApprovalRequest
from bot.core.ruling import Category, Verdict
from bot.core.stamp import Stamp
from bot.slack import Place
from bot.slack.dialogs.reasons import REASON_BLOCK, draw_refusal_view
from bot.slack.home.bulk import VERDICT_ACTION, VERDICT_BLOCK, Settled, draw_bulk_result
from bot.usecases import look_up
from bot.usecases.review import Click
from handlers.refusals import as_sentence
from handlers.slack.counting import count
from handlers.slack.filled import read_category, read_reason
from handlers.slack.front import Front
from handlers.slack.home.picked import Picked, read_picked
from handlers.slack.inbound import Submitted
from handlers.slack.jit.outcomes import done

Answered = dict[str, object]

_VERDICTS = {verdict.value: verdict for verdict in Verdict}


@dataclass(frozen=True, slots=True, kw_only=True)
class _ToAll:
    """What the dialog says to each of them."""

    verdict: Verdict
    by: Actor
    reason: str
    category: Category | None
    replay_key: Stamp


async def submit_all(front: Front, submitted: Submitted, replay_key: Stamp) -> Answered:
    """Count the answer for each request that was picked; the dialog then says what came of each."""
    place = Place(via=Via.SLACK_DIALOG, team_id=submitted.team.id if submitted.team else None)
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
        return _errors(VERDICT_BLOCK, "Choose your answer first.")
    reason = read_reason(submitted.view)
    if not reason and (wanting := _wanting(requests, verdict)):
        return _errors(REASON_BLOCK, f"Nothing was counted yet: a reason is needed for {wanting}.")
    said = _ToAll(verdict=verdict, by=by, reason=reason, category=category, replay_key=replay_key)
    settled = [await _settle(front, request, _click(one, said)) for one, request in zip(picked, requests, strict=True)]
    return {"response_action": "update", "view": draw_bulk_result(settled)}


async def _as_they_are(front: Front, picked: Sequence[Picked]) -> list[ApprovalRequest]:
    wanted = [one.pressed.request for one in picked]
    return await front.desk.read(lambda snapshot: [look_up.view(snapshot, request).request for request in wanted])


def _wanting(requests: Sequence[ApprovalRequest], verdict: Verdict) -> str:
    return ", ".join(f"#{one.number}" for one in requests if one.ruling.require_reason.wants_one(verdict))


def _click(one: Picked, said: _ToAll) -> Click:
    """Return the answer to one of them, bound to what its box showed. Sent again, none of them counts again."""
    pressed = one.pressed
    return Click(
        request_id=pressed.request,
        verdict=said.verdict,
        by=said.by,
        revision=pressed.revision,
        stage=pressed.stage,
        reason=said.reason or None,
        category=said.category,
        replay_key=said.replay_key.named(f"{said.replay_key.key}:{pressed.request}"),
    )


async def _settle(front: Front, request: ApprovalRequest, click: Click) -> Settled:
    """Count it, or say why it was not; what becomes of one changes nothing for the others."""
    try:
        outcome = await count(front, click)
    except Refused as refused:
        return Settled(number=request.number, sentence=as_sentence(refused), is_counted=False)
    said = done(outcome.request.number, click.verdict, outcome.request.state)
    return Settled(number=outcome.request.number, sentence=said, is_counted=True)


def _errors(block: str, sentence: str) -> Answered:
    return {"response_action": "errors", "errors": {block: sentence}}
