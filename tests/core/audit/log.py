"""A log in memory for tests: outcomes and lines go in, entries come out as a verifier would read them."""

import json
from typing import Any

from bot.canonical import canonical_bytes
from bot.core.audit import GENESIS, Place, Refold, Violation, draw_entry, entry_hash
from bot.core.events import Happened
from bot.core.life.outcome import Outcome
from bot.core.request import ApprovalRequest


class Log:
    """Entries as the store would write them; ``entries`` may be tampered with before it is read."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def record(self, *outcomes: Outcome) -> "Log":
        for outcome in outcomes:
            for line in outcome.happened:
                self.note(line, outcome.request)
        return self

    def note(self, line: Happened, request: ApprovalRequest | None) -> None:
        place = Place(seq=len(self.entries) + 1, prev=GENESIS, version="1.0", replica="one")
        self.entries.append(json.loads(canonical_bytes(draw_entry(line, request, place))))

    def read(self) -> Refold:
        """Chain the entries as they are now, and fold them; the chain is whole, whatever they say."""
        refold, prev = Refold(), GENESIS
        for entry in self.entries:
            prev = self._take(refold, {**entry, "prev": prev.hex()})
        refold.finish()
        return refold

    def first_violation(self) -> Violation | None:
        return self.read().violation

    @staticmethod
    def _take(refold: Refold, entry: dict[str, Any]) -> bytes:
        hashed = entry_hash(canonical_bytes(entry))
        refold.take(entry, hashed)
        return hashed
