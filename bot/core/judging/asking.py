"""Whom a policy would ask, without any request: by the rules whose cards stand in a channel, or by a name in it."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta

from bot.core.judging.policy import Policy
from bot.core.people.membership import Crowd
from bot.core.ruling import Handling, Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Those who are asked together.

    ``name`` is the rule's or the group's; ``stage`` says which of several; ``after`` how long a silence calls them.
    ``anyone`` is every full member.
    """

    name: str
    crowd: Crowd
    stage: str | None = None
    after: timedelta | None = None
    anyone: bool = False


def shown_in(policy: Policy, channels: AbstractSet[str]) -> tuple[Ruling, ...]:
    """Return what asks people with a card in one of *channels*, the names of one place; the default comes last.

    A rule that names no channel is shown where a route or the defaults say, which a request has to tell.
    """
    open_to = {*policy.default.channels, *(channel for post in policy.signposts for channel in post.channels)}
    asking = [ruling for ruling in _rulings(policy) if ruling.handling is Handling.REQUIRE_APPROVAL]
    return tuple(ruling for ruling in asking if not channels.isdisjoint(_channels(ruling, open_to)))


def calls_of(ruling: Ruling) -> Iterator[Call]:
    """Yield whom *ruling* asks, stage by stage, and whom silence calls."""
    is_chain = len(ruling.stages) > 1
    for stage in ruling.stages:
        which = stage.name if is_chain else None
        crowd = Crowd(people=stage.approvers, groups=stage.groups)
        yield Call(name=ruling.rule, stage=which, crowd=crowd, anyone=stage.anyone)
        for step in stage.escalate:
            if step.to or step.groups:
                called = Crowd(people=step.to, groups=step.groups)
                yield Call(name=ruling.rule, stage=which, after=step.after, crowd=called)


def calls_in(policy: Policy, channels: AbstractSet[str]) -> tuple[Call, ...]:
    """Return whom the rules ask whose cards may stand in one of *channels*, the names of one place."""
    return tuple(call for ruling in shown_in(policy, channels) for call in calls_of(ruling))


def calls_named(policy: Policy, name: str) -> tuple[Call, ...]:
    """Return whom the group or the rule called *name* asks; nobody where there is no such, or where it asks nobody."""
    wanted = name.casefold()
    groups = [Call(name=one, crowd=crowd) for one, crowd in policy.groups.items() if one.casefold() == wanted]
    rules = [call for one in _rulings(policy) if one.rule.casefold() == wanted for call in calls_of(one)]
    return (*groups, *rules)


def names_in(policy: Policy) -> tuple[str, ...]:
    """Return the names of the groups and of the rules that ask people."""
    rules = (ruling.rule for ruling in _rulings(policy) if ruling.stages)
    return tuple(dict.fromkeys((*policy.groups, *rules)))


def _rulings(policy: Policy) -> tuple[Ruling, ...]:
    return (*(rule.terms for rule in policy.rules), policy.default)


def _channels(ruling: Ruling, open_to: AbstractSet[str]) -> AbstractSet[str]:
    later = {step.channel for stage in ruling.stages for step in stage.escalate if step.channel}
    return {*(ruling.channels or open_to), *later}
