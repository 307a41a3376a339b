"""User groups of the workspace: handles, and who is in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.refusal import SlackRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGroup:
    """A group that is mentioned as a whole. A disabled one keeps its members and is found only on request."""

    id: str
    handle: str
    name: str
    members: tuple[str, ...] = ()
    is_disabled: bool = False
    updated: int = 0


USERGROUPS = (
    UserGroup(id="S0RELEASE", handle="release-managers", name="Release managers", members=("U0CHEN000", "U0DIA0000")),
    UserGroup(id="S0PAYQA00", handle="payments-qa", name="Payments QA", members=("U0BO00000",)),
)


class UserGroups:
    """Looks groups up the way the Web API does, and refuses with its words."""

    def __init__(self, groups: Sequence[UserGroup] = USERGROUPS) -> None:
        self._groups = {group.id: group for group in groups}

    def all(self, *, with_disabled: bool) -> tuple[UserGroup, ...]:
        """Return every group, in the order they were made."""
        return tuple(group for group in self._groups.values() if with_disabled or not group.is_disabled)

    def one(self, group_id: str, *, with_disabled: bool) -> UserGroup:
        """Return one group by its id. Raises SlackRefusal no_such_subteam."""
        group = self._groups.get(group_id)
        if group is None or (group.is_disabled and not with_disabled):
            raise SlackRefusal("no_such_subteam")
        return group

    def put(self, group: UserGroup) -> UserGroup | None:
        """Add a group, or change it; return what it was before."""
        before = self._groups.get(group.id)
        self._groups[group.id] = group
        return before
