"""Who may answer: one sentence for everybody who may not. Administrators get no exception here."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from bot.core.errors import Doubted, Refusal, Refused
from bot.core.people.identity import Actor, Person, Standing, can_be_compared, is_among, is_one_of, same_human
from bot.core.people.membership import Belonging, LiveGroup, Membership, merged
from bot.core.request import ApprovalRequest, Subject
from bot.core.ruling import Forbidden, Ruling

NAMED = 5
"""How many approvers a refusal names."""

_STANDING = {
    Standing.GUEST: "Guests of this workspace can't decide on requests. Ask a full member.",
    Standing.EXTERNAL: "People from other workspaces can't decide on requests here.",
    Standing.BOT: "Bots can't decide on requests.",
    Standing.DEACTIVATED: "This account is deactivated and can't decide on requests.",
    Standing.UNKNOWN: "Slack couldn't tell who you are, so this can't count. Try again soon.",
}


def require_member(actor: Actor) -> Person:
    """Return the human behind *actor*.

    Raises Refused for guests, strangers, bots, deactivated accounts and everybody whose standing is not known.
    """
    if actor.standing is not Standing.MEMBER or actor.person is None:
        raise Refused(Refusal.NOT_ELIGIBLE, _STANDING.get(actor.standing, _STANDING[Standing.UNKNOWN]))
    return actor.person


def require_not_forbidden(request: ApprovalRequest, person: Person) -> None:
    """Raise Refused when the rule bans *person*, or may: the requester, who wrote the change, or who started the run.

    Whoever can't be told from somebody banned is in doubt the same human. Where the caller named no requester at all,
    there is nobody to ban, and so it is with the triggerer: the ruling's explanation says so.
    """
    forbid, subject = request.ruling.forbid, request.subject
    if Forbidden.REQUESTER in forbid and subject.requester:
        _require_another(person, subject.requester, "You asked for this yourself", "asked for this")
    for author in subject.authors if Forbidden.AUTHORS in forbid else ():
        _require_another(person, author, "You wrote part of this change", "wrote part of this change")
    if Forbidden.TRIGGERER in forbid and subject.triggerer:
        _require_another(person, subject.triggerer, "You started this run", "started this run")


def _require_another(person: Person, banned: Person, you_did: str, they_did: str) -> None:
    if same_human(person, banned):
        raise Refused(Refusal.FORBIDDEN, f"{you_did}, so somebody else has to decide.")
    if not can_be_compared(person, banned):
        raise Refused(
            Refusal.FORBIDDEN,
            f"{banned.key} {they_did}, and nothing here tells whether that is you. Somebody else has to decide, or "
            "add them to the policy's people table, with their Slack account, and ask again.",
        )


def was_asked(request: ApprovalRequest, person: Person) -> bool:
    """Tell whether questions go to *person*: whoever asked, or wrote the change. Nobody else knows the answers."""
    subject = request.subject
    return is_one_of(person, (*([subject.requester] if subject.requester else []), *subject.authors))


def require_revision(request: ApprovalRequest, revision: int) -> None:
    """Raise Refused when somebody answers to what is no longer asked."""
    if revision != request.revision:
        then = next((f" Since then: {one.since}." for one in request.earlier if one.revision == revision), "")
        sentence = f"This changed since: you saw revision {revision}, it is {request.revision} now.{then} Look again."
        raise Refused(Refusal.STALE, sentence)


def require_stage(request: ApprovalRequest, stage: int) -> None:
    """Raise Refused when somebody answers a stage that waits no longer, or not yet."""
    if stage != request.stage:
        raise Refused(Refusal.STALE, "That stage has been settled since. Look at the card as it is now.")


def is_banned(ruling: Ruling, subject: Subject, person: Person) -> bool:
    """Tell whether the rule bans *person*; for saying who is left, never for a decision."""
    return is_among(person, banned_by(ruling, subject))


def banned_by(ruling: Ruling, subject: Subject) -> Iterator[Person]:
    """Yield whom the rule bans, whatever group they are in."""
    if Forbidden.REQUESTER in ruling.forbid and subject.requester:
        yield subject.requester
    if Forbidden.AUTHORS in ruling.forbid:
        yield from subject.authors
    if Forbidden.TRIGGERER in ruling.forbid and subject.triggerer:
        yield subject.triggerer


def approvers_of(request: ApprovalRequest) -> tuple[Person, ...]:
    """Return who may answer the present stage: its approvers, and whom an escalation called."""
    return (*request.ruling.stages[request.stage].approvers, *request.called)


def groups_of(request: ApprovalRequest) -> tuple[LiveGroup, ...]:
    """Return the live groups whose members may answer the present stage."""
    return merged(request.ruling.stages[request.stage].groups, request.called_groups)


def unread_groups(request: ApprovalRequest, actor: Actor) -> tuple[LiveGroup, ...]:
    """Return the live groups that must be looked up before anybody can tell whether *actor* may answer."""
    if not request.state.is_open or request.ruling.stages[request.stage].anyone:
        return ()
    return unread(actor, approvers_of(request), groups_of(request))


def unread(actor: Actor, people: Iterable[Person], groups: Collection[LiveGroup]) -> tuple[LiveGroup, ...]:
    """Return which of *groups* must be looked up before anybody can tell whether *actor* is one of them or *people*."""
    if not groups or actor.person is None or actor.standing is not Standing.MEMBER:
        return ()
    if is_one_of(actor.person, people):
        return ()
    read = [membership.group for membership in actor.memberships]
    return tuple(group for group in groups if group not in read)


def require_approver(request: ApprovalRequest, actor: Actor, now: datetime) -> None:
    """Raise Refused when *actor* is not one of the present stage's approvers, or when nobody can tell."""
    person, stage = require_member(actor), request.ruling.stages[request.stage]
    if stage.anyone or is_one_of(person, approvers_of(request)) or is_admitted(actor, groups_of(request), now):
        return
    names = [*(p.key for p in approvers_of(request)), *(group.name for group in groups_of(request))]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    waits = f"{', '.join(names[:NAMED]) or 'nobody'}{more}"
    raise Refused(Refusal.NOT_ELIGIBLE, f"You aren't an approver of stage “{stage.name}”. It waits for: {waits}.")


def is_admitted(actor: Actor, groups: Collection[LiveGroup], now: datetime) -> bool:
    """Tell whether *actor* is in one of *groups*, or stands in for one, as far as was looked up.

    Raises Doubted when nobody can tell.
    """
    person = require_member(actor)
    found = [membership for membership in actor.memberships if membership.group in groups]
    if any(_entitles(membership, person, now) for membership in found):
        return True
    doubt = next((each for each in found if each.belonging is Belonging.UNKNOWN or not each.is_current(now)), None)
    if doubt is not None:
        why = f" ({doubt.why})" if doubt.why else ""
        raise Doubted(
            Refusal.NOT_ELIGIBLE,
            f"Who is in “{doubt.group.name}” can't be told just now{why}, so this can't count. Try again in a minute.",
        )
    return False


def _entitles(membership: Membership, person: Person, now: datetime) -> bool:
    """Tell whether *membership* makes *person* an approver; only the frozen fallback stands in for a group."""
    is_in = membership.belonging is Belonging.MEMBER
    stands_in = membership.belonging is Belonging.FALLBACK and is_one_of(person, membership.group.fallback)
    return (is_in or stands_in) and membership.is_current(now)


def may_review(request: ApprovalRequest, actor: Actor, now: datetime) -> bool:
    """Tell whether *actor* could answer the current stage now; for lists, never for a decision."""
    try:
        person = require_member(actor)
        require_not_forbidden(request, person)
        require_approver(request, actor, now)
    except Refused:
        return False
    return request.state.is_open and request.settled is None
