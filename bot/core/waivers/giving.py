"""Giving a waiver, and taking one back: who may, and within which bounds. A yes gets easier by it, so in doubt nobody.

Whoever gives one says of a failure what an approver could: that it need not stop this. So nobody may who asked for that
request, wrote part of it or started it, and nobody whom its rule bans from answering it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.errors import Refusal, Refused
from bot.core.evidence import Failure
from bot.core.people import eligibility
from bot.core.people.identity import Actor, Person, can_be_compared, is_one_of, same_human
from bot.core.people.membership import LiveGroup
from bot.core.request import ApprovalRequest, Subject
from bot.core.waivers.terms import WaiverTerms
from bot.core.waivers.waiver import End, Ending, Waiver, site_of

LONGEST_REASON = 1000
LONGEST_TICKET = 100

_NOBODY = (
    "The policy lets nobody waive a failure. For that it needs a section like this: waivers: {by: [release]}, with the "
    "people or groups who may."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverWish:
    """What somebody wants waived: a failure of *revision*, as its evidence has it; ``until`` is aware UTC."""

    by: Actor
    revision: int
    failure: Failure
    reason: str
    ticket: str | None
    until: datetime
    uses: int


def require_terms(terms: WaiverTerms | None) -> WaiverTerms:
    """Return what the policy says of waivers. Raises Refused where it says nothing: then nobody may."""
    if terms is None:
        raise Refused(Refusal.NOT_ELIGIBLE, _NOBODY)
    return terms


def unread_to_waive(terms: WaiverTerms | None, actor: Actor) -> tuple[LiveGroup, ...]:
    """Return the live groups that must be looked up before anybody can tell whether *actor* may waive anything."""
    return () if terms is None else eligibility.unread(actor, terms.by.people, terms.by.groups)


def require_waiver_giver(terms: WaiverTerms | None, actor: Actor, now: datetime) -> Person:
    """Return who *actor* is. Raises Refused unless the policy lets them waive failures."""
    person = eligibility.require_member(actor)
    by = require_terms(terms).by
    if is_one_of(person, by.people) or eligibility.is_admitted(actor, by.groups, now):
        return person
    names = [*(one.key for one in by.people), *(group.name for group in by.groups)]
    more = f" and {len(names) - eligibility.NAMED} more" if len(names) > eligibility.NAMED else ""
    raise Refused(
        Refusal.NOT_ELIGIBLE, f"You can't waive failures. These can: {', '.join(names[: eligibility.NAMED])}{more}."
    )


def given(request: ApprovalRequest, number: int, wish: WaiverWish, terms: WaiverTerms | None, now: datetime) -> Waiver:
    """Return the waiver that *wish* comes to. Raises Refused, and says what would be right."""
    person = require_waiver_giver(terms, wish.by, now)
    bounds, failure, site = require_terms(terms), wish.failure, site_of(request.source, request.subject)
    require_uninvolved(request, person)
    eligibility.require_revision(request, wish.revision)
    if site is None:
        raise Refused(Refusal.OUT_OF_RANGE, "This request names no repository, so nothing says whose test that is.")
    if failure.signature is None:
        raise Refused(
            Refusal.OUT_OF_RANGE,
            "That failure says nothing: no message and no output by which the same one could be told from another.",
        )
    _require_words(wish, bounds)
    _require_bounds(wish, bounds, now)
    return Waiver(
        number=number,
        site=site,
        test=failure.id,
        signature=failure.signature,
        reason=wish.reason.strip(),
        ticket=wish.ticket,
        by=person,
        about=request.id,
        since=now,
        until=wish.until,
        uses=wish.uses,
        remind_at=_reminder(wish.until, bounds, now),
    )


def revoked(waiver: Waiver, by: Actor, reason: str | None, now: datetime) -> End:
    """Return the end of *waiver*, taken back now. Raises Refused for one that holds no more."""
    if waiver.end is not None:
        raise Refused(Refusal.NOT_OPEN, f"Waiver #{waiver.number} was {waiver.end.how} already.")
    if waiver.is_used_up:
        raise Refused(Refusal.NOT_OPEN, f"Waiver #{waiver.number} is used up: nothing counts as waived by it any more.")
    if not waiver.holds(now):
        raise Refused(Refusal.NOT_OPEN, f"Waiver #{waiver.number} has ended: nothing counts as waived by it any more.")
    if reason is not None and len(reason) > LONGEST_REASON:
        raise Refused(Refusal.OUT_OF_RANGE, f"That reason is too long; {LONGEST_REASON} characters are the most.")
    return End(how=Ending.REVOKED, at=now, by=by, reason=(reason or "").strip() or None)


def require_revoker(waiver: Waiver, terms: WaiverTerms | None, actor: Actor, now: datetime) -> None:
    """Raise Refused unless *actor* gave *waiver*, or could give one: taking one back only makes a yes harder."""
    person = eligibility.require_member(actor)
    if not is_one_of(person, [waiver.by]):
        require_waiver_giver(terms, actor, now)


def may_lean_on(subject: Subject, giver: Person) -> bool:
    """Tell whether a waiver of *giver* counts in a request: not when they asked for it, wrote it or started it.

    Whatever its rule says: one that approves by itself bans nobody from answering. Of a request that names none of
    these nobody can tell whose it is, so it leans on none.
    """
    named = [person for person, _ in _involved(subject)]
    return bool(named) and not any(_may_be_one(giver, one) for one in named)


def require_uninvolved(request: ApprovalRequest, person: Person) -> None:
    """Raise Refused for whoever asked, wrote or started it, or can't be told from who did, and whom its rule bans."""
    eligibility.require_not_forbidden(request, person)
    for one, did in _involved(request.subject):
        if _may_be_one(person, one):
            sentence = f"{one.key} {did}, and that is you, or nothing tells you apart. Somebody else has to waive it."
            raise Refused(Refusal.FORBIDDEN, sentence)


def _involved(subject: Subject) -> Iterator[tuple[Person, str]]:
    if subject.requester:
        yield subject.requester, "asked for this"
    for author in subject.authors:
        yield author, "wrote part of this change"
    if subject.triggerer:
        yield subject.triggerer, "started this run"


def _may_be_one(one: Person, other: Person) -> bool:
    return same_human(one, other) or not can_be_compared(one, other)


def _reminder(until: datetime, terms: WaiverTerms, now: datetime) -> datetime:
    """Return when its giver is told that it ends: where the usual moment comes too soon, when half of it is over."""
    return max(until - terms.remind_before, now + (until - now) / 2)


def _require_words(wish: WaiverWish, terms: WaiverTerms) -> None:
    if not wish.reason.strip():
        raise Refused(Refusal.REASON_REQUIRED, "Say why this failure need not stop anything.")
    if len(wish.reason) > LONGEST_REASON:
        raise Refused(Refusal.OUT_OF_RANGE, f"That reason is too long; {LONGEST_REASON} characters are the most.")
    if wish.ticket is None:
        if terms.require_ticket:
            raise Refused(Refusal.TICKET_REQUIRED, "Name the ticket in which it will be mended; the policy wants one.")
    elif not wish.ticket.isprintable() or not 0 < len(wish.ticket) <= LONGEST_TICKET or _has_gap(wish.ticket):
        raise Refused(Refusal.TICKET_REQUIRED, f"A ticket is one word, {LONGEST_TICKET} characters at most: JIRA-1.")


def _has_gap(text: str) -> bool:
    return text.split() != [text]


def _require_bounds(wish: WaiverWish, terms: WaiverTerms, now: datetime) -> None:
    if wish.until <= now:
        raise Refused(Refusal.OUT_OF_RANGE, "That is over already. Name a moment that is still to come.")
    if wish.until > now + terms.for_at_most:
        raise Refused(Refusal.OUT_OF_RANGE, f"That is too long: the policy allows {_long(terms.for_at_most)} at most.")
    if not 1 <= wish.uses <= terms.uses_at_most:
        raise Refused(Refusal.TOO_OFTEN, f"The policy allows 1 to {terms.uses_at_most} uses, not {wish.uses}.")


def _long(span: timedelta) -> str:
    hours, rest = divmod(int(span.total_seconds()), 3600)
    if rest:
        return f"{int(span.total_seconds()) // 60} minutes"
    days, left = divmod(hours, 24)
    return f"{hours} hours" if left else f"{days} days"


def first_to_end(waivers: Iterable[Waiver], now: datetime) -> dict[str, Waiver]:
    """Return by which waiver each kind of failure counts as waived now: of several, the one that ends first."""
    best = dict[str, Waiver]()
    for waiver in sorted(waivers, key=lambda one: (one.until, one.number)):
        if waiver.holds(now):
            best.setdefault(waiver.key, waiver)
    return best
