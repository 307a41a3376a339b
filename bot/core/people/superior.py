"""Puts the requester's manager where a rule asks for them; who that is, the people table says when it is judged."""

from dataclasses import replace

from bot.core.people.identity import People, Person, is_one_of
from bot.core.people.membership import Crowd, GroupKind, LiveGroup
from bot.core.request import Subject
from bot.core.ruling import EscalationStep, Ruling, Stage

MANAGER = LiveGroup(name="manager_of_requester", kind=GroupKind.MANAGER, ref="requester")
"""What stands in a policy for whoever that is."""


def manager_of(subject: Subject, people: People) -> Person | None:
    """Return the requester's manager, when the table knows both."""
    return people.manager_of(subject.requester) if subject.requester else None


def asks_manager(ruling: Ruling) -> bool:
    """Tell whether *ruling* asks, or calls, the requester's manager."""
    if ruling.break_glass is not None and MANAGER in ruling.break_glass.groups:
        return True
    return any(
        MANAGER in (*stage.groups, *stage.mention_groups, *(group for step in stage.escalate for group in step.groups))
        for stage in ruling.stages
    )


def with_manager(ruling: Ruling, manager: Person | None) -> Ruling:
    """Return *ruling* with *manager* in their place; with nobody there when nobody is known."""
    stages, glass = tuple(_stage(stage, manager) for stage in ruling.stages), ruling.break_glass
    if glass is not None:
        crowd = resolved(Crowd(people=glass.approvers, groups=glass.groups), manager)
        glass = replace(glass, approvers=crowd.people, groups=crowd.groups)
    return replace(ruling, stages=stages, break_glass=glass)


def said_of(manager: Person | None, ruling: Ruling, subject: Subject) -> str:
    """Return what an explanation says of the requester's manager."""
    if manager is not None:
        return f"{ruling.rule}: the manager of the requester is {manager.key}"
    if subject.requester is None:
        return f"{ruling.rule}: asks the requester's manager, but nobody was named as the requester"
    return f"{ruling.rule}: the people table names no manager of {subject.requester.key}"


def resolved(crowd: Crowd, manager: Person | None) -> Crowd:
    """Return *crowd* with *manager* in their place."""
    if MANAGER not in crowd.groups:
        return crowd
    added = () if manager is None or is_one_of(manager, crowd.people) else (manager,)
    return Crowd(people=(*crowd.people, *added), groups=tuple(group for group in crowd.groups if group != MANAGER))


def _stage(stage: Stage, manager: Person | None) -> Stage:
    asked = resolved(Crowd(people=stage.approvers, groups=stage.groups), manager)
    called = resolved(Crowd(people=stage.mention, groups=stage.mention_groups), manager)
    steps = (_step(step, manager) for step in stage.escalate)
    return replace(
        stage,
        approvers=asked.people,
        groups=asked.groups,
        mention=called.people,
        mention_groups=called.groups,
        escalate=tuple(step for step in steps if step is not None),
    )


def _step(step: EscalationStep, manager: Person | None) -> EscalationStep | None:
    """Return the step; None when it would call nobody and show nothing."""
    called = resolved(Crowd(people=step.to, groups=step.groups), manager)
    if not called.people and not called.groups and step.channel is None:
        return None
    return replace(step, to=called.people, groups=called.groups)
