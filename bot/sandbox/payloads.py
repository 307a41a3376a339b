"""Draws what Slack sends to an app, field for field."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.config import Shortcut
from bot.sandbox.history import Message
from bot.sandbox.ids import APP, BOT_USER, TEAM
from bot.sandbox.people import Channel, Person
from bot.sandbox.views import View
from bot.sandbox.wire import draw_message, draw_team, draw_view

Json = dict[str, Any]

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - Slack's deprecated field, no secret here


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """What the app may do with an interaction: open a dialog once, and answer at an address."""

    trigger_id: str
    response_url: str | None = None


def draw_click(person: Person, message: Message, channel: Channel, action: Json, handle: Handle) -> Json:
    """Draw a ``block_actions`` payload of a message; ``state`` is added by the caller, and where in it was clicked."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    drawn: Json = _start("block_actions", person) | {
        "container": container,
        "trigger_id": handle.trigger_id,
        "channel": {"id": channel.id, "name": draw_channel_name(channel)},
        "response_url": handle.response_url,
        "actions": [action],
    }
    return drawn | ({} if message.only_for else {"message": draw_message(message)})


def draw_unfurl_click(container: Json, unfurl: Json) -> Json:
    """Draw what is different when the click was in what the app shows of a link."""
    where = {"type": "message_attachment", "attachment_id": unfurl["id"], "is_app_unfurl": True}
    return {
        "container": container | where | {"app_unfurl_url": unfurl["app_unfurl_url"]},
        "app_unfurl": unfurl,
    }


def draw_shortcut(person: Person, shortcut: Shortcut, handle: Handle, stamp: str) -> Json:
    """Draw a ``shortcut`` payload: from no channel and no message.

    https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
    """
    return {
        "type": "shortcut",
        "token": VERIFICATION_TOKEN,
        "action_ts": stamp,
        "team": draw_team(person),
        "user": {"id": person.id, "username": person.name, "team_id": person.team},
        "is_enterprise_install": False,
        "enterprise": None,
        "callback_id": shortcut.callback_id,
        "trigger_id": handle.trigger_id,
    }


def draw_message_shortcut(person: Person, shortcut: Shortcut, message: Message, channel: Channel) -> Json:
    """Draw a ``message_action`` payload; ids, stamp and where to answer are added by the caller."""
    return {
        "type": "message_action",
        "token": VERIFICATION_TOKEN,
        "team": draw_team(person),
        "user": {"id": person.id, "username": person.name, "team_id": person.team, "name": person.name},
        "channel": {"id": channel.id, "name": draw_channel_name(channel)},
        "is_enterprise_install": False,
        "enterprise": None,
        "callback_id": shortcut.callback_id,
        "message_ts": message.ts,
        "message": draw_message(message),
    }


def draw_view_click(person: Person, view: View, values: Json, action: Json, handle: Handle) -> Json:
    """Draw a ``block_actions`` payload of a dialog."""
    return _start("block_actions", person) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": handle.trigger_id,
        "view": draw_view(view, values),
        "actions": [action],
    }


def draw_submission(person: Person, view: View, values: Json, handle: Handle) -> Json:
    """Draw a ``view_submission`` payload."""
    return _start("view_submission", person) | {
        "trigger_id": handle.trigger_id,
        "view": draw_view(view, values),
        "response_urls": [],
    }


def draw_closing(person: Person, view: View, *, is_cleared: bool) -> Json:
    """Draw a ``view_closed`` payload."""
    return _start("view_closed", person) | {"view": draw_view(view), "is_cleared": is_cleared}


def draw_action(block: Json, element: Json, stamp: str) -> Json:
    """Draw the action of a pressed element; what was chosen is added by the caller."""
    kept = {key: element[key] for key in ("type", "text", "value", "style", "placeholder", "confirm") if key in element}
    return kept | {"action_id": element["action_id"], "block_id": block["block_id"], "action_ts": stamp}


def draw_command(person: Person, channel: Channel, command: str, text: str, handle: Handle) -> Json:
    """Draw the fields of a slash command's form."""
    team = draw_team(person)
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team["id"],
        "team_domain": team["domain"],
        "channel_id": channel.id,
        "channel_name": draw_channel_name(channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": handle.response_url,
        "trigger_id": handle.trigger_id,
    }


def draw_event(event: Json, event_id: str, at: int, *, is_ext_shared: bool = False) -> Json:
    """Draw the envelope of an event, which may come from a channel that another organisation reads."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": TEAM,
        "context_team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": at,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": is_ext_shared,
    }


def draw_channel_name(channel: Channel) -> str:
    """Draw a channel's name as payloads carry it."""
    return "directmessage" if channel.kind == "im" else channel.name


def _start(kind: str, person: Person) -> Json:
    user = {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team}
    return {
        "type": kind,
        "user": user,
        "api_app_id": APP,
        "token": VERIFICATION_TOKEN,
        "team": draw_team(person),
        "enterprise": None,
        "is_enterprise_install": False,
    }
