"""Clicks on the Home tab. Whatever one comes to is said on the tab itself: there is no channel to whisper in."""

from bot.core.errors import Refusal, Refused
from bot.core.home import Look, Show
from bot.core.people import eligibility
from bot.core.people.identity import Actor, Via
from bot.core.stamp import Stamp
from bot.slack import Place, Press
from bot.slack.dialogs.details import draw_details
from bot.slack.dialogs.reasons import Origin
from bot.slack.home import tab
from bot.slack.home.bulk import draw_bulk_dialog
from bot.slack.home.look import read_environment, read_look, read_page, read_show
from bot.usecases import look_up
from bot.usecases.delegate import revoke
from bot.usecases.home import Turn, turn_home
from handlers.refusals import as_sentence
from handlers.slack.front import Front, require_colleague
from handlers.slack.home.delegating import open_delegating
from handlers.slack.home.picked import read_picked
from handlers.slack.inbound import Action, Clicked, View
from handlers.slack.opening import open_dialog

HOME_ACTIONS = frozenset(
    {tab.SHOW, tab.ENVIRONMENT, tab.BACK, tab.NEXT, tab.MORE, tab.PICK, tab.DECIDE}
    | {tab.DELEGATE, tab.REVOKE, Press.DETAILS.action_id}
)

_LATE = "Slack didn't open the dialog in time. Click again; /jit in a message works too."


async def click_home(front: Front, clicked: Clicked, view: View, replay_key: Stamp) -> None:
    """Carry out one click on the Home tab; when this returns it is on the books, and so is its answer."""
    if len(clicked.actions) == 1 and clicked.actions[0].action_id == tab.PICK:
        return  # a tick is Slack's to remember until a button is pressed
    place = Place(via=Via.SLACK_HOME, team_id=clicked.team_id, enterprise_id=clicked.enterprise_id)
    by = await front.directory.actor(clicked.user.id, place)
    try:
        turn = await _carry_out(front, clicked, view, by, replay_key)
    except Refused as refused:
        await front.turn_away(by, refused)
        turn = Turn(notice=as_sentence(refused))
    if turn is not None:
        await front.desk.run(lambda tx, now: turn_home(tx, by, turn, now))


async def _carry_out(front: Front, clicked: Clicked, view: View, by: Actor, replay_key: Stamp) -> Turn | None:
    action = clicked.actions[0]
    if len(clicked.actions) != 1 or action.action_id not in HOME_ACTIONS:
        raise Refused(
            Refusal.STALE, "This isn't known here any more, so nothing was done. Look at the tab as it is now."
        )
    if action.action_id == Press.DETAILS.action_id:
        return await _show_details(front, clicked, action, by)
    person = eligibility.require_member(by)
    look = read_look(view.private_metadata, person.slack_id or "", front.seal)
    if action.action_id == tab.DECIDE:
        return await _ask_for_all(front, clicked, view)
    if action.action_id == tab.DELEGATE:
        return None if await open_delegating(front, clicked.trigger_id, by) else Turn(notice=_LATE)
    if action.action_id == tab.REVOKE:
        return await _revoke(front, action, by, replay_key)
    return Turn(look=_look(look, action))


def _look(look: Look, action: Action) -> Look:
    """Return what is looked at next. Raises Refused (STALE) for what cannot be chosen."""
    match action.action_id:
        case tab.SHOW:
            return tab.turned(look, read_show(action.chosen))
        case tab.MORE:
            return tab.turned(look, read_show(action.value))
        case tab.ENVIRONMENT:
            return Look(show=look.show, environment=read_environment(action.chosen))
        case _:
            is_list = look.show in {Show.WAITING, Show.ASKED, Show.DECIDED}
            return tab.turned(look, look.show, read_page(action.value) if is_list else 0)


async def _ask_for_all(front: Front, clicked: Clicked, view: View) -> Turn | None:
    """Open the dialog for what is ticked. Raises Refused."""
    picked = read_picked(view.ticked(tab.PICK), front.seal)
    wanted = [one.pressed.request for one in picked]
    views = await front.desk.read(lambda snapshot: [look_up.view(snapshot, request) for request in wanted])
    dialog = draw_bulk_dialog([one.request for one in views], [one.value for one in picked])
    return None if await open_dialog(front, clicked.trigger_id, dialog) else Turn(notice=_LATE)


async def _show_details(front: Front, clicked: Clicked, action: Action, by: Actor) -> Turn | None:
    require_colleague(by)
    pressed = front.seal.read_value(action.value)
    view = await front.desk.read(lambda snapshot: look_up.view(snapshot, pressed.request))
    dialog = draw_details(view, 0, Origin(value=action.value))
    return None if await open_dialog(front, clicked.trigger_id, dialog) else Turn(notice=_LATE)


async def _revoke(front: Front, action: Action, by: Actor, replay_key: Stamp) -> Turn:
    """Take back the delegation that was shown, and no newer one. Raises Refused."""
    revoked = await front.desk.run(lambda tx, now: revoke(tx, by, replay_key, now, action.value))
    return Turn(notice=f"{revoked.receiver.key} no longer answers in your name. What they answered stands.")
