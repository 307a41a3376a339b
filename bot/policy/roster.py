"""Who is who in the policy file: the people table, the groups, and what a name in a list stands for."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from bot.core.identity import Identity, People, Person, is_one_of, lowered, same_human, shared_likeness
from bot.policy.document import Path
from bot.policy.grammar import PersonPart
from bot.policy.parts import Parts
from bot.policy.sheet import Sheet
from bot.policy.wording import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Names made into people. ``mentioned`` are all names of the file, also those whose entry was refused."""

    people: People
    groups: dict[str, tuple[Person, ...]]
    mentioned: frozenset[str]

    def people_behind(self, names: Iterable[str], path: Path, sheet: Sheet) -> tuple[Person, ...]:
        """Return the different humans behind groups, people and e-mail addresses; unknown names go onto the sheet."""
        found: list[Person] = []
        for index, name in enumerate(names):
            members = self.groups.get(name) or self._one(name)
            if not members and name not in self.mentioned:
                sheet.refuse((*path, index), _unknown(name, self.mentioned))
            found += [person for person in members if not is_one_of(person, found)]
        return tuple(found)

    def is_whole(self, names: Iterable[str]) -> bool:
        """Tell whether every one of *names* could be read, so that its people can be counted."""
        return all(self.groups.get(name) or self._one(name) for name in names)

    def _one(self, name: str) -> tuple[Person, ...]:
        person = self.people.resolve(Identity(email=name)) if "@" in name else self.people.named(name)
        return () if person is None else (person,)


def read_roster(parts: Parts, sheet: Sheet) -> Roster:
    """Build the roster; humans who stand in the table twice, and names used twice, go onto the sheet."""
    # A blank name is on the sheet already, as every name that is none.
    people = People(known=tuple(_person(name, part) for name, part in parts.people.items() if name.strip()))
    _check_people(people, sheet)
    for name in parts.groups.keys() & parts.people.keys():
        sheet.refuse_key(("groups", name), f'"{name}" is a person already; give the group another name')
    alone = Roster(people=people, groups={}, mentioned=parts.mentioned)
    groups: dict[str, tuple[Person, ...]] = {}
    for name, part in parts.groups.items():
        path = ("groups", name, "users")
        groups[name] = alone.people_behind(part.users, path, sheet)
        for index, user in enumerate(part.users):
            if user in parts.groups and user not in parts.people:
                sheet.refuse((*path, index), f'"{user}" is a group; groups hold people')
    return Roster(people=people, groups=groups, mentioned=parts.mentioned)


def _unknown(name: str, known: frozenset[str]) -> str:
    near = did_you_mean(name, known) or f"; known: {', '.join(sorted(known)) or 'none'}"
    return f'there is no group or person "{name}"{near}; others by their e-mail address'


def _person(name: str, part: PersonPart) -> Person:
    email = lowered(part.email) if part.email else None
    return Person(key=name, email=email, slack_id=part.slack, github=part.github)


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
