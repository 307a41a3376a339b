"""views.*: dialogs, and Home tabs."""

import json
from typing import Any

from bot.sandbox.blocks import check_home, check_view
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.state import State
from bot.sandbox.views import View
from bot.sandbox.webapi.arguments import Arguments
from bot.sandbox.wire import draw_view

Json = dict[str, Any]


def open_view(state: State, given: Arguments) -> Json:
    """Show a dialog to the person whose trigger this is."""
    content = _read_view(given)
    trigger = state.triggers.exchange(given.needed("trigger_id"), state.now)
    return _shown(state, state.views.open(trigger.user, content))


def push_view(state: State, given: Arguments) -> Json:
    """Show a dialog on top of the one the trigger came from."""
    content = _read_view(given)
    trigger = state.triggers.exchange(given.needed("trigger_id"), state.now)
    return _shown(state, state.views.push(trigger.user, content))


def update_view(state: State, given: Arguments) -> Json:
    """Change an open dialog."""
    content = _read_view(given)
    if given.text("view_id"):
        view = state.views.get(given.text("view_id"))
    elif given.text("external_id"):
        view = state.views.by_external_id(given.text("external_id"))
    else:
        raise SlackRefusal("invalid_arguments", ["[ERROR] missing required field: view_id"])
    return _shown(state, state.views.update(view, content, given.text("hash") or None))


def publish_view(state: State, given: Arguments) -> Json:
    """Show a Home tab to one person. https://docs.slack.dev/reference/methods/views.publish ."""
    user_id = given.needed("user_id")
    raw = given.document("view", "invalid_arguments")
    content = check_home(raw, len(json.dumps(raw).encode()))
    if not state.config.home_tab:
        raise SlackRefusal("not_enabled")
    try:
        user = state.roster.person(user_id)
    except SlackRefusal:
        raise SlackRefusal("invalid_arguments", ["invalid `user_id`"]) from None
    home = state.homes.publish(user.id, content, given.text("hash") or None)
    state.show_home(user.id)
    return {"view": draw_view(home)}


def _read_view(given: Arguments) -> Json:
    raw = given.document("view", "invalid_arguments")
    return check_view(raw, len(json.dumps(raw).encode()))


def _shown(state: State, view: View) -> Json:
    state.show_view(view.user)
    return {"view": draw_view(view)}
