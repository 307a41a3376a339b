"""The log's lines about what left the house, or could not."""

from collections.abc import Mapping
from datetime import datetime

from bot.core.attempts import Delivered
from bot.core.audit import seal
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
from bot.core.events import Happened
from bot.core.moments import draw_moment
from bot.core.people.identity import Actor, Via
from bot.core.request import ApprovalRequest
from bot.core.view import CardRef
from bot.relay.errand import Closed, Errand
from bot.relay.settling import Arrived, Dead, PutBack
from bot.store import CALLBACK_DRAWN

RELAY = Actor(name="relay", via=Via.RELAY)


def read_card(effect: Effect, attempt: Delivered) -> CardRef | None:
    """Return the message that a card became, None when the effect is no card."""
    if not isinstance(effect, ShowCard) or attempt.channel is None or attempt.ts is None:
        return None
    return CardRef(
        channel=effect.channel,
        channel_id=attempt.channel,
        ts=attempt.ts,
        permalink=attempt.permalink,
        revision=attempt.revision or 0,
        detour=effect.detour,
        drawn=attempt.drawn,
        kept=attempt.kept,
    )


def draw_arrived(
    errand: Errand, ended: Arrived, before: CardRef | None, request: ApprovalRequest | None, now: datetime
) -> Happened:
    """Return the line for something that arrived. *before* is the card as it was known until now."""
    attempt = ended.attempt
    is_new = before is None or before.ts != attempt.ts
    message = {"channel": attempt.channel, "ts": attempt.ts} if attempt.ts else {}
    detail = {**_about(errand), **message, **_shown(errand.effect, attempt), **attempt.detail}
    if isinstance(errand.effect, ShowCard) and attempt.ts is None:
        return _line("card.left", detail, request, now)
    return _line(_arrived_name(errand.effect, is_new=is_new), detail, request, now)


def _shown(effect: Effect, attempt: Delivered) -> Mapping[str, object]:
    """Return which revision a card has shown, and where it stands when that is not its own channel."""
    if not isinstance(effect, ShowCard):
        return {}
    detour = {"detour": effect.detour.to, "why": effect.detour.why} if effect.detour else {}
    return {"revision": attempt.revision, **detour}


def draw_drawn(errand: Errand, body: bytes, request: ApprovalRequest, now: datetime) -> Happened:
    """Return the line for a callback's body, which is kept and sent from now on: its hash."""
    return _line(CALLBACK_DRAWN, {**_about(errand), "body": seal(body)}, request, now)


def draw_put_back(errand: Errand, ended: PutBack, request: ApprovalRequest, now: datetime) -> Happened:
    """Return the line for an attempt that failed and is made again."""
    detail = {**_about(errand), "why": ended.why, "again_at": draw_moment(ended.due_at)}
    return _line(_failed_name(errand.effect), detail, request, now)


def draw_closed(closed: Closed, now: datetime) -> Happened:
    """Return the line for a channel that takes nothing from us."""
    return _line("channel.closed", {"channel": closed.channel, "why": closed.why, "cure": closed.remedy}, None, now)


def draw_open(channel: str, now: datetime) -> Happened:
    """Return the line for a channel that can be posted to again."""
    return _line("channel.opened", {"channel": channel}, None, now)


def draw_dead(errand: Errand, ended: Dead, request: ApprovalRequest | None, now: datetime) -> Happened:
    """Return the line for something that was given up."""
    return _line(_failed_name(errand.effect), {**_about(errand), "why": ended.why}, request, now)


def _about(errand: Errand) -> dict[str, object]:
    return {"id": errand.id, "destination": errand.destination, "attempts": errand.attempts}


def _line(event: str, detail: Mapping[str, object], request: ApprovalRequest | None, now: datetime) -> Happened:
    return Happened(event=event, at=now, by=RELAY, state=request.state if request else None, detail=detail)


_NAMES: Mapping[type[Effect], tuple[str, str]] = {
    ShowCard: ("card.posted", "card.failed"),
    ShowHome: ("home.shown", "home.failed"),
    TellThread: ("thread.posted", "thread.failed"),
    TellRequester: ("requester.told", "requester.failed"),
    TellAccount: ("account.told", "account.failed"),
    TellPerson: ("person.told", "person.failed"),
    TellAdmins: ("admins.told", "admins.failed"),
    Whisper: ("whisper.sent", "whisper.failed"),
    Reply: ("reply.sent", "reply.failed"),
    Unfurl: ("link.shown", "link.failed"),
    CallBack: ("callback.delivered", "callback.failed"),
    AnswerSource: ("callback.delivered", "callback.failed"),
    TellSource: ("source.told", "source.failed"),
    SendDigest: ("digest.posted", "digest.failed"),
}
"""What the log calls the arrival and the failure of each effect."""


def _arrived_name(effect: Effect, *, is_new: bool) -> str:
    return "card.updated" if isinstance(effect, ShowCard) and not is_new else _NAMES[type(effect)][0]


def _failed_name(effect: Effect) -> str:
    return _NAMES[type(effect)][1]
