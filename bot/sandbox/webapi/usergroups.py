"""usergroups.*: groups that are mentioned as a whole."""

from typing import Any

from bot.sandbox.ids import TEAM
from bot.sandbox.state import State
from bot.sandbox.usergroups import UserGroup
from bot.sandbox.webapi.arguments import Arguments

Json = dict[str, Any]


def list_groups(state: State, given: Arguments) -> Json:
    """Return the groups; their members only on request."""
    groups = state.usergroups.all(with_disabled=given.flag("include_disabled"))
    with_users = given.flag("include_users")
    return {"usergroups": [_draw(group, with_users=with_users) for group in groups]}


def list_users(state: State, given: Arguments) -> Json:
    """Return who is in one group, by its id."""
    group = state.usergroups.one(given.needed("usergroup"), with_disabled=given.flag("include_disabled"))
    return {"users": list(group.members)}


def _draw(group: UserGroup, *, with_users: bool) -> Json:
    return {
        "id": group.id,
        "team_id": TEAM,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 0,
        "date_update": group.updated,
        "date_delete": group.updated or 1 if group.is_disabled else 0,
        "user_count": len(group.members),
        **({"users": list(group.members)} if with_users else {}),
    }
