"""What the audit log keeps of the terms of a request: the frozen rule, whom it names, and when its clocks run."""

from collections.abc import Iterable
from datetime import timedelta

from bot.core.audit.entry import draw_group, draw_traces
from bot.core.business_time import Calendar
from bot.core.freeze import ActiveFreeze
from bot.core.judging.budget import Spending
from bot.core.moments import draw_moment
from bot.core.people.identity import Person
from bot.core.people.membership import NOBODY, Crowd, LiveGroup
from bot.core.ruling import CLAIM_FOR, NOTHING_MORE, BreakGlass, Delegating, Demands, EscalationStep, Ruling


def of_ruling(ruling: Ruling) -> dict[str, object]:
    """Return the frozen rule; a verifier needs its stages, bans and ending."""
    return {
        "handling": ruling.handling.value,
        "explanation": list(ruling.lines),
        "stages": [
            {
                "name": stage.name,
                "quorum": stage.quorum,
                "approvers": "anyone" if stage.anyone else [of_person(person) for person in stage.approvers],
                "reject_quorum": stage.reject_quorum,
                "remind_after_seconds": seconds(stage.remind_after) if stage.remind_after else None,
                "escalate": [of_step(step) for step in stage.escalate],
                **of_groups(stage.groups),
            }
            for stage in ruling.stages
        ],
        "channels": list(ruling.channels),
        "forbid": sorted(ban.value for ban in ruling.forbid),
        "require_reason": ruling.require_reason.value,
        "timeout_seconds": seconds(ruling.timeout),
        "on_timeout": ruling.on_timeout.value,
        **_break_glass(ruling.break_glass),
        # Where there was none to ask of, the log says nothing: so it was written before there were any.
        **({"budgets": [_spending(spent) for spent in ruling.budgets]} if ruling.budgets else {}),
        **({} if ruling.calendar is None else {"calendar": of_calendar(ruling.calendar)}),
        **({"is_wished": True} if ruling.is_wished else {}),
        **({} if ruling.group_within is None else {"group_within_seconds": seconds(ruling.group_within)}),
        **({} if ruling.undo_within is None else {"undo_within_seconds": seconds(ruling.undo_within)}),
        **({"delegation": ruling.delegation.value} if ruling.delegation is Delegating.FORBID else {}),
        **({"fallback": of_crowd(ruling.fallback)} if ruling.fallback != NOBODY else {}),
        **_demands(ruling.demands),
        **of_freezes(ruling.freezes),
        **({} if ruling.claim_for == CLAIM_FOR else {"claim_for_seconds": seconds(ruling.claim_for)}),
    }


def _demands(demands: Demands) -> dict[str, object]:
    """Return what an answer must hold; most rules want nothing more."""
    drawn = {"category": demands.category.value, "condition": demands.condition, "environment": demands.environment}
    return {} if demands == NOTHING_MORE else {"demands": drawn}


def of_calendar(calendar: Calendar) -> dict[str, object]:
    """Return when the clock runs, as numbers and dates: no zone and no holiday has to be looked up to count again."""
    return {
        "zone": calendar.zone,
        "openings": [[opening.day, opening.begin, opening.end] for opening in calendar.openings],
        "closed": [day.isoformat() for day in calendar.closed],
        "offsets": [[draw_moment(offset.since), offset.seconds] for offset in calendar.offsets],
        "until": draw_moment(calendar.until),
    }


def _spending(spent: Spending) -> dict[str, object]:
    return {
        "rule": spent.rule,
        "count": spent.limit.count,
        "per_seconds": seconds(spent.limit.per),
        "used": spent.used,
        "since": draw_moment(spent.since) if spent.since else None,
    }


def _break_glass(rule: BreakGlass | None) -> dict[str, object]:
    """Return who may say yes alone; without it just what logs said before there was a time for the review."""
    if rule is None:
        return {"break_glass": None}
    return {
        "break_glass": [of_person(person) for person in rule.approvers],
        "review_within_seconds": seconds(rule.review_within),
        **({"break_glass_groups": of_groups(rule.groups)["groups"]} if rule.groups else {}),
    }


def of_freezes(freezes: Iterable[ActiveFreeze]) -> dict[str, object]:
    """Return the freezes that held, and nothing at all when none did."""
    found = [
        {
            "name": freeze.name,
            "until": draw_moment(freeze.until),
            "then": freeze.then.value,
            "allow_break_glass": freeze.allow_break_glass,
        }
        for freeze in freezes
    ]
    return {"freezes": found} if found else {}


def of_step(step: EscalationStep) -> dict[str, object]:
    """Return what silence brings after a while."""
    to = [of_person(person) for person in step.to]
    return {"after_seconds": seconds(step.after), "to": to, "channel": step.channel, **of_groups(step.groups)}


def of_crowd(crowd: Crowd) -> dict[str, object]:
    """Return whom somebody calls."""
    return {"to": [of_person(person) for person in crowd.people], **of_groups(crowd.groups)}


def of_groups(groups: tuple[LiveGroup, ...]) -> dict[str, object]:
    """Return live groups by reference, each with who stands in for it; most rules have none."""
    drawn = [{**draw_group(group), "fallback": [of_person(person) for person in group.fallback]} for group in groups]
    return {"groups": drawn} if drawn else {}


def seconds(span: timedelta) -> int:
    """Return a span as the log writes it."""
    return int(span.total_seconds())


def of_person(person: Person | None) -> dict[str, object] | None:
    """Return how the log names a person."""
    if person is None:
        return None
    return {
        "person": person.key,
        "email": person.email,
        "slack_id": person.slack_id,
        "github": person.github,
        **draw_traces(person),
    }
