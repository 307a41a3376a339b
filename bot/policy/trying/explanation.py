"""Why a request would be handled the way it is: the lines ``jit policy explain`` prints."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import durationpy

from bot.core.business_time import Calendar, later
from bot.core.judging.counting import APPROVED, OPEN_IN_LANE, REJECTED, Tally, never_used
from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy
from bot.core.judging.rules import judge
from bot.core.people.entitled import banned_by, draw_bans, draw_stage
from bot.core.people.identity import Person, is_among
from bot.core.people.membership import LiveGroup
from bot.core.request import Subject
from bot.core.ruling import CLAIM_FOR, Demands, Handling, OnTimeout, RequireReason, Ruling, Stage

_HANDLING = {
    Handling.AUTO_APPROVE: "approved by the policy",
    Handling.AUTO_REJECT: "rejected by the policy",
    Handling.REQUIRE_APPROVAL: "a person is asked",
}
_ENDING = {
    OnTimeout.REJECT: "it is rejected",
    OnTimeout.EXPIRE: "it expires",
    OnTimeout.APPROVE: "it is approved",
}
_REASON = {
    RequireReason.NEVER: "no review needs a reason",
    RequireReason.ON_REJECT: "rejecting needs a reason",
    RequireReason.ON_APPROVE: "approving needs a reason",
    RequireReason.ALWAYS: "every review needs a reason",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A ruling, and the same as lines for a person: the result first, then how it came to it."""

    ruling: Ruling
    lines: tuple[str, ...]


def explain(policy: Policy, facts: Facts, tally: Tally = never_used) -> Explanation:
    """Judge *facts* as a submission would, and say what matched, who could answer and who could not."""
    ruling = judge(policy, facts, tally)
    lines = [f"{_HANDLING[ruling.handling]} (rule: {ruling.rule})"]
    if ruling.reason:
        lines.append(f"reason: {ruling.reason}")
    if ruling.handling is Handling.REQUIRE_APPROVAL:
        lines += _asking(ruling, facts)
    lines.append("how it came to this:")
    lines += [f"  {line}" for line in ruling.explanation]
    if policy.reads:
        lines.append(f"counted for it: {', '.join(_counted(policy, facts))}")
    return Explanation(ruling=ruling, lines=tuple(lines))


def _counted(policy: Policy, facts: Facts) -> Iterator[str]:
    counts = facts.counts
    values = {
        APPROVED: counts.approved_last_30d,
        REJECTED: counts.rejected_last_30d,
        OPEN_IN_LANE: counts.open_in_lane,
    }
    return (f"{name} = {value}" for name, value in values.items() if name in policy.reads)


def _asking(ruling: Ruling, facts: Facts) -> Iterator[str]:
    yield f"shown in: {', '.join(ruling.channels)}"
    banned = [person for person, _ in banned_by(ruling, facts.subject)]
    yield from _hours(ruling)
    for index, stage in enumerate(ruling.stages):
        clock = _Clock(None if index else facts.now, ruling.calendar, _zone(ruling))
        yield from _stage(stage, banned, clock)
    yield from draw_bans(ruling, facts.subject)
    clock = _Clock(facts.now, ruling.timeout_calendar, _zone(ruling))
    ending = f"{clock.after(ruling.timeout)} without an answer {_ENDING[ruling.on_timeout]}"
    yield f"{_REASON[ruling.require_reason]}; {ending}"
    yield from _demands(ruling.demands, facts.subject)
    if ruling.claim_for != CLAIM_FOR:
        yield f"nobody is reminded for {durationpy.to_str(ruling.claim_for)} once somebody is looking"
    if ruling.accept_incomplete:
        yield "people may approve it on test results that are not complete"
    if ruling.break_glass is not None:
        able = [person for person in ruling.break_glass.approvers if not is_among(person, banned)]
        within = durationpy.to_str(ruling.break_glass.review_within)
        yield f"break-glass: {_names(able) or 'nobody'} may approve alone, reviewed within {within}"
    if ruling.supersede_lane and facts.subject.lane:
        yield f"older open requests of lane {facts.subject.lane} end: superseded"
    if ruling.group_within is not None:
        yield f"identical asks within {durationpy.to_str(ruling.group_within)} share one card"
    if ruling.undo_within is not None:
        yield f"whoever answered can take that back for {durationpy.to_str(ruling.undo_within)}, then it is released"


def _demands(demands: Demands, subject: Subject) -> Iterator[str]:
    """Say what else an answer must hold."""
    if demands.category is not RequireReason.NEVER:
        yield _REASON[demands.category].replace("a reason", "a category")
    if demands.condition:
        yield "approving needs a condition"
    if demands.environment and subject.environment:
        yield f"approving needs the name of the environment typed: {subject.environment}"


@dataclass(frozen=True, slots=True)
class _Clock:
    """The clock of a stage: ``since`` is when it would begin, where that is known already."""

    since: datetime | None
    calendar: Calendar | None
    zone: str

    def after(self, span: timedelta) -> str:
        """Say when the clock has counted *span*."""
        words = f"after {durationpy.to_str(span)}"
        if self.since is None:
            return words
        moment = later(self.since, span, self.calendar).astimezone(ZoneInfo(self.zone))
        return f"{words} ({moment:%a %Y-%m-%d %H:%M} {self.zone})"


def _zone(ruling: Ruling) -> str:
    return ruling.calendar.zone if ruling.calendar else "UTC"


def _hours(ruling: Ruling) -> Iterator[str]:
    """Say that the clocks stand at times, and which do not."""
    if ruling.calendar is not None:
        day_and_night = "; the timeout, which the caller wished for, counts day and night" if ruling.is_wished else ""
        yield f"clocks run in business time, {ruling.calendar.zone}{day_and_night}"


def _stage(stage: Stage, banned: list[Person], clock: _Clock) -> Iterator[str]:
    yield from draw_stage(stage, banned)
    yield from _silence(stage, banned, clock)


def _silence(stage: Stage, banned: list[Person], clock: _Clock) -> Iterator[str]:
    """Say who is called, and what silence brings."""
    if stage.mention or stage.mention_groups:
        yield f"  called at its start: {_names(stage.mention, stage.mention_groups)}"
    if stage.reject_quorum > 1:
        yield f"  ended by {stage.reject_quorum} rejections"
    if stage.remind_after is not None:
        yield f"  reminded {clock.after(stage.remind_after)}, then ever more rarely"
    for step in stage.escalate:
        able = [person for person in step.to if not is_among(person, banned)]
        called = f", {_names(able, step.groups)} may answer too" if able or step.groups else ""
        shown = f", shown in {step.channel}" if step.channel else ""
        yield f"  escalated {clock.after(step.after)}{called}{shown}"


def _names(people: tuple[Person, ...] | list[Person], groups: tuple[LiveGroup, ...] = ()) -> str:
    return ", ".join((*(person.key for person in people), *(group.name for group in groups)))
