"""Reading what was asked and decided lately: for Home tabs and for statistics, never further back than they say."""

from datetime import datetime

from bot.core.evidence import TestEvidence
from bot.core.home import HomeTab, names_of
from bot.core.people.identity import Person
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Handling
from bot.core.statistics import Trace
from bot.store.codec import read_evidence, read_home, read_request
from bot.store.reading.part import Part


class History(Part):
    """Each look reads as many rows as it may show, however much has ended."""

    def home(self, slack_id: str) -> HomeTab | None:
        """Return somebody's Home tab; None when they have never opened it."""
        found = self._first("home", slack_id)
        return read_home(found[0]) if found else None

    def open_oldest(self, most: int) -> tuple[ApprovalRequest, ...]:
        """Return the open requests that have waited longest."""
        return self._read("open_oldest", most)

    def asked_by(self, person: Person, most: int) -> tuple[ApprovalRequest, ...]:
        """Return what *person* asked last, the newest first."""
        # Name by name: each is read from the end of its index, however much somebody has asked.
        found = [one for name in names_of(person) for one in self._read("asked_by", name, most)]
        return tuple(sorted(found, key=lambda one: -one.number)[:most])

    def decided_last(self, most: int) -> tuple[ApprovalRequest, ...]:
        """Return what people decided last, the newest decision first."""
        return self._read("decided_last", most)

    def newest(self, most: int) -> tuple[Trace, ...]:
        """Return how the *most* newest requests were ruled and have ended, the newest first; none is read whole."""
        return tuple(
            Trace(
                rule=str(rule or ""),
                handling=Handling(handling),
                state=State(state),
                ruled_at=self._database.read_moment(ruled_at),
                answered_at=self._known(answered_at),
            )
            for rule, handling, state, ruled_at, answered_at in self._rows("newest", most)
            if ruled_at is not None and handling is not None
        )

    def evidence(self, request: ApprovalRequest) -> dict[int, TestEvidence]:
        """Return everything the tests of *request* said, by revision: of the present one and those it remembers."""
        revisions = (request.revision, *(one.revision for one in request.earlier))
        found = {revision: self._first("evidence", request.id, revision) for revision in revisions}
        return {revision: read_evidence(row[0]) for revision, row in found.items() if row is not None}

    def _known(self, moment: object) -> datetime | None:
        return None if moment is None else self._database.read_moment(moment)

    def _read(self, query: str, *values: object) -> tuple[ApprovalRequest, ...]:
        return tuple(read_request(row[0]) for row in self._rows(query, *values))
