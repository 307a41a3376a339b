"""auth.test and apps.connections.open: who the caller is, and its socket."""

from typing import Any

from bot.sandbox.ids import APP, BOT, BOT_USER, TEAM
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.state import State
from bot.sandbox.webapi.arguments import Arguments

Json = dict[str, Any]


def test(state: State, _given: Arguments) -> Json:
    """Say whose token this is."""
    return {
        "url": f"{state.config.base_url}/",
        "team": "Acme",
        "user": state.roster.person(BOT_USER).name,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT,
        "is_enterprise_install": state.config.is_org_wide,
        **({"enterprise_id": state.config.enterprise} if state.config.enterprise else {}),
    }


def open_connection(state: State, _given: Arguments) -> Json:
    """Give an address for one websocket. Raises SlackRefusal when the app is not in Socket Mode."""
    if state.config.request_url is not None:
        raise SlackRefusal("socket_mode_disabled")
    ticket = state.mint.secret()
    state.tickets.add(ticket)
    address = state.config.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={APP}"}
