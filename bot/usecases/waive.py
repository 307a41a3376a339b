"""Somebody accepts a known failure for a while, or takes that back; whoever looks at its request is told in the thread.

What was asked already stays as it is: its failures were judged when it came. The next request with the same profits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.effects import Note, Said
from bot.core.errors import Refusal, Refused
from bot.core.events import Happened
from bot.core.life.outcome import told
from bot.core.people.identity import Actor, Via
from bot.core.request import ApprovalRequest, RequestId
from bot.core.stamp import Stamp
from bot.core.waivers.giving import WaiverWish, given, require_revoker, revoked
from bot.core.waivers.record import of_waiver
from bot.core.waivers.terms import WaiverTerms
from bot.core.waivers.waiver import Waiver
from bot.store import Transaction
from bot.usecases.refusing import refusals_noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiving:
    """What somebody wants waived, of which request; ``replay_key`` names the signed message it came in."""

    request_id: RequestId
    wish: WaiverWish
    replay_key: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Which waiver somebody takes back, and why; an operator at the command line has no ``replay_key``."""

    number: int
    by: Actor
    reason: str | None
    replay_key: Stamp | None = None


def waive(tx: Transaction, waiving: Waiving, terms: WaiverTerms | None, now: datetime) -> Waiver:
    """Write down a waiver, within what the policy says. Raises Refused."""
    wish = waiving.wish
    with refusals_noted(tx, wish.by, "waive", now) as attempt:
        request = attempt.request = tx.requests.lock(waiving.request_id)
        tx.replays.remember(waiving.replay_key)
        waiver = given(request, tx.waivers.next_number(), wish, terms, now)
    tx.waivers.put(waiver)
    tx.note(_line("waiver.given", wish.by, of_waiver(waiver), now), request)
    _tell(tx, request, Said(note=Note.WAIVED, by=wish.by, words=_words(waiver)))
    return waiver


def unwaive(tx: Transaction, revocation: Revocation, terms: WaiverTerms | None, now: datetime) -> Waiver:
    """Take a waiver back: from the next request on nothing counts as waived by it. Raises Refused."""
    by = revocation.by
    with refusals_noted(tx, by, "unwaive", now):
        if revocation.replay_key is not None:
            tx.replays.remember(revocation.replay_key)
        waiver = tx.waivers.by_number(revocation.number)
        if waiver is None:
            raise Refused(Refusal.NOT_FOUND, f"There is no waiver #{revocation.number}.")
        if by.via is not Via.CLI:
            require_revoker(waiver, terms, by, now)
        end = revoked(waiver, by, revocation.reason, now)
    ended = replace(waiver, end=end)
    tx.waivers.put(ended)
    detail: Mapping[str, object] = {"waiver": ended.number, "reason": end.reason}
    request = tx.requests.lock(ended.about)
    tx.note(_line("waiver.revoked", by, detail, now), request)
    _tell(tx, request, Said(note=Note.UNWAIVED, by=by, words=_words(ended, end.reason)))
    return ended


def _words(waiver: Waiver, why: str | None = None) -> str:
    reason = waiver.reason if waiver.end is None else why
    ticket = f" ({waiver.ticket})" if waiver.ticket else ""
    return f"Waiver #{waiver.number}{ticket} for {waiver.test}{f': {reason}' if reason else ''}"


def _tell(tx: Transaction, request: ApprovalRequest, said: Said) -> None:
    for effect in tx.groups.aimed(request, told(request, said)):
        tx.enqueue(effect)


def _line(event: str, by: Actor, detail: Mapping[str, object], now: datetime) -> Happened:
    return Happened(event=event, at=now, by=by, state=None, detail=detail)
