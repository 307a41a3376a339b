"""Who is called on cards and in threads: people, or whoever stands in for them, and live groups; what these lack."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from bot.core.life import waiting
from bot.core.people import delegation, eligibility
from bot.core.people.delegation import Delegation
from bot.core.people.identity import Person, is_among, is_one_of
from bot.core.people.membership import Crowd, GroupKind, LiveGroup, Roll, Rolls, merged
from bot.core.request import ApprovalRequest, State
from bot.slack.words import rich, texts, who
from bot.slack.words.escape import line

Call = Sequence[rich.Run]
"""What calls somebody: one person, a user group as a whole, or a stand-in and whom they answer for."""

Lent = Sequence[Delegation]
"""What lets people answer for others just now."""

_STAND_INS = 5
_STEP = 120


def draw_calls(request: ApprovalRequest, crowd: Crowd, rolls: Rolls, lent: Lent = ()) -> list[Call]:
    """Return what calls a crowd: a user group as a whole, else whoever is on call or stands in.

    Whoever of them has lent their right is called together with whoever is expected to use it.
    """
    asked = _asked(request, rolls) if lent else ()
    called = list[Call]()
    for call in (
        *(_call(request, person, asked, lent) for person in crowd.people),
        *(call for group in crowd.groups for call in _group(request, group, rolls, lent)),
    ):
        if call and call not in called:
            called.append(call)
    return called


def draw_stand_ins(request: ApprovalRequest, rolls: Rolls, lent: Lent, called: Sequence[Call]) -> Iterator[str]:
    """Yield a line about those who stand in for somebody who is asked, and are not *called*; it calls nobody."""
    asked = _asked(request, rolls) if lent else ()
    found = [
        (stand_in, person)
        for person in _lenders(asked, lent)
        if (stand_in := delegation.expected_for(request, person, asked, lent)) and _pair(stand_in, person) not in called
    ]
    if found:
        yield texts.standing_in([(stand_in.key, person.key) for stand_in, person in found])


def draw_next_step(request: ApprovalRequest) -> list[rich.Json]:
    """Return when silence calls more people and whom, or shows the card elsewhere; nothing where it ends before."""
    step = waiting.next_step(request) if request.state is State.PENDING else None
    due = None if step is None else waiting.step_due(request, step)
    if step is None or due is None or (request.deadline is not None and due >= request.deadline):
        return []
    channel = f"in {rich.name(step.channel)}" if step.channel is not None else ""
    whom = line(" and ".join(filter(None, (who.called(step), channel))), _STEP)
    return [rich.section(rich.words(texts.ESCALATES), rich.moment(due), rich.words(f": {whom}"))]


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
    for person in _asked(request, rolls):
        if not eligibility.is_banned(request.ruling, request.subject, person) and not is_among(person, found):
            found.append(person)
    if 0 < len(found) < stage.quorum:
        yield f"⚠️ {stage.quorum} have to agree, and only {len(found)} may answer now: {who.people(found, 'and')}."


def _asked(request: ApprovalRequest, rolls: Rolls) -> tuple[Person, ...]:
    """Return everybody who may answer the present stage by themselves, as far as anybody looked."""
    groups = [group for group in eligibility.groups_of(request) if group in rolls]
    members = (one for group in groups for one in _answering(request, group, rolls))
    return (*eligibility.approvers_of(request), *members)


def _answering(request: ApprovalRequest, group: LiveGroup, rolls: Rolls) -> list[Person]:
    return _able(request, rolls[group]) or list(group.fallback)


def _call(request: ApprovalRequest, person: Person, asked: Sequence[Person], lent: Lent) -> Call:
    stand_in = delegation.expected_for(request, person, asked, lent) if lent else None
    if stand_in is not None:
        return _pair(stand_in, person)
    run = rich.mention(person)
    return [run] if run else []


def _pair(stand_in: Person, person: Person) -> Call:
    return [_named(stand_in), rich.words(" for "), _named(person)]


def _named(person: Person) -> rich.Run:
    return rich.mention(person) or rich.words(rich.name(person.key))


def _lenders(people: Iterable[Person], lent: Lent) -> Iterator[Person]:
    """Yield those of *people* who have lent their right; a user group may have hundreds of members."""
    givers = [loan.giver for loan in lent]
    return (person for person in people if is_one_of(person, givers))


def _group(request: ApprovalRequest, group: LiveGroup, rolls: Rolls, lent: Lent) -> list[Call]:
    roll = rolls.get(group)
    if roll is None or (roll.trouble is not None and group.kind is GroupKind.SLACK_USERGROUP):
        return []
    able, asked = _able(request, roll), _asked(request, rolls) if lent else ()
    if able and roll.usergroup_id is not None:
        lenders = _lenders(able, lent)
        pairs = (call for one in lenders if len(call := _call(request, one, asked, lent)) > 1)
        return [[{"type": "usergroup", "usergroup_id": roll.usergroup_id}], *islice(pairs, _STAND_INS)]
    return [_call(request, person, asked, lent) for person in able or group.fallback]


def _able(request: ApprovalRequest, roll: Roll) -> list[Person]:
    return [one for one in roll.people if not eligibility.is_banned(request.ruling, request.subject, one)]


def _stand_in(group: LiveGroup) -> str:
    return f"{who.people(group.fallback)} may answer instead" if group.fallback else "nobody stands in for them"


def groups_on(request: ApprovalRequest) -> tuple[LiveGroup, ...]:
    """Return the live groups that a card speaks of."""
    if not request.state.is_open or not request.ruling.stages:
        return ()
    return merged(request.ruling.stages[request.stage].mention_groups, eligibility.groups_of(request))
