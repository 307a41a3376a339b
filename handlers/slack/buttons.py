"""Buttons and the menu: one click is one answer, or opens the dialog that asks more. Nobody's click ends in silence."""

from dataclasses import dataclass
from typing import assert_never

from bot.core.errors import Refusal, Refused
from bot.core.people.identity import Actor, Via
from bot.core.ruling import Verdict
from bot.core.stamp import Stamp
from bot.slack import Place, Press, Pressed, Seal
from bot.slack.cards.button_value import IN_THE_MENU, MENU
from bot.slack.dialogs.details import draw_details
from bot.slack.dialogs.reasons import Origin
from bot.usecases import look_up
from bot.usecases.claim import Claiming
from bot.usecases.review import Click
from bot.usecases.undo import Undo, undo
from handlers.slack.counting import claim_it, count
from handlers.slack.front import Front, require_colleague
from handlers.slack.inbound import Clicked
from handlers.slack.opening import ask_for_words, open_or_say
from handlers.slack.waiving.dialog import open_waiving

CARD_ACTIONS = frozenset((*(press.action_id for press in Press), MENU))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardClick:
    """A press of a button that we drew, or a choice of our menu."""

    pressed: Pressed
    origin: Origin
    trigger_id: str


def read_click(clicked: Clicked, seal: Seal) -> CardClick:
    """Return what was pressed. Raises Refused for anything that is not exactly one button or choice of ours."""
    action = clicked.actions[0]
    if len(clicked.actions) != 1:
        raise Refused(Refusal.STALE, "That were two clicks at once, so neither was counted. Click one button.")
    if action.action_id not in CARD_ACTIONS:
        raise Refused(Refusal.STALE, "This button isn't known here any more. Use the newest card.")
    value = action.chosen if action.action_id == MENU else action.value
    pressed = seal.read_value(value)
    if action.action_id not in _names(pressed.press):
        raise Refused(Refusal.STALE, "This button isn't what it says it is, so nothing was counted.")
    channel, ts = where(clicked)
    origin = Origin(value=value, channel=channel, ts=ts)
    return CardClick(pressed=pressed, origin=origin, trigger_id=clicked.trigger_id)


def _names(press: Press) -> tuple[str, ...]:
    """Return by which names Slack may send it: cards of earlier versions have buttons for what is in the menu now."""
    return (press.action_id, MENU) if press in IN_THE_MENU else (press.action_id,)


def where(clicked: Clicked) -> tuple[str | None, str | None]:
    """Return channel and ts of the message that was clicked.

    What only they see stands in no channel: whoever else reads there, and whether we are in it, is nothing to it.
    """
    container = clicked.container
    return (None, None) if container is None or container.is_ephemeral else (container.channel_id, container.message_ts)


async def press(front: Front, clicked: Clicked, replay_key: Stamp) -> None:
    """Carry out one click; when this returns it is on the books, and its answer too."""
    channel, ts = where(clicked)
    by = await front.directory.actor(
        clicked.user.id,
        Place(
            via=Via.SLACK_BUTTON, team_id=clicked.team_id, enterprise_id=clicked.enterprise_id, channel=channel, ts=ts
        ),
    )
    try:
        click = read_click(clicked, front.seal)
    except Refused as refused:
        await front.turn_away(by, refused)
        return
    if await front.refused_here(by, click.pressed.request) is None:
        await _carry_out(front, click, by, replay_key)


async def _carry_out(front: Front, click: CardClick, by: Actor, replay_key: Stamp) -> None:
    match click.pressed.press:
        case Press.APPROVE:
            await _approve(front, click.pressed, by, replay_key)
        case Press.UNDO:
            await _undo(front, click.pressed, by, replay_key)
        case Press.APPROVE_WITH_REASON | Press.REJECT | Press.ASK | Press.ANSWER | Press.BREAK_GLASS | Press.ESCALATE:
            await ask_for_words(front, click.trigger_id, click.pressed, click.origin, by)
        case Press.WAIVE:
            await open_waiving(front, click.trigger_id, click.pressed, click.origin, by)
        case Press.CLAIM:
            await _claim(front, click.pressed, by, replay_key)
        case Press.SELECT:
            await front.turn_away(by, Refused(Refusal.STALE, "This is a box of the Home tab, so nothing was counted."))
        case Press.DETAILS:
            await _show_details(front, click, by)
        case _:
            assert_never(click.pressed.press)


async def _approve(front: Front, pressed: Pressed, by: Actor, replay_key: Stamp) -> None:
    answer = Click(
        request_id=pressed.request,
        verdict=Verdict.APPROVE,
        by=by,
        revision=pressed.revision,
        stage=pressed.stage,
        named=pressed.others,
        replay_key=replay_key,
    )
    try:
        await count(front, answer)
    except Refused:
        # The use case has written it down and whispered it in its own commit: there is nothing left to say here.
        return


async def _undo(front: Front, pressed: Pressed, by: Actor, replay_key: Stamp) -> None:
    wish = Undo(
        request_id=pressed.request, by=by, replay_key=replay_key, revision=pressed.revision, stage=pressed.stage
    )
    try:
        await front.desk.run(lambda tx, now: undo(tx, wish, now), (wish.request_id,))
    except Refused:
        # As for an answer: it is written down and whispered already.
        return


async def _claim(front: Front, pressed: Pressed, by: Actor, replay_key: Stamp) -> None:
    claiming = Claiming(
        request_id=pressed.request, by=by, revision=pressed.revision, stage=pressed.stage, replay_key=replay_key
    )
    try:
        await claim_it(front, claiming)
    except Refused:
        # As above.
        return


async def _show_details(front: Front, click: CardClick, by: Actor) -> None:
    try:
        require_colleague(by)
        view = await front.desk.read(lambda snapshot: look_up.view(snapshot, click.pressed.request))
    except Refused as refused:
        about = None if refused.code is Refusal.NOT_FOUND else click.pressed.request
        await front.turn_away(by, refused, about)
        return
    await open_or_say(front, click.trigger_id, draw_details(view, 0, click.origin), by)
