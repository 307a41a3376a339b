"""Is there anybody left who may answer? A chain that its bans leave empty asks the fallback, and says so at once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.core.people import eligibility
from bot.core.people.identity import Person, is_among
from bot.core.people.membership import Crowd, merged
from bot.core.request import Subject
from bot.core.ruling import Ruling, Stage


@dataclass(frozen=True, slots=True)
class Manned:
    """A ruling whose stages can be met, as far as anybody can see; ``trail`` says what was done for it."""

    ruling: Ruling
    trail: tuple[str, ...] = ()


def manned(ruling: Ruling, subject: Subject, fallback: Crowd) -> Manned:
    """Ask *fallback*, too, in every stage that those who may answer it cannot meet.

    A live group is taken for one that can: nobody in it is found out when it is looked up, and then its own fallback
    stands in.
    """
    stages, trail = list[Stage](), list[str]()
    for stage in ruling.stages:
        missing = stage.quorum - len(able(stage, ruling, subject))
        if stage.anyone or stage.is_live or missing <= 0:
            stages.append(stage)
            continue
        helped = _helped(stage, fallback)
        still = stage.quorum - len(able(helped, ruling, subject))
        who = f"{ruling.rule}: stage {stage.name} lacks {_people(missing)} who may answer"
        if still > 0 and not helped.is_live:
            trail.append(f"{who}; with the fallback it still lacks {_people(still)}, and cannot be approved")
        else:
            trail.append(f"{who}; the fallback is asked, too")
        stages.append(helped)
    return Manned(replace(ruling, stages=tuple(stages)), tuple(trail)) if trail else Manned(ruling)


def _helped(stage: Stage, fallback: Crowd) -> Stage:
    return replace(
        stage,
        approvers=_together(stage.approvers, fallback.people),
        groups=merged(stage.groups, fallback.groups),
        mention=_together(stage.mention, fallback.people),
        mention_groups=merged(stage.mention_groups, fallback.groups),
    )


def able(stage: Stage, ruling: Ruling, subject: Subject) -> tuple[Person, ...]:
    """Return as many different people as *stage* needs, of those who may answer it, now or after an escalation.

    Fewer, when there are no more; nobody for ``anyone``.
    """
    found = list[Person]()
    for person in (*stage.approvers, *(called for step in stage.escalate for called in step.to)):
        if len(found) == stage.quorum:
            break
        if not eligibility.is_banned(ruling, subject, person) and not is_among(person, found):
            found.append(person)
    return tuple(found)


def _together(people: tuple[Person, ...], more: Iterable[Person]) -> tuple[Person, ...]:
    return (*people, *(person for person in more if not is_among(person, people)))


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count} people"
