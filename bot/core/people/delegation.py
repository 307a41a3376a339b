"""Answering in somebody's name: who may lend their right to whom, for how long, and what the other may do with it.

A delegation lends nothing but the giver's own right, one step far: whether it can be used is the question whether the
giver could answer here and now, asked of the giver as the house knows them at the click.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.errors import Doubted, Refusal, Refused
from bot.core.life import quorum
from bot.core.people import eligibility
from bot.core.people.identity import Actor, Person, Standing, is_among, is_one_of, same_human
from bot.core.people.membership import Membership
from bot.core.request import ApprovalRequest
from bot.core.ruling import Delegating

LONGEST = timedelta(days=90)
"""How far ahead anybody may be stood in for, or say that they are away."""

_NO_RECEIVER = {
    Standing.GUEST: "Guests can't decide on requests, so they can't stand in for anybody.",
    Standing.EXTERNAL: "People from other workspaces can't decide on requests, so they can't stand in for anybody.",
    Standing.BOT: "Bots can't decide on requests, so they can't stand in for anybody.",
    Standing.DEACTIVATED: "That account is deactivated, so it can't stand in for anybody.",
    Standing.UNKNOWN: "Slack couldn't tell who that is, so nothing was delegated. Try again in a minute.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """From *since* on and before *until* (aware UTC), *receiver* may answer where *giver* may, in their name.

    Both are known by their Slack accounts, whatever else they are called.
    """

    id: str
    giver: Person
    receiver: Person
    since: datetime
    until: datetime

    def is_running(self, now: datetime) -> bool:
        """Tell whether it holds; at its end it no longer does."""
        return now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """A delegation about to be used, and its *giver* as the workspace and the policy know them now.

    Where the giver may only be an approver through a live group, whether they are in it comes with them.
    """

    delegation: Delegation
    giver: Actor


def require_span(until: datetime, now: datetime) -> None:
    """Raise Refused for an end that lies in the past, or further ahead than anybody should promise."""
    if until <= now:
        raise Refused(Refusal.OUT_OF_RANGE, "That is over already. Name a moment that is still to come.")
    if until > now + LONGEST:
        raise Refused(Refusal.OUT_OF_RANGE, f"That is too far ahead: {LONGEST.days} days are the most.")


def agreed(delegation_id: str, giver: Actor, receiver: Actor, until: datetime, now: datetime) -> Delegation:
    """Return what *giver* lends to *receiver*. Raises Refused when one of them may not, or both may be one human."""
    lending = eligibility.require_member(giver)
    if receiver.standing is not Standing.MEMBER or receiver.person is None:
        raise Refused(Refusal.NOT_ELIGIBLE, _NO_RECEIVER.get(receiver.standing, _NO_RECEIVER[Standing.UNKNOWN]))
    if same_human(lending, receiver.person):
        raise Refused(Refusal.FORBIDDEN, "You can't stand in for yourself, under whatever name. Pick somebody else.")
    require_span(until, now)
    return Delegation(id=delegation_id, giver=lending, receiver=receiver.person, since=now, until=until)


def answers_for(request: ApprovalRequest, by: Actor, mandates: Sequence[Mandate], now: datetime) -> Person | None:
    """Return in whose name *by*, who is free to answer, does so: None in their own, which comes first.

    Raises Refused when they may in nobody's.
    """
    person = eligibility.require_member(by)
    try:
        eligibility.require_approver(request, by, now)
    except Refused as refused:
        no = refused
    else:
        return None
    noes = list[Refused]()
    for mandate in mandates:
        try:
            return _lent(request, person, mandate, now)
        except Refused as refused:
            sentence = f"You stand in for {mandate.delegation.giver.key}, but {refused.sentence}"
            noes.append(type(refused)(refused.code, sentence))
    # A doubt may be gone in a minute: whoever clicked had better hear of that than of what stays as it is.
    raise next((each for each in noes if isinstance(each, Doubted)), noes[-1] if noes else no)


def unread_givers(request: ApprovalRequest, mandates: Iterable[Mandate]) -> bool:
    """Tell whether live groups must be looked up before anybody can tell what *mandates* are good for here."""
    if request.ruling.delegation is Delegating.FORBID:
        return False
    return any(eligibility.unread_groups(request, mandate.giver) for mandate in mandates)


def lent_through(mandates: Iterable[Mandate], giver: Person | None) -> tuple[Membership, ...]:
    """Return what was looked up about *giver* and live groups; nothing where no mandate was needed."""
    known = (mandate.giver.memberships for mandate in mandates if giver is not None and mandate.giver.person == giver)
    return next(known, ())


def expected_for(
    request: ApprovalRequest, person: Person, asked: Collection[Person], lent: Iterable[Delegation]
) -> Person | None:
    """Return who is expected to answer for *person*, by what is *lent*; for naming people, never for a decision.

    *asked* is everybody who may answer the present stage by themselves: whoever is no such person has nothing to lend
    here, and whoever is one answers in their own name. Nor is anybody expected who has been heard, or is banned.
    """
    loan = next((one for one in lent if is_one_of(one.giver, [person])), None)
    if loan is None or request.ruling.delegation is Delegating.FORBID:
        return None
    if not is_one_of(person, asked) or is_among(loan.receiver, asked):
        return None
    could = all(_is_free(request, one) and quorum.has_approved(request, one) is None for one in (person, loan.receiver))
    return loan.receiver if could else None


def may_stand_in(request: ApprovalRequest, by: Actor, mandates: Sequence[Mandate], now: datetime) -> bool:
    """Tell whether *by* could answer now in somebody's name; for lists, never for a decision."""
    try:
        eligibility.require_not_forbidden(request, eligibility.require_member(by))
        is_asked = request.state.is_open and request.settled is None
        return is_asked and answers_for(request, by, mandates, now) is not None
    except Refused:
        return False


def has_own_right(request: ApprovalRequest, actor: Actor, now: datetime) -> bool:
    """Tell whether *actor* is one of the present stage's approvers by themselves."""
    try:
        eligibility.require_approver(request, actor, now)
    except Refused:
        return False
    return True


def _lent(request: ApprovalRequest, person: Person, mandate: Mandate, now: datetime) -> Person:
    """Return the giver, whose right it is. Raises Refused, in words that follow "You stand in for dia, but"."""
    name, giver = mandate.delegation.giver.key, mandate.giver.person
    is_named = giver is not None and bool(giver.slack_id) and is_one_of(giver, [mandate.delegation.giver])
    if not is_named or not is_one_of(person, [mandate.delegation.receiver]):
        raise Refused(Refusal.NOT_ELIGIBLE, "that was said of other accounts.")
    if not mandate.delegation.is_running(now):
        raise Refused(Refusal.NOT_ELIGIBLE, "that has ended.")
    if request.ruling.delegation is Delegating.FORBID:
        raise Refused(Refusal.NOT_ELIGIBLE, "this rule lets nobody answer for somebody else.")
    if mandate.giver.standing is not Standing.MEMBER or giver is None:
        raise Refused(Refusal.NOT_ELIGIBLE, f"Slack doesn't say that {name} is a full member of this workspace.")
    if not _is_free(request, giver):
        raise Refused(Refusal.FORBIDDEN, f"{name} asked for this, wrote part of it, or can't be told from who did.")
    _require_approver(request, mandate.giver, name, now)
    if quorum.is_heard(request, giver, but=person):
        raise Refused(Refusal.ALREADY_REVIEWED, f"{name} has been heard already; one right is one voice.")
    return giver


def _require_approver(request: ApprovalRequest, giver: Actor, name: str, now: datetime) -> None:
    try:
        eligibility.require_approver(request, giver, now)
    except Doubted as doubt:
        raise Doubted(doubt.code, f"{doubt.sentence[0].lower()}{doubt.sentence[1:]}") from doubt
    except Refused as refused:
        raise Refused(refused.code, f"{name} isn't asked here either.") from refused


def _is_free(request: ApprovalRequest, person: Person) -> bool:
    try:
        eligibility.require_not_forbidden(request, person)
    except Refused:
        return False
    return True
