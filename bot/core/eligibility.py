"""Who may answer: one sentence for everybody who may not. Administrators get no exception here."""

from bot.core.errors import Refusal, Refused
from bot.core.identity import Actor, Person, Standing, can_be_compared, is_among, is_one_of, same_human
from bot.core.request import ApprovalRequest, Subject
from bot.core.ruling import Forbidden, Ruling

NAMED = 5
"""How many approvers a refusal names."""

_STANDING = {
    Standing.GUEST: "Guests of this workspace can't decide on requests. Ask a full member.",
    Standing.EXTERNAL: "People from other workspaces can't decide on requests here.",
    Standing.BOT: "Bots can't decide on requests.",
    Standing.DEACTIVATED: "This account is deactivated and can't decide on requests.",
    Standing.UNKNOWN: "Slack couldn't tell who you are, so this can't count. Try again in a minute.",
}


def require_member(actor: Actor) -> Person:
    """Return the human behind *actor*.

    Raises Refused for guests, strangers, bots, deactivated accounts and everybody whose standing is not known.
    """
    if actor.standing is not Standing.MEMBER or actor.person is None:
        raise Refused(Refusal.NOT_ELIGIBLE, _STANDING.get(actor.standing, _STANDING[Standing.UNKNOWN]))
    return actor.person


def require_not_forbidden(request: ApprovalRequest, person: Person) -> None:
    """Raise Refused when the rule bans *person*, the requester or somebody who wrote the change, or may ban them.

    Whoever can't be told from somebody banned is in doubt the same human. Where the caller named no requester at all,
    there is nobody to ban: the ruling's explanation says so.
    """
    forbid, subject = request.ruling.forbid, request.subject
    if Forbidden.REQUESTER in forbid and subject.requester:
        _require_another(person, subject.requester, "You asked for this yourself", "asked for this")
    for author in subject.authors if Forbidden.AUTHORS in forbid else ():
        _require_another(person, author, "You wrote part of this change", "wrote part of this change")


def _require_another(person: Person, banned: Person, you_did: str, they_did: str) -> None:
    if same_human(person, banned):
        raise Refused(Refusal.FORBIDDEN, f"{you_did}, so somebody else has to decide.")
    if not can_be_compared(person, banned):
        raise Refused(
            Refusal.FORBIDDEN,
            f"{banned.key} {they_did}, and nothing here tells whether that is you. Somebody else has to decide, or "
            "add them to the policy's people table, with their Slack account, and ask again.",
        )


def require_revision(request: ApprovalRequest, revision: int) -> None:
    """Raise Refused when somebody answers to what is no longer asked."""
    if revision != request.revision:
        sentence = f"This changed since: you saw revision {revision}, it is {request.revision} now. Look again."
        raise Refused(Refusal.STALE, sentence)


def is_banned(ruling: Ruling, subject: Subject, person: Person) -> bool:
    """Tell whether the rule bans *person*; for saying who is left, never for a decision."""
    is_requester = subject.requester is not None and same_human(person, subject.requester)
    is_author = is_among(person, subject.authors)
    return (Forbidden.REQUESTER in ruling.forbid and is_requester) or (Forbidden.AUTHORS in ruling.forbid and is_author)


def approvers_of(request: ApprovalRequest) -> tuple[Person, ...]:
    """Return who may answer the present stage: its approvers, and whom an escalation called."""
    return (*request.ruling.stages[request.stage].approvers, *request.called)


def require_approver(request: ApprovalRequest, actor: Actor) -> None:
    """Raise Refused when *actor* is not one of the present stage's approvers."""
    person = require_member(actor)
    stage, approvers = request.ruling.stages[request.stage], approvers_of(request)
    if not stage.anyone and not is_one_of(person, approvers):
        names = ", ".join(p.key for p in approvers[:NAMED]) or "nobody"
        more = f" and {len(approvers) - NAMED} more" if len(approvers) > NAMED else ""
        raise Refused(
            Refusal.NOT_ELIGIBLE, f"You aren't an approver of stage “{stage.name}”. It waits for: {names}{more}."
        )


def may_review(request: ApprovalRequest, actor: Actor) -> bool:
    """Tell whether *actor* could answer the current stage now; for lists, never for a decision."""
    try:
        person = require_member(actor)
        require_not_forbidden(request, person)
        require_approver(request, actor)
    except Refused:
        return False
    return request.state.is_open
