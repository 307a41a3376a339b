"""The table of contents of the Web API: every method there is, and the kind of token it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from bot.sandbox.state import State
from bot.sandbox.webapi import auth, blocks, chat, conversations, oauth, unfurls, usergroups, users, views
from bot.sandbox.webapi.arguments import Arguments


class Token(Enum):
    """Kinds of tokens, by what they begin with."""

    BOT = "xoxb-"
    APP = "xapp-"
    USER = "xoxp-"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Method:
    """What one method does; sync, so that nothing comes between reading and changing."""

    run: Callable[[State, Arguments], dict[str, Any]]
    token: Token = Token.BOT


METHODS: Mapping[str, Method] = {
    "apps.connections.open": Method(auth.open_connection, Token.APP),
    "auth.test": Method(auth.test),
    "blocks.validate": Method(blocks.validate),
    "chat.delete": Method(chat.delete),
    "chat.getPermalink": Method(chat.get_permalink),
    "chat.postEphemeral": Method(chat.post_ephemeral),
    "chat.postMessage": Method(chat.post_message),
    "chat.unfurl": Method(unfurls.unfurl),
    "chat.update": Method(chat.update),
    "conversations.history": Method(conversations.history),
    "conversations.info": Method(conversations.info),
    "conversations.list": Method(conversations.list_channels),
    "conversations.open": Method(conversations.open_direct),
    "conversations.replies": Method(conversations.replies),
    "oauth.v2.access": Method(oauth.access, Token.NONE),
    "openid.connect.token": Method(oauth.sign_in, Token.NONE),
    "openid.connect.userInfo": Method(oauth.user_info, Token.USER),
    "usergroups.list": Method(usergroups.list_groups),
    "usergroups.users.list": Method(usergroups.list_users),
    "users.info": Method(users.info),
    "users.list": Method(users.list_people),
    "users.lookupByEmail": Method(users.lookup_by_email),
    "views.open": Method(views.open_view),
    "views.publish": Method(views.publish_view),
    "views.push": Method(views.push_view),
    "views.update": Method(views.update_view),
}
