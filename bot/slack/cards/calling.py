"""Live groups on cards and in threads: who is called, and what is said where nobody in them can answer."""

from collections.abc import Iterator

from bot.core.people import eligibility
from bot.core.people.identity import Person, is_among
from bot.core.people.membership import Crowd, GroupKind, LiveGroup, Roll, Rolls, merged
from bot.core.request import ApprovalRequest
from bot.slack.words import rich, who


def draw_calls(request: ApprovalRequest, crowd: Crowd, rolls: Rolls) -> list[rich.Run]:
    """Return what calls a crowd: a user group as a whole, else whoever is on call or stands in."""
    called = [run for run in map(rich.mention, crowd.people) if run]
    for group in crowd.groups:
        called += [run for run in _group(request, group, rolls) if run not in called]
    return called


def draw_gaps(request: ApprovalRequest, rolls: Rolls) -> Iterator[str]:
    """Yield a line for each group of the present stage in which nobody can answer, and who stands in."""
    for group in eligibility.groups_of(request):
        roll = rolls.get(group)
        if roll is None:
            continue
        if roll.trouble is not None and group.kind is GroupKind.SLACK_USERGROUP:
            yield f"⚠️ Who is in {rich.name(group.name)} can't be told just now: nobody of it can answer until then."
        elif not _able(request, roll):
            why = "nobody in it may answer now" if roll.trouble is None else roll.trouble
            yield f"⚠️ {rich.name(group.name)}: {why}; {_stand_in(group)}."
    yield from _shortfall(request, rolls)


def _shortfall(request: ApprovalRequest, rolls: Rolls) -> Iterator[str]:
    """Yield a line when all groups are known, and fewer people may answer now than have to agree."""
    stage, groups = request.ruling.stages[request.stage], eligibility.groups_of(request)
    if stage.anyone or not groups or any(group not in rolls or rolls[group].trouble for group in groups):
        return
    found = list[Person]()
    listed = (
        *eligibility.approvers_of(request),
        *(one for group in groups for one in _answering(request, group, rolls)),
    )
    for person in listed:
        if not eligibility.is_banned(request.ruling, request.subject, person) and not is_among(person, found):
            found.append(person)
    if 0 < len(found) < stage.quorum:
        yield f"⚠️ {stage.quorum} have to agree, and only {len(found)} may answer now: {who.people(found, 'and')}."


def _answering(request: ApprovalRequest, group: LiveGroup, rolls: Rolls) -> list[Person]:
    return _able(request, rolls[group]) or list(group.fallback)


def _group(request: ApprovalRequest, group: LiveGroup, rolls: Rolls) -> list[rich.Run]:
    roll = rolls.get(group)
    if roll is None or (roll.trouble is not None and group.kind is GroupKind.SLACK_USERGROUP):
        return []
    able = _able(request, roll)
    if able and roll.usergroup_id is not None:
        return [{"type": "usergroup", "usergroup_id": roll.usergroup_id}]
    return [run for run in map(rich.mention, able or group.fallback) if run]


def _able(request: ApprovalRequest, roll: Roll) -> list[Person]:
    return [one for one in roll.people if not eligibility.is_banned(request.ruling, request.subject, one)]


def _stand_in(group: LiveGroup) -> str:
    return f"{who.people(group.fallback)} may answer instead" if group.fallback else "nobody stands in for them"


def groups_on(request: ApprovalRequest) -> tuple[LiveGroup, ...]:
    """Return the live groups that a card speaks of."""
    if not request.state.is_open or not request.ruling.stages:
        return ()
    return merged(request.ruling.stages[request.stage].mention_groups, eligibility.groups_of(request))
