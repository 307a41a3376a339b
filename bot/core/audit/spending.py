"""What the log says of budgets, counted again: no rule approved by itself more often than it might."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.core.audit.life import Broken, Entry
from bot.core.moments import draw_moment, read_moment

LONGEST = timedelta(days=366)
"""No span of a budget is longer, so what is older can be forgotten."""

_JUDGED = frozenset({"request.submitted", "request.revised"})


class Spending:
    """When each rule approved by itself, entry by entry."""

    def __init__(self) -> None:
        self._uses: dict[str, list[datetime]] = {}

    def take(self, entry: Entry) -> None:
        """Take the next entry; only what was judged matters. Raises Broken."""
        if entry["event"] not in _JUDGED:
            return
        ruling, rule, at = entry["detail"]["ruling"], str(entry["rule"]), read_moment(entry["at"])
        approves = ruling["handling"] == "auto_approve"
        for budget in ruling.get("budgets", ()):
            self._require_counted(budget, at)
            if (budget["used"] < budget["count"]) is not (approves and budget["rule"] == rule):
                raise Broken(f"the budget of rule {budget['rule']} says one thing, and the ruling another")
        if approves:
            self._note(rule, at)

    def _require_counted(self, budget: Mapping[str, Any], at: datetime) -> None:
        uses = self._uses.get(budget["rule"], [])
        inside = uses[bisect_right(uses, at - timedelta(seconds=budget["per_seconds"])) :][-budget["count"] :]
        since = draw_moment(inside[0]) if inside else None
        if (budget["used"], budget["since"]) != (len(inside), since):
            raise Broken(f"rule {budget['rule']} had approved {len(inside)} by itself, this says {budget['used']}")

    def _note(self, rule: str, at: datetime) -> None:
        uses = self._uses.setdefault(rule, [])
        del uses[: bisect_right(uses, at - LONGEST)]
        uses.append(at)
