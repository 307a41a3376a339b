"""Who may answer, who may not and why, and how many are still needed: in words for a card or a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from bot.core.life import quorum
from bot.core.people import eligibility, manning
from bot.core.people.identity import Person
from bot.core.people.membership import GroupKind
from bot.core.request import ApprovalRequest
from bot.core.ruling import EscalationStep, Forbidden
from bot.slack.words.rich import name

NAMED = 8
"""How many people a line names before it says how many more there are."""


LIVE = {
    GroupKind.SLACK_USERGROUP: "a Slack user group",
    GroupKind.CALENDAR: "whoever is on call",
    GroupKind.MANAGER: "the manager of whoever asks",
}


def needed(request: ApprovalRequest) -> tuple[str, str]:
    """Return how many more are needed, and from whom."""
    stage = request.ruling.stages[request.stage]
    missing = quorum.missing(request, request.stage)
    approvals = "1 more approval" if missing == 1 else f"{missing} more approvals"
    if not quorum.counted(request, request.stage):
        approvals = approvals.replace(" more", "")
    chain = len(request.ruling.stages)
    where = f" (stage {request.stage + 1} of {chain}, {name(stage.name)})" if chain > 1 else ""
    return f"Needs {approvals}", f" from {approvers(request)}{where}"


def unmanned(request: ApprovalRequest) -> str | None:
    """Say that the bans leave too few who may answer the present stage; None while it can be met."""
    stage = request.ruling.stages[request.stage]
    able = len(manning.able(stage, request.ruling, request.subject))
    if stage.anyone or stage.is_live or able >= stage.quorum:
        return None
    left = "nobody is left" if able == 0 else f"only {able} {'is' if able == 1 else 'are'} left"
    return f"⚠️ {stage.quorum} must approve, and {left} who may: as it stands this cannot be approved."


def approvers(request: ApprovalRequest) -> str:
    """Name who may answer the present stage, those whom an escalation called included."""
    people, groups = eligibility.approvers_of(request), eligibility.groups_of(request)
    if request.ruling.stages[request.stage].anyone or not groups:
        return free_of(request, None if request.ruling.stages[request.stage].anyone else people)
    live = " or ".join(f"{name(group.name)} ({LIVE[group.kind]})" for group in groups[:NAMED])
    return f"{live} or {free_of(request, people)}" if people else live


def free_of(request: ApprovalRequest, asked: Sequence[Person] | None) -> str:
    """Name those of *asked* whom the rule does not ban, and behind them the others, with why; None asks everybody."""
    known = _handles(asked or ())
    banned = [(one, why) for one, why in _banned(request) if asked is None or not one.handles.isdisjoint(known)]
    shut_out = _handles(one for one, _ in banned)
    named = (
        "any full member of this workspace"
        if asked is None
        else people([person for person in asked if person.handles.isdisjoint(shut_out)])
    )
    without = "; ".join(f"{name(person.key)}, who {why}" for person, why in banned[:NAMED])
    rest = f"; and {len(banned) - NAMED} more" if len(banned) > NAMED else ""
    return f"{named} (not {without}{rest})" if without else named


def _handles(people: Iterable[Person]) -> frozenset[str]:
    """Return every name they are known by. Good enough to name people; who counts is the core's to say."""
    return frozenset(handle for person in people for handle in person.handles)


def people(named: Sequence[Person], last: str = "or") -> str:
    """Name the first few people, as those of whom any will do unless *last* says otherwise, and how many more."""
    first = [name(person.key) for person in named[:NAMED]] or ["nobody"]
    if len(named) > NAMED:
        return f"{', '.join(first)} {last} {len(named) - NAMED} more"
    return f" {last} ".join(filter(None, (", ".join(first[:-1]), first[-1])))


def called(step: EscalationStep) -> str:
    """Name whom an escalation calls, groups by what they are; nothing where it calls nobody."""
    groups = [f"{name(group.name)} ({LIVE[group.kind]})" for group in step.groups[:NAMED]]
    return " and ".join([*([people(step.to, "and")] if step.to else []), *groups])


def _banned(request: ApprovalRequest) -> Iterator[tuple[Person, str]]:
    """Yield whom the rule bans, each once, and what they did."""
    forbid, subject = request.ruling.forbid, request.subject
    bans = (
        (Forbidden.REQUESTER, (subject.requester,), "asked"),
        (Forbidden.AUTHORS, subject.authors, "wrote part of the change"),
        (Forbidden.TRIGGERER, (subject.triggerer,), "started the run"),
    )
    told = set[str]()
    for ban, people, why in bans:
        for person in people if ban in forbid else ():
            if person is not None and person.handles.isdisjoint(told):
                told |= person.handles
                yield person, why
