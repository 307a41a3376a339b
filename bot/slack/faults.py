"""What went wrong in a call to Slack: did it happen, will it ever, and what can somebody do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.core.attempts import GiveUp, TryLater, Unknown

SHARED = "channel_is_shared"
"""Our own code: the channel is shared beyond the workspace."""

WHOLE_ORGANISATION = "whole_organisation"
"""Our own code: the token belongs to an organisation and to no workspace of it."""


class Unfit(SlackClientError):
    """Slack answers, and we do not go on with what it says: ``code`` is ours, or Slack's where it has one for it."""

    code: str


class SharedChannel(Unfit):
    """People of other workspaces read this channel, and the policy does not say that they may."""

    code = SHARED


class NotInstalled(Unfit):
    """The app is in no workspace that we serve: not yet, or not any more."""

    code = "not_installed"


class TokenUnreadable(Unfit):
    """The books hold a token that our key does not open."""

    code = "token_unreadable"


class UnseenChannel(Unfit):
    """There is no channel of this name, or none that we see."""

    code = "channel_not_found"


class OrganisationToken(Unfit):
    """The token is that of a whole organisation, in which no workspace is ours."""

    code = WHOLE_ORGANISATION


CALL_ERRORS = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
"""Everything the client raises when a call did not end well."""


class Kind(StrEnum):
    """How much is known about the call."""

    NOT_SENT = "not_sent"
    LIMITED = "limited"
    UNCLEAR = "unclear"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A failed call. ``code`` is Slack's word for it, or ours; ``after`` what Slack asked to wait.

    ``where`` is the host that did not answer: for the log, not for strangers.
    """

    kind: Kind
    code: str
    after: timedelta | None = None
    where: str | None = None

    def __str__(self) -> str:
        """Return what went wrong, in a few words."""
        return f"Slack: {self.code}{f' ({self.where})' if self.where else ''}"


# Slack says of these two that part of it may have happened all the same; the others ask to be tried again.
_UNCLEAR = frozenset({"internal_error", "fatal_error", "request_timeout"})
_NOT_NOW = frozenset({"service_unavailable", "team_added_to_org", "org_login_required"})
_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

CANNOT_CONNECT = "cannot_connect"
"""Our own code: nobody answered at Slack's address."""

_CLOSED: Mapping[str, str] = {
    SHARED: "the channel is shared with people of other workspaces: name another one in the policy, or, if they may "
    "read what is asked here, list its id under allow_shared_channels in the policy's defaults",
    "channel_not_found": "there is no such channel, or it is private and the app is not in it: invite it with "
    "/invite @jit, or mend the channel in the policy",
    "not_in_channel": "the app is not in the channel: invite it with /invite @jit",
    "is_archived": "the channel is archived: name another one in the policy",
    "restricted_action": "the channel does not let apps post: change its posting permissions",
    "restricted_action_read_only_channel": "the channel is read-only: change its posting permissions",
    "restricted_action_thread_only_channel": "the channel takes threads only: change its posting permissions",
    "restricted_action_non_threadable_channel": "the channel takes no threads: change its posting permissions",
}
"""A channel that takes nothing from us until somebody has mended it."""

_CURABLE: Mapping[str, str] = {
    **_CLOSED,
    "invalid_auth": "the bot token is not valid: set SLACK_BOT_TOKEN anew, or install the app again at /slack/install",
    "not_authed": "there is no bot token: set SLACK_BOT_TOKEN",
    "not_allowed_token_type": "this is another kind of token: set SLACK_BOT_TOKEN to the one that begins with xoxb-",
    "token_revoked": "the bot token was revoked: install the app again, and set SLACK_BOT_TOKEN if it is set",
    "token_expired": "the bot token has expired: set SLACK_BOT_TOKEN anew; an installed app's is renewed by the bot",
    "account_inactive": "the bot was deactivated: install the app again, and set SLACK_BOT_TOKEN if it is set",
    "missing_scope": "the app lacks a scope: update it from manifest.yml and install it again",
    "no_permission": "the token may not do this: update the app from manifest.yml and install it again",
    "not_installed": "the app is not installed: open /slack/install at JIT_PUBLIC_URL in a browser; "
    "each of several workspaces has its own, below /workspaces/NAME",
    "token_unreadable": "the stored token can't be read with this JIT_SECRET_KEY: set the key it was stored with as "
    "JIT_SECRET_KEY_BEFORE, or install the app again at /slack/install",
    "invalid_refresh_token": "the token can't be renewed: install the app again at /slack/install",
    WHOLE_ORGANISATION: "the app is installed for a whole organisation, and this bot serves one workspace: install it "
    "into that workspace and set SLACK_BOT_TOKEN anew",
    "access_denied": "Slack denies the app access: ask an administrator of the workspace",
    "ekm_access_denied": "the workspace's administrators have suspended posting: ask them",
    "team_access_not_granted": "the app is not allowed in this workspace: ask an administrator of the organisation",
}
"""What waits until somebody has mended it: the code is Slack's, the cure ours."""

_REMEDIES: Mapping[str, str] = {
    **_CURABLE,
    "not_enabled": "the app's Home tab is switched off: update the app from manifest.yml",
    "view_too_large": "Slack does not accept the Home tab: a defect of ours, please report it",
    CANNOT_CONNECT: "Slack cannot be reached from here: look at the network, the proxy and SLACK_API_URL",
    "invalid_blocks": "Slack does not accept the card: a defect of ours, please report it",
    "msg_blocks_too_long": "the card is too long: a defect of ours, please report it",
}


def remedy_of(fault: Fault) -> str | None:
    """Return what somebody can do about it; None where only waiting helps, or where nobody knows."""
    return _REMEDIES.get(fault.code)


def is_closed(fault: Fault) -> bool:
    """Tell whether it is the channel that takes nothing from us."""
    return fault.kind is Kind.REFUSED and fault.code in _CLOSED


def read_fault(error: BaseException) -> Fault:
    """Return what *error*, one of CALL_ERRORS, means."""
    if isinstance(error, SlackApiError):
        return _answered(error)
    if isinstance(error, Unfit):
        return Fault(kind=Kind.REFUSED, code=error.code)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Fault(kind=Kind.NOT_SENT, code=CANNOT_CONNECT, where=f"{error.host}:{error.port}")
    if isinstance(error, aiohttp.ConnectionTimeoutError | ConnectionRefusedError):
        return Fault(kind=Kind.NOT_SENT, code=CANNOT_CONNECT)
    return Fault(kind=Kind.UNCLEAR, code=type(error).__name__)


def after_post(fault: Fault) -> TryLater | Unknown | GiveUp:
    """Return how an attempt to post ended: when it is unclear, somebody has to look before it is posted again."""
    if fault.kind is Kind.UNCLEAR:
        return Unknown(why=str(fault))
    return _without_doubt(fault)


def after_look(fault: Fault) -> TryLater | GiveUp:
    """Return how an attempt ended of which only a reading call failed: nothing of ours was sent."""
    if fault.kind is Kind.UNCLEAR:
        return TryLater(why=str(fault))
    return _without_doubt(fault)


def _without_doubt(fault: Fault) -> TryLater | GiveUp:
    if fault.kind is Kind.REFUSED and fault.code in _CURABLE:
        return TryLater(why=str(fault), remedy=_CURABLE[fault.code], is_closed=fault.code in _CLOSED)
    if fault.kind is Kind.REFUSED:
        remedy = _REMEDIES.get(fault.code, "look this code up in the documentation of the Web API method")
        return GiveUp(why=f"Slack: {fault.code}: {remedy}")
    return TryLater(why=str(fault), after=fault.after)


def _answered(error: SlackApiError) -> Fault:
    response = cast("Any", error.response)
    status = getattr(response, "status_code", None) or getattr(response, "status", 0)
    body = getattr(response, "data", None)
    code = str(cast("dict[str, object]", body).get("error", "")) if isinstance(body, dict) else ""
    if status == 429 or code in _LIMITED:  # noqa: PLR2004 - too many requests, in Slack's documentation too
        return Fault(kind=Kind.LIMITED, code=code or "ratelimited", after=_wait(response))
    if code in _UNCLEAR or (status >= 500 and code not in _NOT_NOW):  # noqa: PLR2004 - any fault of the server
        return Fault(kind=Kind.UNCLEAR, code=code or f"http_{status}")
    if code in _NOT_NOW:
        return Fault(kind=Kind.NOT_SENT, code=code)
    # An answer that is no JSON came from something in between; nobody knows how far the call got.
    return Fault(kind=Kind.REFUSED if code else Kind.UNCLEAR, code=code or f"http_{status}")


def _wait(response: object) -> timedelta:
    headers = cast("Mapping[str, str]", getattr(response, "headers", {}))
    seconds = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return timedelta(seconds=int(seconds) if seconds.isdecimal() else 1)
