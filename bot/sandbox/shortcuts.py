"""Shortcuts: chosen in the menu of the whole workspace, or at a message."""

from bot.sandbox.clicks import complaint
from bot.sandbox.config import Shortcut
from bot.sandbox.counter import Counter
from bot.sandbox.gestures import Interaction
from bot.sandbox.outbound import Kind
from bot.sandbox.payloads import Json, draw_message_shortcut, draw_shortcut
from bot.sandbox.people import Channel


async def use_shortcut(counter: Counter, user: str, callback_id: str) -> Interaction:
    """Send a global shortcut. Raises LookupError when the app registered none of that name."""
    state = counter.state
    shortcut = _registered(counter, "global", callback_id)
    person = state.roster.person(user)
    payload = draw_shortcut(person, shortcut, counter.handle_anywhere(user), state.mint.stamp())
    return await _send(counter, user, payload)


async def use_at_message(counter: Counter, user: str, channel: Channel, chosen: tuple[str, str]) -> Interaction:
    """Send a message shortcut; *chosen* is the message's stamp and the shortcut's callback_id.

    Raises LookupError when the app registered none of that name, or there is no such message for everybody.
    """
    state = counter.state
    ts, callback_id = chosen
    shortcut = _registered(counter, "message", callback_id)
    message = state.history.get(channel.id, ts)
    if message is None:
        raise LookupError(f"there is no message {ts} in {channel.id}")
    handle = counter.handle(user, channel, None)
    payload = draw_message_shortcut(state.roster.person(user), shortcut, message, channel) | {
        "action_ts": state.mint.stamp(),
        "trigger_id": handle.trigger_id,
        "response_url": handle.response_url,
    }
    return await _send(counter, user, payload)


async def _send(counter: Counter, user: str, payload: Json) -> Interaction:
    ack = await counter.send(Kind.INTERACTION, payload)
    return Interaction(ack=ack, view=counter.state.views.top(user), complaint=complaint(counter, ack))


def _registered(counter: Counter, kind: str, callback_id: str) -> Shortcut:
    for shortcut in counter.state.config.shortcuts:
        if (shortcut.kind, shortcut.callback_id) == (kind, callback_id):
            return shortcut
    raise LookupError(f"there is no {kind} shortcut {callback_id!r}")
