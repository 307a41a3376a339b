"""Live groups: who is in them is looked up when somebody answers, and never frozen with the rule.

A ruling holds the *reference* to such a group. What was found out about it for one person, and when, comes with the
actor; what is older than :data:`LONGEST` says counts for nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.core.people.person import Person


class GroupKind(StrEnum):
    """Where the members of a group are looked up."""

    SLACK_USERGROUP = "slack_usergroup"
    CALENDAR = "calendar"
    MANAGER = "manager"


class Belonging(StrEnum):
    """What somebody is to a live group: in it, standing in for it, neither, or nobody could say."""

    MEMBER = "member"
    FALLBACK = "fallback"
    OUTSIDER = "outsider"
    UNKNOWN = "unknown"


LONGEST: Mapping[GroupKind, timedelta] = {
    GroupKind.SLACK_USERGROUP: timedelta(seconds=60),
    GroupKind.CALENDAR: timedelta(hours=24),
}
"""How old what was read of a group may be when it decides something; of a calendar, the last good copy."""

SKEW = timedelta(seconds=5)
"""How far the clock that reading goes by may be ahead of the one that answers go by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveGroup:
    """A group by reference. ``name`` is the policy's, ``ref`` says where to look.

    ``fallback`` may answer while nobody in it can. A ``MANAGER`` stands in a policy only: judging a request puts the
    manager of its requester in its place.
    """

    name: str
    kind: GroupKind
    ref: str
    fallback: tuple[Person, ...] = ()


def _is_current(group: LiveGroup, read_at: datetime, now: datetime) -> bool:
    return -SKEW <= now - read_at <= LONGEST.get(group.kind, timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What was found out about one person and one group. ``read_at`` (aware UTC) is when its members were read.

    ``why`` says, to a person, why nobody could tell, or why the fallback stands in.
    """

    group: LiveGroup
    belonging: Belonging
    read_at: datetime
    why: str = ""

    def is_current(self, now: datetime) -> bool:
        """Tell whether this is young enough to decide something."""
        return _is_current(self.group, self.read_at, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Who was in a live group when it was read, at ``read_at`` (aware UTC).

    With ``trouble`` it could not be read, and nobody can tell. ``usergroup_id`` is what calls the whole group in Slack.
    """

    people: tuple[Person, ...]
    read_at: datetime
    usergroup_id: str | None = None
    trouble: str | None = None

    def tells_of(self, group: LiveGroup, now: datetime) -> bool:
        """Tell whether it could be read, and lately enough to decide something about *group*."""
        return self.trouble is None and _is_current(group, self.read_at, now)


Rolls = Mapping[LiveGroup, Roll]
"""Who was in live groups when they were read; a group that is not there was not looked up."""

NOTHING_KNOWN: Rolls = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Who stands behind names of the policy: people, and groups that are looked up later."""

    people: tuple[Person, ...] = ()
    groups: tuple[LiveGroup, ...] = ()


NOBODY = Crowd()


def rotas(crowds: Iterable[Crowd]) -> tuple[str, ...]:
    """Return where the on-call calendars of *crowds* are, each once."""
    found = (group.ref for crowd in crowds for group in crowd.groups if group.kind is GroupKind.CALENDAR)
    return tuple(dict.fromkeys(found))


def merged(groups: Iterable[LiveGroup], more: Iterable[LiveGroup]) -> tuple[LiveGroup, ...]:
    """Return each group once, in order."""
    return tuple(dict.fromkeys((*groups, *more)))
