"""Where an effect goes, and what may overtake it: a destination's rows leave one at a time, by rank, then by age."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from urllib.parse import urlsplit

from bot.core.effects import (
    AnswerSource,
    CallBack,
    Effect,
    Reply,
    SendDigest,
    ShowCard,
    ShowHome,
    TellAccount,
    TellAdmins,
    TellPerson,
    TellRequester,
    TellSource,
    TellThread,
    Unfurl,
    Whisper,
)
from bot.core.people.identity import Person
from bot.core.request import ApprovalRequest, RequestId

SILENT = 0
"""Costs no new message in a channel: a card that changes, a whisper, a callback."""

MESSAGE = 1
"""A new message people wait for: a thread's line, a direct message."""

FIRST = 2
"""A new request's card, and whatever was said with it: in a flood these wait, decisions do not."""

_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Address:
    """``key`` names what a row brings up to date: a claim of one merges all others; None never merges.

    ``not_before`` (aware UTC) is when it may leave at the earliest, None: at once.
    """

    destination: str
    rank: int
    key: str | None = None
    not_before: datetime | None = None


def address_of(  # noqa: C901, PLR0911, PLR0912 - one arm an effect
    effect: Effect, request: ApprovalRequest | None, *, is_first: bool
) -> Address:
    """Return where *effect* goes. *request* is the one it is about; *is_first* when it has just been made."""
    match effect:
        case ShowCard():
            key = card_key(effect.request, effect.channel)
            return Address(f"slack:{effect.channel}", FIRST if is_first else SILENT, key)
        case TellThread():
            return Address(f"slack:{effect.channel}", FIRST if is_first else MESSAGE)
        case TellRequester():
            requester = request.subject.requester if request else None
            return Address(f"slack:requester:{_mailbox(requester) if requester else 'nobody'}", MESSAGE)
        case TellAccount():
            return Address(f"slack:account:{effect.slack_id}", MESSAGE)
        case ShowHome():
            line = f"slack:home:{effect.slack_id}"
            return Address(line, SILENT, line, effect.not_before)
        case TellAdmins():
            return Address(f"slack:{effect.channel}", MESSAGE)
        case TellPerson():
            return Address(f"slack:person:{_mailbox(effect.person)}", MESSAGE)
        case Whisper():
            return Address(f"slack:whisper:{effect.slack_id}", SILENT)
        case Reply():
            # A line of its own: whoever writes without end holds up no card; and so with a channel full of links.
            return Address(f"slack:reply:{effect.slack_id}", MESSAGE)
        case Unfurl():
            return Address(f"slack:unfurl:{effect.channel}", MESSAGE)
        case CallBack():
            return Address(_callback_line(request), SILENT)
        case AnswerSource():
            return Address(_source_line(request), SILENT)
        case TellSource():
            return Address(_source_line(request), MESSAGE, f"source:{effect.request}", effect.not_before)
        case SendDigest():
            key = f"digest:{effect.channel}:{effect.until.isoformat()}"
            return Address(f"slack:{effect.channel}", MESSAGE, key, effect.until)
        case _:
            assert_never(effect)


def _mailbox(person: Person) -> str:
    return person.slack_id or person.email or person.key


def card_key(request: RequestId, channel: str) -> str:
    """Return what all rows about one card have in common."""
    return f"card:{request}:{channel}"


def _callback_line(request: ApprovalRequest | None) -> str:
    """Return the line of a source at a host and port: whatever a host does to one source delays no other one's."""
    source, url = (request.source, request.subject.callback_url or "") if request else ("", "")
    return f"callback:{source}:{_place(url)}"


def _source_line(request: ApprovalRequest | None) -> str:
    """Return the line of one request at its native source: a run that is in trouble there delays no other one."""
    return f"source:{request.source}:{request.id}" if request else "source:"


def _place(url: str) -> str:
    """Return host and port, the same however they are spelt; a URL nobody can read is the courier's to complain of."""
    try:
        target = urlsplit(url)
        port = target.port or _PORTS.get(target.scheme)
    except ValueError:
        return "nowhere"
    return f"{(target.hostname or 'nowhere').rstrip('.')}:{port or ''}"
