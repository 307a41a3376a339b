"""Live groups as the log names them: whether somebody was in one of those that were asked, read lately enough."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.core.audit.people import is_listed
from bot.core.moments import read_moment

Named = Mapping[str, Any]

_SECONDS = {"slack_usergroup": 60, "calendar": 24 * 3600}
_AHEAD = 5
_REFERENCE = ("group", "kind", "ref")


def admits(groups: Iterable[Named], actor: Named, at: datetime) -> bool:
    """Tell whether *actor* was, by what the entry says, in one of *groups* when it was written, or stood in for it."""
    frozen = {reference(group): group for group in groups}
    return any(
        is_current(claim, at) and _belongs(claim, frozen[reference(claim)], actor)
        for claim in actor.get("memberships", ())
        if reference(claim) in frozen
    )


def _belongs(claim: Named, group: Named, actor: Named) -> bool:
    """Whoever stands in is in the frozen fallback; who is in the group only Slack or the calendar knew."""
    return claim["as"] == "member" or (claim["as"] == "fallback" and is_listed(actor, group["fallback"]))


def is_current(claim: Named, at: datetime) -> bool:
    """Tell whether what was read of a group was young enough at *at* to decide something."""
    age = (at - read_moment(claim["read_at"])).total_seconds()
    return -_AHEAD <= age <= _SECONDS[claim["kind"]]


def reference(named: Named) -> tuple[str, ...]:
    """Return what tells a live group from all others."""
    return tuple(str(named[key]) for key in _REFERENCE)
