"""Who is who in the policy file: the people table, the groups, and what a name in a list stands for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations

from bot.core.people.identity import Identity, People, Person, is_one_of, lowered, same_human, shared_likeness
from bot.core.people.membership import NOBODY, Crowd, merged
from bot.core.people.superior import MANAGER
from bot.policy.grammar.persons import PersonPart
from bot.policy.parts import Parts
from bot.policy.people.grouping import read_groups
from bot.policy.reading.document import Path
from bot.policy.reading.sheet import Sheet
from bot.policy.reading.wording import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Names made into people. ``mentioned`` are all names of the file, also those whose entry was refused."""

    people: People
    groups: dict[str, Crowd]
    mentioned: frozenset[str]

    def crowd_behind(self, names: Iterable[str], path: Path, sheet: Sheet) -> Crowd:
        """Return the different humans, and the live groups, behind *names*; unknown names go onto the sheet."""
        people, groups = list[Person](), NOBODY.groups
        for index, name in enumerate(names):
            crowd = self._crowd(name)
            if crowd == NOBODY and name not in self.mentioned:
                sheet.refuse((*path, index), _unknown(name, self.mentioned))
            people += [person for person in crowd.people if not is_one_of(person, people)]
            groups = merged(groups, crowd.groups)
        return Crowd(people=tuple(people), groups=groups)

    def people_behind(self, names: Iterable[str], path: Path, sheet: Sheet) -> tuple[Person, ...]:
        """Return the different humans behind *names*; a group that is looked up later has no place here."""
        listed = list(names)
        for index, name in enumerate(listed):
            if self._crowd(name).groups:
                sheet.refuse((*path, index), f'"{name}" is looked up when somebody answers; here only people stand')
        return self.crowd_behind(listed, path, sheet).people

    def is_whole(self, names: Iterable[str]) -> bool:
        """Tell whether every one of *names* could be read, so that its people can be counted."""
        return all(self._crowd(name) != NOBODY for name in names)

    def _crowd(self, name: str) -> Crowd:
        if name == MANAGER.name:
            return Crowd(groups=(MANAGER,))
        if self.groups.get(name, NOBODY) != NOBODY:
            return self.groups[name]
        person = self.people.resolve(Identity(email=name)) if "@" in name else self.people.named(name)
        return NOBODY if person is None else Crowd(people=(person,))


def read_roster(parts: Parts, sheet: Sheet) -> Roster:
    """Build the roster; humans who stand in the table twice, and names used twice, go onto the sheet."""
    # A blank name is on the sheet already, as every name that is none.
    people = People(
        known=tuple(_person(name, part) for name, part in parts.people.items() if name.strip()),
        managers={name: part.manager for name, part in parts.people.items() if part.manager},
    )
    _check_people(people, sheet)
    _check_managers(people, parts, sheet)
    for name in parts.groups.keys() & parts.people.keys():
        sheet.refuse_key(("groups", name), f'"{name}" is a person already; give the group another name')
    for section in ("people", "groups"):
        if MANAGER.name in (parts.people if section == "people" else parts.groups):
            sheet.refuse_key((section, MANAGER.name), "is what rules call the requester's manager; take another name")
    alone = Roster(people=people, groups={}, mentioned=parts.mentioned)
    groups = read_groups(parts, lambda names, path: alone.people_behind(names, path, sheet), sheet)
    return Roster(people=people, groups=groups, mentioned=parts.mentioned)


def _unknown(name: str, known: frozenset[str]) -> str:
    near = did_you_mean(name, known | {MANAGER.name}) or f"; known: {', '.join(sorted(known)) or 'none'}"
    return f'there is no group or person "{name}"{near}; others by their e-mail address'


def _person(name: str, part: PersonPart) -> Person:
    emails = [lowered(email) for email in part.email]
    first = Person(
        key=name,
        email=next(iter(emails), None),
        slack_id=next(iter(part.slack), None),
        github=next(iter(part.github), None),
    )
    listed = {f"email:{email}" for email in emails} | {f"slack:{account}" for account in part.slack}
    listed |= {f"github:{lowered(login)}" for login in part.github}
    return first if len(listed) == len(first.contacts) else replace(first, aliases=frozenset(listed))


def _check_people(people: People, sheet: Sheet) -> None:
    """Refuse people nobody could recognise, and two entries that would be taken for one human."""
    for person in people.known:
        if not person.contacts and not sheet.is_spoiled(("people", person.key)):
            sheet.refuse(("people", person.key), "needs at least one of email, slack, github to be recognised by")
    for first, second in combinations(people.known, 2):
        if same_human(first, second):
            shared = shared_likeness(first, second)
            sheet.refuse_key(
                ("people", second.key), f'shares {shared} with "{first.key}"; one human has one entry with all handles'
            )


def _check_managers(people: People, parts: Parts, sheet: Sheet) -> None:
    """Refuse managers whom the table does not know, and people who would manage themselves."""
    for name, manager in people.managers.items():
        path = ("people", name, "manager")
        if manager == name:
            sheet.refuse(path, "is the person itself; name another entry of people")
        elif manager not in parts.mentioned or manager in parts.groups:
            near = did_you_mean(manager, parts.people) or f"; known: {', '.join(sorted(parts.people))}"
            sheet.refuse(path, f'there is no person "{manager}"{near}')
