"""Who is there: nobody who said to be away, and nobody who lets another answer, unless that one is there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.people.absence import Absence
from bot.core.people.delegation import Delegation
from bot.core.people.identity import Person, is_one_of
from bot.core.people.membership import NOTHING_KNOWN, LiveGroup, Rolls


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What is running now of absences and delegations. Whoever is not named in it is taken to be there.

    ``rolls`` is who was found in live groups; only what asks about a request with such groups needs any.
    """

    absences: tuple[Absence, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    rolls: Rolls = field(default_factory=lambda: NOTHING_KNOWN)

    @property
    def is_full(self) -> bool:
        """Tell whether everybody is there, as far as anybody knows."""
        return not (self.absences or self.delegations)

    def tells_of(self, groups: Iterable[LiveGroup], now: datetime) -> bool:
        """Tell whether it is known who is in each of *groups* now."""
        return all(group in self.rolls and self.rolls[group].tells_of(group, now) for group in groups)

    def absence_of(self, person: Person) -> Absence | None:
        """Return the absence that certainly is that of *person*."""
        return next((one for one in self.absences if is_one_of(one.person, [person])), None)

    def loan_of(self, person: Person) -> Delegation | None:
        """Return the delegation that certainly is given by *person*; of several, by several accounts, the newest."""
        given = (one for one in self.delegations if is_one_of(one.giver, [person]))
        return max(given, key=lambda one: (one.since, one.id), default=None)

    def is_there(self, person: Person) -> bool:
        """Tell whether *person* can be expected to answer."""
        return self.absence_of(person) is None and self.loan_of(person) is None

    def gone_of(self, people: Iterable[Person]) -> tuple[tuple[Person, Absence | Delegation], ...]:
        """Return those of *people* who are not there, each with what says so; their absence first."""
        found = ((person, self.absence_of(person) or self.loan_of(person)) for person in dict.fromkeys(people))
        return tuple((person, why) for person, why in found if why is not None)


EVERYBODY = Presence()
"""Nobody is away."""
