"""The app as Slack is to know it: what `manifest.yml` holds, and its variant for Socket Mode.

https://docs.slack.dev/reference/app-manifest
"""

from enum import StrEnum
from urllib.parse import urlsplit

EVENTS_PATH = "/slack/events"
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
PLACEHOLDER = "https://jit.example.com"
"""The address in `manifest.yml`, to be replaced by the house's own."""

BOT_SCOPES = (
    "app_mentions:read",  # hears its name, and answers whoever wrote it
    "channels:history",  # looks for a card in public channels before it posts it again
    "channels:read",  # finds a channel's id by its name
    "chat:write",  # posts cards, thread lines and whispers
    "commands",  # /jit
    "groups:history",  # the same two for private channels
    "groups:read",
    "im:history",  # the same for messages to whoever asked, and hears what people write to it
    "im:write",  # opens them
    "links:read",  # hears where somebody writes a link to a request
    "links:write",  # shows below it what it leads to
    "usergroups:read",  # who is in a user group that a policy names
    "users:read",  # who clicked: member, guest, external, bot, deactivated
    "users:read.email",  # finds whoever asked, and one person under several names
)

BOT_EVENTS = (
    "app_home_opened",  # draws the Home tab of whoever opens it
    "app_mention",  # looks up for whoever writes its name what /jit would show them
    "app_uninstalled",  # drops the tokens of the workspace
    "link_shared",  # shows what a link to a request leads to
    "message.channels",  # takes the answer to a question from its thread; everything else is dropped unread
    "message.groups",  # the same in private channels
    "message.im",  # looks up what people ask it by direct message
    "subteam_members_changed",  # who is in a user group is asked anew
    "subteam_updated",  # the same, when it was renamed or disabled
    "tokens_revoked",  # the same
)


ASK_SHORTCUT, ASK_ABOUT_SHORTCUT = "jit_ask", "jit_ask_about"


_SHORTCUTS = (
    {
        "name": "Request approval",
        "type": "global",
        "callback_id": ASK_SHORTCUT,
        "description": "Ask the right people for a yes",
    },
    {
        "name": "Request approval for this message",
        "type": "message",
        "callback_id": ASK_ABOUT_SHORTCUT,
        "description": "Ask for a yes, with a link to it",
    },
)


class Mode(StrEnum):
    """How Slack reaches the bot."""

    HTTP = "http"
    SOCKET = "socket"


def draw_manifest(public_url: str, mode: Mode) -> dict[str, object]:
    """Return the manifest, schema version 2. *public_url* has no slash at its end; links below it are shown."""
    url = {"url": public_url + EVENTS_PATH} if mode is Mode.HTTP else {}
    request_url = {"request_url": public_url + EVENTS_PATH} if mode is Mode.HTTP else {}
    redirect_urls = {"redirect_urls": [public_url + REDIRECT_PATH]} if mode is Mode.HTTP else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "JIT Approvals",
            "description": "Asks the right people before something is released",
            "background_color": "#1d3557",
        },
        "features": {**_features(url), **_domains(public_url)},
        "oauth_config": {**redirect_urls, "scopes": {"bot": list(BOT_SCOPES)}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(BOT_EVENTS)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode is Mode.SOCKET,
            "token_rotation_enabled": False,
        },
    }


def _domains(public_url: str) -> dict[str, object]:
    """Return whose links Slack tells of: those of a name that others know, too, for it takes no other."""
    host = urlsplit(public_url).hostname or ""
    is_name = "." in host and not host.replace(".", "").isdigit()
    return {"unfurl_domains": [host]} if is_name else {}


def _features(url: dict[str, str]) -> dict[str, object]:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "jit", "always_online": True},
        "shortcuts": [dict(one) for one in _SHORTCUTS],
        "slash_commands": [
            {
                "command": "/jit",
                **url,
                "description": "Look up and answer approvals",
                "usage_hint": "request | list | approve N | reject N reason | ask N question"
                " | delegate @x | away | break-glass N",
                "should_escape": True,
            }
        ],
    }
