"""One call for each method of the Web API that the local workspace offers, as slack_sdk makes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import Workspace
from bot.sandbox.grants import Grant, Purpose
from tests.fakes.slack import APP_TOKEN, CONFIG
from tests.sandbox.cards import card, modal, section

Json = dict[str, Any]

BO = "U0BO00000"
APPROVALS = "C0APPROVE"
LINK = "https://jit.acme.test/requests/7"
METADATA = {"event_type": "card", "event_payload": {"nonce": "n-1"}}


@dataclass
class Known:
    """What later calls need of earlier ones."""

    workspace: Workspace
    answers: dict[str, Json] = field(default_factory=dict[str, Json])

    @property
    def posted(self) -> str:
        """The stamp of the message that chat.postMessage made."""
        return self.answers["chat.postMessage"]["ts"]

    def trigger(self) -> str:
        """Leave to open one dialog."""
        return self.workspace.counter.handle(BO, self.workspace.state.roster.channel(APPROVALS), None).trigger_id

    def client(self, purpose: Purpose) -> Json:
        """Who the app is, and a code that somebody gave it leave with."""
        code = self.workspace.state.mint.secret()
        scopes = ("openid", "email", "profile") if purpose is Purpose.SIGN_IN else ("chat:write",)
        grant = Grant(purpose=purpose, user=BO, redirect_uri="http://127.0.0.1:1/", scopes=scopes, nonce="n-1")
        self.workspace.state.grants.give(code, grant, self.workspace.state.now)
        return {"client_id": CONFIG.client_id, "client_secret": CONFIG.client_secret, "code": code}

    def shared(self) -> str:
        """The stamp of somebody's message with a link in it."""
        return self.workspace.say(BO, APPROVALS, f"<{LINK}>").ts


CALLS: Mapping[str, Callable[[Known], Json]] = {
    "auth.test": lambda _: {},
    "apps.connections.open": lambda _: {"app_token": APP_TOKEN},
    "blocks.validate": lambda _: {"blocks": card()},
    "chat.postMessage": lambda _: {"channel": APPROVALS, "text": "x", "blocks": card(), "metadata": METADATA},
    "chat.postEphemeral": lambda _: {"channel": APPROVALS, "user": BO, "text": "x"},
    "chat.update": lambda known: {"channel": APPROVALS, "ts": known.posted, "text": "y", "blocks": [section()]},
    "chat.getPermalink": lambda known: {"channel": APPROVALS, "message_ts": known.posted},
    "chat.unfurl": lambda known: {
        "channel": APPROVALS,
        "ts": known.shared(),
        "unfurls": {LINK: {"blocks": [section("*#7* waits")]}},
    },
    "conversations.history": lambda _: {"channel": APPROVALS, "include_all_metadata": True},
    "conversations.replies": lambda known: {"channel": APPROVALS, "ts": known.posted},
    "conversations.info": lambda _: {"channel": APPROVALS},
    "conversations.list": lambda _: {"types": "public_channel,im", "limit": 2},
    "conversations.open": lambda _: {"users": BO, "return_im": True},
    "chat.delete": lambda known: {"channel": APPROVALS, "ts": known.posted},
    "oauth.v2.access": lambda known: known.client(Purpose.INSTALL),
    "openid.connect.token": lambda known: known.client(Purpose.SIGN_IN),
    "openid.connect.userInfo": lambda known: {"token": known.answers["openid.connect.token"]["access_token"]},
    "usergroups.list": lambda _: {"include_users": True, "include_disabled": True},
    "usergroups.users.list": lambda _: {"usergroup": "S0RELEASE"},
    "users.info": lambda _: {"user": BO},
    "users.list": lambda _: {"limit": 3},
    "users.lookupByEmail": lambda _: {"email": "bo@acme.test"},
    "views.open": lambda known: {"trigger_id": known.trigger(), "view": modal()},
    "views.push": lambda known: {"trigger_id": known.trigger(), "view": modal()},
    "views.update": lambda known: {"view_id": known.answers["views.push"]["view"]["id"], "view": modal(section())},
    "views.publish": lambda _: {"user_id": BO, "view": {"type": "home", "blocks": [section()]}},
}


def sdk_name(method: str) -> str:
    """Return what slack_sdk calls a method."""
    return method.replace(".", "_")
