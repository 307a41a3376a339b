"""`/jit on-call`: who would be asked now, for the rules of a channel, or for a group or a rule by its name."""

import difflib
from typing import Any, cast

from bot.core.errors import Refusal, Refused
from bot.core.judging.asking import Call, calls_in, calls_named, calls_of, names_in
from bot.core.judging.policy import Policy
from bot.core.people import eligibility
from bot.core.people.identity import Actor
from bot.core.people.membership import GroupKind, LiveGroup
from bot.slack.cards.card import Card
from bot.slack.faults import CALL_ERRORS
from bot.slack.words.escape import line
from bot.slack.words.on_call import LISTED, draw_on_call
from handlers.slack.front import Front
from handlers.slack.jit.words import Command, as_typed, unquoted

LOOKED_UP = 10
"""Into how many groups, at most, one answer looks: Slack waits three seconds, and is asked one by one."""


async def show_on_call(front: Front, command: Command, by: Actor) -> Card:
    """Say who would be asked. Raises Refused for strangers, and for a name that the policy does not know."""
    eligibility.require_member(by)
    policy, name = front.policy(), unquoted(as_typed(command.rest))
    title, calls = await _here(front, policy, by.channel) if not name else _named(policy, name)
    groups = dict.fromkeys(group for call in calls[:LISTED] for group in call.crowd.groups if _can_be_read(group))
    rolls = await front.memberships.rolls(tuple(groups)[:LOOKED_UP])
    presence = await front.desk.read(lambda snapshot: snapshot.presence())
    return draw_on_call(title, calls, rolls, presence)


async def _here(front: Front, policy: Policy, channel: str | None) -> tuple[str, tuple[Call, ...]]:
    calls = calls_in(policy, await _names_of(front, channel)) if channel else ()
    if calls:
        return "Who would be asked now in this channel", calls
    every = [call for rule in policy.rules for call in calls_of(rule.terms)]
    return "No rule asks in this channel. Who would be asked now elsewhere", (*every, *calls_of(policy.default))


def _named(policy: Policy, name: str) -> tuple[str, tuple[Call, ...]]:
    calls = calls_named(policy, name)
    if calls:
        return f"Who would be asked now by “{line(calls[0].name, 100)}”", calls
    known = names_in(policy)
    near = difflib.get_close_matches(name.casefold(), [one.casefold() for one in known], n=1, cutoff=0.5)
    meant = [one for one in known if one.casefold() in near] or known[:LISTED]
    raise Refused(
        Refusal.NOT_FOUND,
        f"The policy has no group, and no rule that asks people, called “{line(name, 100)}”."
        f" {'Did you mean' if near else 'It has'} {', '.join(line(one, 100) for one in meant)}{'?' if near else '.'}",
    )


def _can_be_read(group: LiveGroup) -> bool:
    return group.kind is not GroupKind.MANAGER


async def _names_of(front: Front, channel: str) -> frozenset[str]:
    """Return what a policy may call *channel*: its id, and its name, where Slack shows it to us."""
    client = cast("Any", front.client)  # the SDK leaves the types of its keywords open
    try:
        answer = await client.conversations_info(channel=channel)
        return frozenset({channel, f"#{answer['channel']['name']}"})
    except (*CALL_ERRORS, KeyError):
        return frozenset({channel})
