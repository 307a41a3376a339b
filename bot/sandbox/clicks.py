"""Buttons and selects: a click is sent at once, and twice when it is a double click."""

from dataclasses import replace
from typing import Any

from bot.sandbox.answers import draw_chosen, draw_state, find_element, find_in_message, value_of
from bot.sandbox.counter import Counter
from bot.sandbox.gestures import Interaction, Press, PressInView
from bot.sandbox.outbound import Ack, Kind
from bot.sandbox.payloads import draw_action, draw_click, draw_unfurl_click, draw_view_click

Json = dict[str, Any]

NO_ANSWER = "{app} did not respond in time."
WRONG_ANSWER = "{app} responded with an error."


async def press(counter: Counter, gesture: Press) -> Interaction:
    """Send a click on a message. Raises LookupError when there is nothing to press."""
    state = counter.state
    message = state.find(gesture.channel, gesture.ts, gesture.user)
    if message is None:
        raise LookupError(f"there is no message {gesture.ts} in {gesture.channel}")
    blocks, unfurl = find_in_message(message, gesture.action_id, gesture.block_id)
    block, element = find_element(blocks, gesture.action_id, gesture.block_id)
    channel = state.roster.channel(gesture.channel)
    action = draw_action(block, element, state.mint.stamp()) | _chosen(element, gesture.value)
    payload = draw_click(
        state.roster.person(gesture.user), message, channel, action, counter.handle(gesture.user, channel, message)
    )
    payload["state"] = {"values": draw_state(blocks, _typed_with(gesture, block))}
    if unfurl is not None:
        payload |= draw_unfurl_click(payload["container"], unfurl)
    ack = await counter.send(Kind.INTERACTION, payload)
    return Interaction(ack=ack, view=state.views.top(gesture.user), complaint=complaint(counter, ack))


async def choose(counter: Counter, gesture: Press, text: str) -> Interaction:
    """Choose the option of a message's menu that reads *text*. Raises LookupError when there is none."""
    message = counter.state.find(gesture.channel, gesture.ts, gesture.user)
    blocks = message.blocks if message else ()
    _, element = find_element(blocks, gesture.action_id, gesture.block_id)
    return await press(counter, replace(gesture, value=value_of(element, text)))


async def press_in_view(counter: Counter, gesture: PressInView) -> Interaction:
    """Send a click in a dialog, or on a Home tab.

    Raises LookupError when there is nothing to press, SlackRefusal when it is closed.
    """
    state = counter.state
    view = state.view(gesture.view)
    block, element = find_element(view.blocks, gesture.action_id, gesture.block_id)
    action = draw_action(block, element, state.mint.stamp()) | _chosen(element, gesture.value)
    payload = draw_view_click(
        state.roster.person(gesture.user),
        view,
        draw_state(view.blocks, _typed_with(gesture, block)),
        action,
        counter.handle_in_view(gesture.user, view.id),
    )
    ack = await counter.send(Kind.INTERACTION, payload)
    return Interaction(ack=ack, view=state.views.top(gesture.user), complaint=complaint(counter, ack))


def complaint(counter: Counter, ack: Ack) -> str | None:
    """Return what Slack's client says when the app does not answer rightly."""
    if ack.failure is None:
        return None
    sentence = NO_ANSWER if ack.failure == "operation_timeout" else WRONG_ANSWER
    return sentence.format(app=counter.state.config.app_name)


def _chosen(element: Json, value: str | None) -> Json:
    return draw_chosen(element, value or "")


def _typed_with(gesture: Press | PressInView, block: Json) -> dict[str, dict[str, str]]:
    typed = {block_id: dict(values) for block_id, values in gesture.typed.items()}
    if gesture.value is not None:
        typed.setdefault(block["block_id"], {})[gesture.action_id] = gesture.value
    return typed
