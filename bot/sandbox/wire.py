"""How people, channels, messages and dialogs look on the wire."""

from typing import Any

from bot.sandbox.config import SandboxConfig
from bot.sandbox.history import Message, Thread
from bot.sandbox.ids import APP, BOT, BOT_USER, OTHER_TEAM, TEAM, TEAM_DOMAIN
from bot.sandbox.people import Channel, Person
from bot.sandbox.views import View

Json = dict[str, Any]

_SOME_TIME_AGO = 1_700_000_000


def draw_person(person: Person) -> Json:
    """Draw a user as users.info answers it."""
    first, _, last = person.real_name.partition(" ")
    profile = {
        "title": person.title,
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": first,
        "last_name": last,
        "team": person.team,
    }
    if person.email:
        profile["email"] = person.email
    drawn: Json = {
        "id": person.id,
        "team_id": person.team,
        "name": person.name,
        "deleted": person.is_deleted,
        "profile": profile,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": _SOME_TIME_AGO,
    }
    if not person.is_deleted:
        drawn |= {
            "real_name": person.real_name,
            "tz": person.timezone,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": person.is_guest,
            "is_ultra_restricted": False,
        }
    if person.enterprise and not person.is_deleted:
        drawn["enterprise_user"] = _draw_in_organisation(person)
    return drawn | ({"is_stranger": True} if person.is_stranger else {})


def _draw_in_organisation(person: Person) -> Json:
    return {
        "id": person.global_id or person.id,
        "enterprise_id": person.enterprise,
        "enterprise_name": "Acme Group",
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "teams": list(person.workspaces),
    }


def draw_channel(channel: Channel) -> Json:
    """Draw a conversation as conversations.info answers it."""
    if channel.kind == "im":
        return {
            "id": channel.id,
            "created": _SOME_TIME_AGO,
            "is_im": True,
            "is_archived": channel.is_archived,
            "is_org_shared": False,
            "context_team_id": TEAM,
            "user": channel.with_user,
            "is_open": True,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": _SOME_TIME_AGO,
        "creator": "U0ANA0000",
        "context_team_id": TEAM,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.kind == "private_channel",
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "is_shared": channel.sharing in {"external", "organisation"},
        "is_ext_shared": channel.sharing == "external",
        "is_org_shared": channel.sharing == "organisation",
        "is_pending_ext_shared": channel.sharing == "pending",
        "pending_shared": [],
        "pending_connected_team_ids": [OTHER_TEAM] if channel.sharing == "pending" else [],
        "shared_team_ids": [TEAM] if channel.sharing in {"no", "pending"} else [TEAM, OTHER_TEAM],
        "is_member": BOT_USER in channel.members,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def draw_message(message: Message, thread: Thread | None = None) -> Json:
    """Draw a message without its metadata; with its *thread* it carries the counts that a thread's head has."""
    drawn: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text, "team": TEAM}
    if message.bot_id:
        drawn |= {"bot_id": message.bot_id, "app_id": APP}
    if message.blocks:
        drawn["blocks"] = list(message.blocks)
    if message.attachments:
        drawn["attachments"] = list(message.attachments)
    if message.edited_ts:
        drawn["edited"] = {"user": message.bot_id or message.user, "ts": message.edited_ts}
    if message.thread_ts:
        drawn["thread_ts"] = message.thread_ts
    if message.is_broadcast:
        drawn["subtype"] = "thread_broadcast"
    if thread and thread.replies:
        drawn |= {
            "thread_ts": message.ts,
            "reply_count": len(thread.replies),
            "reply_users_count": len(thread.users),
            "latest_reply": thread.replies[-1].ts,
            "reply_users": list(thread.users),
            "is_locked": False,
            "subscribed": False,
        }
    return drawn


def draw_message_with_metadata(message: Message, thread: Thread | None = None) -> Json:
    """Draw a message for a caller who asked for all metadata."""
    return draw_message(message, thread) | ({"metadata": message.metadata} if message.metadata else {})


UNTITLED = {"type": "plain_text", "text": "View Title", "emoji": True}
"""What Slack calls a Home tab, which has no title."""


def draw_view(view: View, values: Json | None = None) -> Json:
    """Draw an open dialog, or a Home tab, with what was typed into it."""
    content = view.content
    return {
        "id": view.id,
        "team_id": TEAM,
        "type": content["type"],
        "title": content.get("title", UNTITLED),
        "submit": content.get("submit"),
        "close": content.get("close"),
        "blocks": view.blocks,
        "private_metadata": content.get("private_metadata", ""),
        "callback_id": content.get("callback_id", ""),
        "external_id": content.get("external_id", ""),
        "state": {"values": values or {}},
        "hash": view.hash,
        "clear_on_close": content.get("clear_on_close", False),
        "notify_on_close": content.get("notify_on_close", False),
        "submit_disabled": content.get("submit_disabled", False),
        "root_view_id": view.root,
        "previous_view_id": view.previous,
        "app_id": APP,
        "app_installed_team_id": TEAM,
        "bot_id": BOT,
    }


def draw_permalink(config: SandboxConfig, channel: str, ts: str, thread_ts: str | None) -> str:
    """Draw the address of a message on the workspace's page."""
    link = f"{config.base_url}/archives/{channel}/p{ts.replace('.', '')}"
    return f"{link}?thread_ts={thread_ts}&cid={channel}" if thread_ts else link


def draw_team(person: Person) -> Json:
    """Draw the team of whoever acts; strangers bring their own."""
    return {"id": person.team, "domain": TEAM_DOMAIN if person.team == TEAM else "other"}
