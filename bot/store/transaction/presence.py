"""Who is there, as a use case reads and writes it; and the looks that follow when somebody goes."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.people.absence import Absence
from bot.core.people.presence import Presence
from bot.core.request import ApprovalRequest
from bot.store.codec import read_absence, read_presence, read_request
from bot.store.transaction.ground import Ground
from bot.store.transaction.writes import Muster


class PresenceBook:
    """The last word of each Slack account; what earlier use cases of the group said counts."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def now(self) -> Presence:
        """Return who is not there now. The database is asked once a group, however many ask."""
        ground = self._ground
        if ground.presence is None:
            ground.presence = read_presence(ground.tools.rows("gone", ground.stored_now, ground.stored_now))
        away = {**ground.pending.absences, **ground.current.absences}
        lent = {**ground.pending.delegations, **ground.current.delegations}
        if not (away or lent):
            return ground.presence
        absences = [one for one in ground.presence.absences if one.person.slack_id not in away]
        loans = [one for one in ground.presence.delegations if one.giver.slack_id not in lent]
        return Presence(
            absences=(*absences, *(one for one in away.values() if one is not None and one.is_running(ground.now))),
            delegations=(*loans, *(one for one in lent.values() if one is not None and one.is_running(ground.now))),
        )

    def of(self, account: str) -> Absence | None:
        """Return the absence of *account* that is running now."""
        said = {**self._ground.pending.absences, **self._ground.current.absences}
        if account not in said:
            found = self._ground.tools.first("absence_of", account)
            said[account] = read_absence(found[0]) if found else None
        absence = said[account]
        return absence if absence is not None and absence.is_running(self._ground.now) else None

    def put(self, absence: Absence) -> None:
        """Write down what somebody said last of themselves."""
        if not absence.person.slack_id:
            raise ValueError("an absence is that of a Slack account")
        self._ground.current.absences[absence.person.slack_id] = absence

    def drop(self, account: str) -> None:
        """Forget what *account* said last."""
        self._ground.current.absences[account] = None

    def call(self, *moments: datetime) -> None:
        """Have all open requests looked through at each of *moments*: somebody may be missing from then on."""
        for at in moments:
            self._ground.current.musters[self._ground.tools.wiring.new_id()] = Muster(at)

    def due(self) -> Sequence[tuple[str, int]]:
        """Return the looks that are due now, the latest first: id, and after which number it goes on."""
        rows = self._ground.tools.rows("due_musters", self._ground.stored_now)
        return [(row[0], row[1]) for row in rows if row[0] not in self._ground.pending.musters]

    def go_on(self, look: str, after: int) -> None:
        """Write down how far a look has got."""
        self._ground.current.musters[look] = Muster(self._ground.now, after)

    def finish(self, look: str) -> None:
        """Write down that a look is done."""
        self._ground.current.musters[look] = None

    def open_after(self, number: int, most: int) -> tuple[int | None, list[ApprovalRequest | None]]:
        """Return up to *most* of those that the clock still wakes, in the order of their numbers, and the last number.

        They are not locked, and as they were stored; None stands for one that cannot be read.
        """
        self._ground.require_time()
        rows = self._ground.tools.rows("open_after", number, most)
        return (rows[-1][0] if rows else None), [_read(row[1]) for row in rows]


def _read(document: str | bytes) -> ApprovalRequest | None:
    try:
        return read_request(document)
    except ValueError:
        return None  # the sweep complains of it, and keeps complaining
