"""Dialogs sent and closed, and what the app's answer does to them."""

import json
from collections.abc import Mapping
from typing import Any, cast

from bot.sandbox.answers import Typed, draw_state, find_errors
from bot.sandbox.blocks import check_view
from bot.sandbox.counter import Counter
from bot.sandbox.gestures import Interaction
from bot.sandbox.outbound import Ack, Kind
from bot.sandbox.payloads import draw_closing, draw_submission
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.state import State
from bot.sandbox.views import View

Json = dict[str, Any]

TROUBLE = "We had some trouble connecting. Try again?"


async def submit(counter: Counter, view_id: str, typed: Typed) -> Interaction:
    """Send a dialog. Raises SlackRefusal not_found when it is closed."""
    state = counter.state
    view = state.views.get(view_id)
    errors = find_errors(view.blocks, typed)
    if errors:
        return _show(state, state.views.complain(view, errors), None)
    person = state.roster.person(view.user)
    handle = counter.handle_in_view(view.user, view.id)
    payload = draw_submission(person, view, draw_state(view.blocks, typed), handle)
    ack = await counter.send(Kind.INTERACTION, payload)
    return _follow(state, view, ack)


async def close(counter: Counter, view_id: str) -> Interaction:
    """Close a dialog; the app hears of it when it asked to. ``clear_on_close`` takes the whole stack."""
    state = counter.state
    view = state.views.get(view_id)
    is_cleared = view.content.get("clear_on_close", False)
    if is_cleared:
        state.views.clear(view.user)
    else:
        state.views.close(view)
    state.show_view(view.user)
    ack = None
    if view.content.get("notify_on_close"):
        payload = draw_closing(state.roster.person(view.user), view, is_cleared=is_cleared)
        ack = await counter.send(Kind.INTERACTION, payload)
    return Interaction(ack=ack, view=state.views.top(view.user))


def _follow(state: State, sent: View, ack: Ack) -> Interaction:
    """Do what the answer says to the dialog, which may have been changed or closed meanwhile."""
    view = next((open_view for open_view in state.views.stack(sent.user) if open_view.id == sent.id), None)
    if view is None:
        return Interaction(ack=ack, view=state.views.top(sent.user))
    try:
        _obey(state, view, ack)
    except (SlackRefusal, ValueError):
        return _show(state, view, ack, TROUBLE)
    return _show(state, view, ack)


def _obey(state: State, view: View, ack: Ack) -> None:
    """Raise ValueError or SlackRefusal for an answer that Slack would not understand."""
    if ack.failure:
        raise ValueError(ack.failure)
    answer = ack.document if ack.text.strip() else {}
    match answer:
        case {"response_action": "errors", "errors": errors}:
            state.views.complain(view, _read_errors(view, errors))
        case {"response_action": "update", "view": content}:
            state.views.update(view, _checked(content))
        case {"response_action": "push", "view": content}:
            state.views.push(view.user, _checked(content))
        case {"response_action": "clear"}:
            state.views.clear(view.user)
        case dict() if not answer:
            state.views.close(view)
        case _:
            raise ValueError("not a response_action")


def _read_errors(view: View, errors: object) -> Mapping[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise ValueError("errors must name blocks")
    read = cast("dict[str, Any]", errors)
    if not set(read) <= inputs or not all(isinstance(text, str) and text for text in read.values()):
        raise ValueError("errors must name inputs of the view")
    return read


def _checked(content: object) -> Json:
    return check_view(content, len(json.dumps(content).encode()))


def _show(state: State, view: View, ack: Ack | None, complaint: str | None = None) -> Interaction:
    state.show_view(view.user)
    top = state.views.top(view.user)
    return Interaction(ack=ack, view=top, errors=top.errors if top else {}, complaint=complaint)
