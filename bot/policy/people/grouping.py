"""The groups of the policy file, made into who stands behind them: people, and live groups looked up at the click."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path as FilePath
from typing import cast

from bot.core.people.identity import Person, is_one_of
from bot.core.people.membership import NOBODY, Crowd, GroupKind, LiveGroup, merged
from bot.core.people.superior import MANAGER
from bot.policy.grammar.persons import GroupPart
from bot.policy.parts import Parts
from bot.policy.reading.sheet import Sheet

_Find = Callable[[Iterable[str], tuple[str | int, ...]], tuple[Person, ...]]
"""People by their names or addresses; what is unknown goes onto the sheet."""


def read_groups(parts: Parts, people_behind: _Find, sheet: Sheet) -> dict[str, Crowd]:
    """Return who stands behind each group; cycles and misfits go onto the sheet, and nobody stands behind those."""
    for name, part in parts.groups.items():
        _check_shape(name, part, parts, sheet)
    grouping = _Grouping(parts, people_behind, sheet)
    found: dict[str, Crowd] = {}
    for name in _inner_first(grouping.needs(), sheet):
        found[name] = grouping.crowd(name, found)
    return found


def _check_shape(name: str, part: GroupPart, parts: Parts, sheet: Sheet) -> None:
    path = ("groups", name)
    kinds = [bool(part.users or part.groups), part.slack_usergroup is not None, part.calendar is not None]
    if not any(kinds) and not sheet.is_spoiled(path):
        sheet.refuse(path, "needs users, groups, slack_usergroup or calendar: who is in it")
    if sum(kinds) > 1:
        sheet.refuse(
            path,
            "is people and groups, or one Slack user group, or one calendar; give each its own group, and list those",
        )
    elif part.fallback and kinds[0]:
        sheet.refuse((*path, "fallback"), "only a slack_usergroup or a calendar has one: these people are always there")
    for index, user in enumerate(part.users):
        if user in parts.groups and user not in parts.people:
            sheet.refuse((*path, "users", index), f'"{user}" is a group; write it under groups')


def _inner_first(needs: Mapping[str, set[str]], sheet: Sheet) -> Iterator[str]:
    """Yield the groups, each after those it needs; whoever stands in a circle is left out, with all who need them."""
    graph = {name: set(inner) for name, inner in needs.items()}
    while True:
        try:
            yield from tuple(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = cast("list[str]", error.args[1])[::-1]
            first = min(circle)
            at = circle.index(first)
            around = [*circle[at:-1], *circle[:at], first] if circle[0] == circle[-1] else circle
            sheet.refuse_key(
                ("groups", first), f"groups hold each other in a circle: {' → '.join(around)}; take one out"
            )
            for name in circle:
                graph.pop(name, None)
            graph = {name: {one for one in inner if one in graph} for name, inner in graph.items()}
        else:
            return


class _Grouping:
    """What is known of all groups, before any of them is made."""

    def __init__(self, parts: Parts, people_behind: _Find, sheet: Sheet) -> None:
        self._parts = parts
        self._people_behind = people_behind
        self._sheet = sheet
        self._live = _with_live(parts.groups)
        self._stand_ins = [name for name in parts.defaults.fallback if name not in self._live and name != MANAGER.name]

    def needs(self) -> dict[str, set[str]]:
        """Return which groups each group is made of."""
        groups = self._parts.groups
        return {
            name: {inner for inner in (*part.groups, *self._fallback(part)) if inner in groups}
            for name, part in groups.items()
        }

    def crowd(self, name: str, found: Mapping[str, Crowd]) -> Crowd:
        """Return who stands behind a group; *found* are those it is made of."""
        part, path = self._parts.groups[name], ("groups", name)
        live = self._reference(name, part)
        if live is not None:
            kind, ref = live
            fallback = self._standing_in(name, part, found)
            return Crowd(groups=(LiveGroup(name=name, kind=kind, ref=ref, fallback=fallback),))
        people, groups = list(self._people_behind(part.users, (*path, "users"))), tuple[LiveGroup, ...]()
        for index, inner in enumerate(part.groups):
            self._check_inner(inner, (*path, "groups", index))
            crowd = found.get(inner, NOBODY)
            people += [person for person in crowd.people if not is_one_of(person, people)]
            groups = merged(groups, crowd.groups)
        return Crowd(people=tuple(people), groups=groups)

    def _reference(self, name: str, part: GroupPart) -> tuple[GroupKind, str] | None:
        if part.slack_usergroup is not None:
            return GroupKind.SLACK_USERGROUP, part.slack_usergroup
        if part.calendar is None or self._sheet.is_spoiled(("groups", name, "calendar")):
            return None
        is_address = "://" in part.calendar
        place = part.calendar if is_address else str((FilePath(self._sheet.file).parent / part.calendar).resolve())
        return GroupKind.CALENDAR, place

    def _fallback(self, part: GroupPart) -> list[str]:
        """Return who stands in for a live group: its own fallback, or else the people of the defaults'."""
        if part.slack_usergroup is None and part.calendar is None:
            return []
        return part.fallback or self._stand_ins

    def _standing_in(self, name: str, part: GroupPart, found: Mapping[str, Crowd]) -> tuple[Person, ...]:
        people = list[Person]()
        for index, one in enumerate(self._fallback(part)):
            path = ("groups", name, "fallback", index) if part.fallback else ("defaults", "fallback")
            if one in self._live or one == MANAGER.name:
                self._sheet.refuse(path, f'"{one}" is looked up as well; name people, or a group of people')
            members = (
                found[one].people if one in found else self._people_behind([one], path[:-1] if part.fallback else path)
            )
            people += [person for person in members if not is_one_of(person, people)]
        return tuple(people)

    def _check_inner(self, inner: str, path: tuple[str | int, ...]) -> None:
        if inner in self._parts.people and inner not in self._parts.groups:
            self._sheet.refuse(path, f'"{inner}" is a person; write it under users')
        elif inner not in self._parts.mentioned:
            self._people_behind([inner], path[:-1])


def _with_live(groups: Mapping[str, GroupPart]) -> frozenset[str]:
    """Return the groups that are live, or hold one that is."""
    live = {name for name, part in groups.items() if part.slack_usergroup is not None or part.calendar is not None}
    while True:
        more = {name for name, part in groups.items() if name not in live and not live.isdisjoint(part.groups)}
        if not more:
            return frozenset(live)
        live |= more
