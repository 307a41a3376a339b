"""The file cut into its parts, each checked on its own: one bad part never hides what is wrong with another."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

from pydantic import BaseModel, ValidationError

from bot.core.freeze import Freezing
from bot.core.ruling import Handling
from bot.policy.grammar.mappings import (
    DefaultsPart,
    QuietPart,
    RulePart,
    SignpostPart,
    SourcePart,
)
from bot.policy.grammar.native import NATIVE_PARTS, NativePart
from bot.policy.grammar.persons import GroupPart, PersonPart
from bot.policy.grammar.scalars import is_name
from bot.policy.grammar.times import CalendarPart, FreezePart
from bot.policy.grammar.waivers import WaiversPart
from bot.policy.reading.complaints import sentence_of, unknown_key
from bot.policy.reading.document import Path
from bot.policy.reading.sheet import Sheet
from bot.policy.reading.wording import shown

VERSION = 1
MAX_RULES = 500
_LEVELS = 5
"""How many mappings stand in each other, and one more."""

_SECTIONS = [
    "version",
    "defaults",
    "sources",
    "people",
    "groups",
    "calendars",
    "quiet_hours",
    "codeowners",
    "waivers",
    "routes",
    "freezes",
    "rules",
]

P = TypeVar("P", bound=BaseModel)


@dataclass(slots=True, kw_only=True)
class Parts:
    """What could be read. ``mentioned`` holds every name the file gives, also of parts that were refused."""

    defaults: DefaultsPart
    sources: dict[str, SourcePart | NativePart] = field(default_factory=dict[str, SourcePart | NativePart])
    people: dict[str, PersonPart] = field(default_factory=dict[str, PersonPart])
    groups: dict[str, GroupPart] = field(default_factory=dict[str, GroupPart])
    calendars: dict[str, CalendarPart] = field(default_factory=dict[str, CalendarPart])
    quiet_hours: QuietPart | None = None
    waivers: WaiversPart | None = None
    routes: dict[int, SignpostPart] = field(default_factory=dict[int, SignpostPart])
    freezes: dict[int, FreezePart] = field(default_factory=dict[int, FreezePart])
    rules: dict[int, RulePart] = field(default_factory=dict[int, RulePart])
    codeowners: object = None
    mentioned: frozenset[str] = frozenset()
    mentioned_calendars: frozenset[str] = frozenset()


def read_parts(data: object, sheet: Sheet) -> Parts:
    """Check every part of the file against the grammar; what is wrong goes onto the sheet."""
    if not isinstance(data, dict):
        sheet.refuse((), f"must be a mapping with the keys {', '.join(_SECTIONS)}, not {shown(data)}")
        return Parts(defaults=DefaultsPart())
    file = cast("dict[str, object]", data)
    for key in file:
        if key not in _SECTIONS:
            sheet.refuse_key((key,), unknown_key(key, _SECTIONS))
    _check_version(file, sheet)
    people, groups = _entries(file, "people", sheet), _entries(file, "groups", sheet)
    calendars = _entries(file, "calendars", sheet)
    return Parts(
        defaults=read_part(DefaultsPart, file.get("defaults") or {}, ("defaults",), sheet) or DefaultsPart(),
        sources=_sources(_entries(file, "sources", sheet), sheet),
        people=_parts(PersonPart, "people", people, sheet),
        groups=_parts(GroupPart, "groups", groups, sheet),
        calendars=_parts(CalendarPart, "calendars", calendars, sheet),
        quiet_hours=_single(QuietPart, "quiet_hours", file, sheet),
        waivers=_single(WaiversPart, "waivers", file, sheet),
        routes=dict(list_of(SignpostPart, "routes", file, sheet)),
        freezes=dict(list_of(FreezePart, "freezes", file, sheet)),
        rules=dict(list_of(RulePart, "rules", file, sheet)),
        codeowners=file.get("codeowners"),
        mentioned=frozenset(people) | frozenset(groups),
        mentioned_calendars=frozenset(calendars),
    )


def _single(model: type[P], section: str, file: dict[str, object], sheet: Sheet) -> P | None:
    found = file.get(section)
    return None if found is None else read_part(model, found, (section,), sheet)


def _sources(entries: dict[str, object], sheet: Sheet) -> dict[str, SourcePart | NativePart]:
    """Read each by the grammar of its kind."""
    read = {name: read_part(_grammar_of(raw), raw, ("sources", name), sheet) for name, raw in entries.items()}
    return {name: part for name, part in read.items() if part is not None}


def _grammar_of(raw: object) -> type[SourcePart | NativePart]:
    kind = cast("dict[str, object]", raw).get("kind") if isinstance(raw, dict) else None
    return NATIVE_PARTS.get(kind, SourcePart) if isinstance(kind, str) else SourcePart


def _check_version(file: dict[str, object], sheet: Sheet) -> None:
    if "version" not in file:
        sheet.refuse((), f'"version" is required here: version: {VERSION}')
    elif file["version"] != VERSION or isinstance(file["version"], bool):
        sheet.refuse(("version",), f"must be {VERSION}, not {shown(file['version'])}")


def _entries(file: dict[str, object], section: str, sheet: Sheet) -> dict[str, object]:
    found = file.get(section)
    if found is None:
        return {}
    if not isinstance(found, dict):
        sheet.refuse((section,), f"must be a mapping of names, not {shown(found)}")
        return {}
    entries = cast("dict[str, object]", found)
    for name in entries:
        if not is_name(name):
            sheet.refuse_key((section, name), "names are letters, digits, - _ . and at most 64 characters long")
    return {name: entry for name, entry in entries.items() if name.strip()}  # nothing can be made of the nameless


def _parts(model: type[P], section: str, entries: dict[str, object], sheet: Sheet) -> dict[str, P]:
    read = {name: read_part(model, raw, (section, name), sheet) for name, raw in entries.items()}
    return {name: part for name, part in read.items() if part is not None}


def list_of(model: type[P], section: str, file: dict[str, object], sheet: Sheet) -> Iterator[tuple[int, P]]:
    """Yield what could be read of a list of rules or routes, by its place."""
    found = file.get(section)
    if found is None:
        return
    if not isinstance(found, list):
        sheet.refuse((section,), f"must be a list of {section}, each starting with - name: …, not {shown(found)}")
        return
    entries = cast("list[object]", found)
    if len(entries) > MAX_RULES:
        sheet.refuse((section, MAX_RULES), f"a policy has at most {MAX_RULES} {section}")
    for index, raw in enumerate(entries[:MAX_RULES]):
        part = read_part(model, raw, (section, index), sheet)
        if part is not None:
            yield index, part


def read_part(model: type[P], raw: object, path: Path, sheet: Sheet) -> P | None:
    """Read one part; when something in it is wrong, read it again without that, so that the rest is looked at too."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    sound = copy.deepcopy(raw)
    for each in errors:
        at = (*path, *each["loc"])
        if each["type"] == "too_long":
            at = (*at, each.get("ctx", {})["max_length"])
        say = sheet.refuse_key if each["type"] == "extra_forbidden" else sheet.refuse
        say(at, sentence_of(each, model))
    for each in reversed(errors):  # from behind, so that the indexes of earlier entries of a list still hold
        _drop(sound, each["loc"])
    if isinstance(sound, dict):
        gone = {each["loc"] for each in errors}
        stand_ins = {key: stand_in for key, stand_in in _stand_ins(model, path).items() if (key,) in gone}
        sound = cast("dict[str, object]", sound) | stand_ins
    return _without_the_incomplete(model, sound)


def _without_the_incomplete(model: type[P], sound: object) -> P | None:
    """Read what is left; a mapping that lacks what it needs by now is left out as well, and what was around it read."""
    for _ in range(_LEVELS):
        try:
            return model.model_validate(sound)
        except ValidationError as error:
            around = {each["loc"][:-1] for each in error.errors(include_url=False)}
        for loc in sorted(around - {()}, key=str, reverse=True):
            _drop(sound, loc)
    return None


def _stand_ins(model: type[BaseModel], path: Path) -> dict[str, object]:
    """Return what stands for refused keys, so that nothing more is made of their absence."""
    if model is CalendarPart:
        return {"time_zone": "UTC"}
    if model is FreezePart:
        return {"name": f"freeze {path[-1]}", "then": Freezing.ASK.value, "when": "true"}
    if model is RulePart:
        return {"name": f"rule {path[-1]}", "then": Handling.REQUIRE_APPROVAL.value, "when": "true"}
    return {}


def _drop(raw: object, loc: tuple[str | int, ...]) -> None:
    """Take the key or entry at *loc* out of *raw*, if it is there."""
    for step in loc[:-1]:
        raw = _child(raw, step)
    match raw, loc[-1:]:
        case dict(), (str() as key,):
            cast("dict[str, object]", raw).pop(key, None)
        case list(), (int() as index,):
            cast("list[object]", raw).pop(index)
        case _:
            return


def _child(raw: object, step: str | int) -> object:
    match raw, step:
        case dict(), str():
            return cast("dict[str, object]", raw).get(step)
        case list(), int():
            return cast("list[object]", raw)[step]
        case _:
            return None
