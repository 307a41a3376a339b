"""Who could answer a request, and who may not and why, in words that are frozen into its ruling.

So the API, the card, the log and a trial of the policy say the same.
"""

from collections.abc import Iterator, Sequence

from bot.core.judging.budget import draw_span
from bot.core.people.identity import Person, is_among
from bot.core.people.membership import GroupKind, LiveGroup
from bot.core.request import Subject
from bot.core.ruling import Forbidden, Ruling, Stage

_NAMED = 20
_LOOKED_UP = {
    GroupKind.SLACK_USERGROUP: "a Slack user group, looked up when somebody answers",
    GroupKind.CALENDAR: "whoever is on call when somebody answers",
}


def who_may(ruling: Ruling, subject: Subject) -> Iterator[str]:
    """Yield a line for each stage, and one for everybody whom the rule bans."""
    banned = tuple(banned_by(ruling, subject))
    for stage in ruling.stages:
        yield from draw_stage(stage, [person for person, _ in banned])
        for step in stage.escalate:
            able = [person for person in step.to if not is_among(person, [person for person, _ in banned])]
            if able or step.groups:
                called = _names(able, step.groups)
                yield f'stage "{stage.name}": after {draw_span(step.after)} of silence {called} too'
    yield from draw_bans(ruling, subject)


def draw_stage(stage: Stage, banned: Sequence[Person]) -> Iterator[str]:
    """Yield who could answer a stage, and whether that can ever be enough."""
    if stage.anyone:
        yield f'stage "{stage.name}": any {stage.quorum} full member{"" if stage.quorum == 1 else "s"}'
        return
    able = [person for person in stage.approvers if not is_among(person, banned)]
    yield f'stage "{stage.name}": {stage.quorum} of {_names(able, stage.groups) or "nobody"}'
    for group in stage.groups:
        yield f"  {group.name}: {_LOOKED_UP[group.kind]}; {_stand_in(group)}"
    called = [person for step in stage.escalate for person in step.to if not is_among(person, (*banned, *able))]
    if not stage.is_live and len(able) + len(called) < stage.quorum:
        count = len(able) + len(called)
        yield f'stage "{stage.name}" can never be met: {stage.quorum} are needed, and only {count} may answer'


def draw_bans(ruling: Ruling, subject: Subject) -> Iterator[str]:
    """Yield whom the rule bans from answering, each with why."""
    for person, why in banned_by(ruling, subject):
        yield f"may not answer: {person.key} ({why})"


def banned_by(ruling: Ruling, subject: Subject) -> Iterator[tuple[Person, str]]:
    """Yield whom the rule bans from answering, each with why; nobody where nobody is asked."""
    told = list[Person]()
    for ban, people, why in _bans(subject) if ruling.stages else ():
        for person in people if ban in ruling.forbid else ():
            if not is_among(person, told):
                told.append(person)
                yield person, why


def _bans(subject: Subject) -> Iterator[tuple[Forbidden, tuple[Person, ...], str]]:
    yield Forbidden.REQUESTER, (subject.requester,) if subject.requester else (), "asked for it"
    yield Forbidden.AUTHORS, subject.authors, "wrote part of the change"
    yield Forbidden.TRIGGERER, (subject.triggerer,) if subject.triggerer else (), "started the run"


def _stand_in(group: LiveGroup) -> str:
    return f"{_names(group.fallback)} may answer while nobody there can" if group.fallback else "nobody stands in"


def _names(people: Sequence[Person], groups: Sequence[LiveGroup] = ()) -> str:
    names = [*(group.name for group in groups), *(person.key for person in people)]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
