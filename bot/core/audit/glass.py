"""A broken glass as the log tells it: who may break it, when its review is asked for, and who may give that.

Folded without :mod:`bot.core.life.break_glass`, so that a fault in either shows as a difference.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.core.audit.groups import admits
from bot.core.audit.life import Broken, Life
from bot.core.audit.people import are_told_apart, is_listed, share_a_handle
from bot.core.moments import read_moment

Entry = Mapping[str, Any]

_DAY = timedelta(days=1)
_WEEK = 7


def broken(life: Life, entry: Entry, at: datetime) -> None:
    """Take it that somebody entitled broke the glass. Raises Broken."""
    group = life.ruling["break_glass"]
    if group is None or not (is_listed(entry["actor"], group) or admits(_groups(life), entry["actor"], at)):
        raise Broken("whoever broke the glass is not in its group")
    if not str(entry["detail"]["reason"]).strip():
        raise Broken("the glass was broken without a reason")
    life.review_due = read_moment(entry["detail"]["review_due"])
    if int((life.review_due - at).total_seconds()) != life.ruling["review_within_seconds"]:
        raise Broken("its review is not due when its rule says")
    life.breaker = entry["actor"]
    life.settle("break_glass", at)


def chased(life: Life, entry: Entry, at: datetime) -> None:
    """Take it that the review was asked for: once for each day that has begun since it was due, for a week."""
    due = _owed(life)
    days = min(_WEEK, 1 + (at - due) // _DAY)
    if days <= life.chases:
        raise Broken("a review was asked for before its time, or too often")
    life.chases = days
    if entry["detail"] != {"chase": days}:
        raise Broken("the count of how often a review was asked for is wrong")


def reviewed(life: Life, entry: Entry, at: datetime) -> None:
    """Take it that somebody else, whom the rule lets approve, looked at it. Whoever was banned is so still."""
    due, actor = _owed(life), entry["actor"]
    if share_a_handle(actor, [life.breaker]) or not are_told_apart(actor, life.breaker):
        raise Broken("whoever broke the glass may have reviewed it")
    stages = life.ruling["stages"]
    listed = [person for stage in stages if stage["approvers"] != "anyone" for person in stage["approvers"]]
    is_open = any(stage["approvers"] == "anyone" for stage in stages)
    groups = [*_groups(life), *life.called_groups, *(group for stage in stages for group in stage.get("groups", ()))]
    is_reviewer = is_listed(actor, [*listed, *life.called, *life.ruling["break_glass"]])
    if not is_open and not is_reviewer and not admits(groups, actor, at):
        raise Broken("whoever reviewed the broken glass could not have approved")
    if not str(entry["detail"]["reason"]).strip() or read_moment(entry["detail"]["review_due"]) != due:
        raise Broken("the review lacks its reason, or was due at another time")
    life.review_due = None


def _groups(life: Life) -> list[Entry]:
    """Return the live groups that may break the glass; logs from before there could be any say nothing."""
    return [*life.ruling.get("break_glass_groups", ())]


def _owed(life: Life) -> datetime:
    if life.review_due is None:
        raise Broken("no review is owed")
    return life.review_due
