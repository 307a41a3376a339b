"""Who could answer a request, and who may not and why, in words that are frozen into its ruling.

So the API, the card, the log and a trial of the policy say the same.
"""

from collections.abc import Iterator, Sequence

from bot.core.budget import draw_span
from bot.core.identity import Person, is_among, same_human
from bot.core.request import Subject
from bot.core.ruling import Forbidden, Ruling, Stage

_NAMED = 20


def who_may(ruling: Ruling, subject: Subject) -> Iterator[str]:
    """Yield a line for each stage, and one for everybody whom the rule bans."""
    banned = tuple(banned_by(ruling, subject))
    for stage in ruling.stages:
        yield from draw_stage(stage, [person for person, _ in banned])
        for step in stage.escalate:
            able = [person for person in step.to if not is_among(person, [person for person, _ in banned])]
            if able:
                yield f'stage "{stage.name}": after {draw_span(step.after)} of silence {_names(able)} too'
    yield from draw_bans(ruling, subject)


def draw_stage(stage: Stage, banned: Sequence[Person]) -> Iterator[str]:
    """Yield who could answer a stage, and whether that can ever be enough."""
    if stage.anyone:
        yield f'stage "{stage.name}": any {stage.quorum} full member{"" if stage.quorum == 1 else "s"}'
        return
    able = [person for person in stage.approvers if not is_among(person, banned)]
    yield f'stage "{stage.name}": {stage.quorum} of {_names(able) or "nobody"}'
    called = [person for step in stage.escalate for person in step.to if not is_among(person, (*banned, *able))]
    if len(able) + len(called) < stage.quorum:
        count = len(able) + len(called)
        yield f'stage "{stage.name}" can never be met: {stage.quorum} are needed, and only {count} may answer'


def draw_bans(ruling: Ruling, subject: Subject) -> Iterator[str]:
    """Yield whom the rule bans from answering, each with why."""
    for person, why in banned_by(ruling, subject):
        yield f"may not answer: {person.key} ({why})"


def banned_by(ruling: Ruling, subject: Subject) -> Iterator[tuple[Person, str]]:
    """Yield whom the rule bans from answering, each with why; nobody where nobody is asked."""
    requester = subject.requester
    if not ruling.stages:
        return
    if requester is not None and Forbidden.REQUESTER in ruling.forbid:
        yield requester, "asked for it"
    if Forbidden.AUTHORS in ruling.forbid:
        for author in subject.authors:
            if requester is None or Forbidden.REQUESTER not in ruling.forbid or not same_human(author, requester):
                yield author, "wrote part of the change"


def _names(people: Sequence[Person]) -> str:
    more = f" and {len(people) - _NAMED} more" if len(people) > _NAMED else ""
    return ", ".join(person.key for person in people[:_NAMED]) + more
