"""Reading what is waived: for lists, for the clock, and for whoever checks the books."""

from collections.abc import Iterator
from datetime import datetime

from bot.core.waivers.waiver import Waiver
from bot.store.codec import read_waiver
from bot.store.database import Values
from bot.store.reading.part import Part


class Waivers(Part):
    """Waivers, as they are committed."""

    def by_number(self, number: int) -> Waiver | None:
        """Return the waiver that people know by *number*."""
        found = self._first("waiver", number)
        return read_waiver(found[0]) if found else None

    def live(self, most: int) -> tuple[Waiver, ...]:
        """Return up to *most* that hold, or whose end the clock has not written down yet; the first to end first."""
        return tuple(read_waiver(row[0]) for row in self._rows("live_waivers", most))

    def newest(self, most: int) -> tuple[Waiver, ...]:
        """Return up to *most*, whatever has become of them, the newest first."""
        return tuple(read_waiver(row[0]) for row in self._rows("newest_waivers", most))

    def next_wake(self) -> datetime | None:
        """Return when the clock brings something next to any of them."""
        return self._moment(self._first("next_waiver"))

    def all(self) -> Iterator[Values]:
        """Yield number, site, key, moment of waking and document of all that is stored."""
        yield from self._link.stream(self._queries["all_waivers"])
