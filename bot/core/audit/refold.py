"""Reads a whole log again, first entry to last, and says whether the chain is whole and could have happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.audit.absences import Gap
from bot.core.audit.company import join
from bot.core.audit.entry import GENESIS
from bot.core.audit.fold import take
from bot.core.audit.lending import Lending, Loan
from bot.core.audit.life import ROADS, Broken, Life
from bot.core.audit.spending import Spending
from bot.core.audit.succession import succeed
from bot.core.audit.waiving import Excuse, Waiving
from bot.core.moments import read_moment

Entry = Mapping[str, Any]

_SHOWING = frozenset({"card.posted", "card.updated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """The first thing that is wrong. ``seq`` is where it was noticed, ``request`` whom it is about, if anybody."""

    seq: int
    request: str | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Where the log says a request stands; the table must say the same.

    ``deadline`` is None once it has ended, ``release_at`` unless it is settled and not yet released.
    """

    number: int
    state: str
    revision: int
    stage: int
    digest: str
    deadline: datetime | None
    release_at: datetime | None


class Refold:
    """Takes entries in order and remembers the first violation; after it nothing more is looked at.

    It trusts nothing it reads: an entry that lacks a field, or holds another kind of value, is a violation too.
    ``seq``, ``head`` and ``at`` are number, hash and time of the last entry.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.head = GENESIS
        self.violation: Violation | None = None
        self.at: datetime | None = None
        self._lives: dict[str, Life] = {}
        self._unsettled: dict[str, int] = {}
        self._spending = Spending()
        self._lending = Lending()
        self._waiving = Waiving()

    def take(self, entry: Entry, hashed: bytes) -> Violation | None:
        """Take the next entry, whose canonical bytes have the hash *hashed*. Return the first violation, if any."""
        if self.violation is not None:
            return self.violation
        try:
            self._follow_chain(entry, hashed)
            self._follow_life(entry)
            self._lending.take(entry)
            self._waiving.take(entry)
        except Broken as broken:
            self.violation = self._at_head(entry, str(broken))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            self.violation = self._at_head(entry, f"this is no entry as this log writes them: {error!r}")
        return self.violation

    def finish(self) -> Violation | None:
        """Say that the log ends here. Return the first violation; a settled request without its decision is one."""
        if self.violation is None and self._unsettled:
            request, seq = min(self._unsettled.items(), key=lambda item: item[1])
            sentence = f"it was settled ({self._lives[request].due}) and left open"
            self.violation = Violation(seq=seq, request=request, sentence=sentence)
        return self.violation

    def states(self) -> dict[str, Folded]:
        """Return where each request stands after the entries so far, by its id."""
        return {request: _folded(life) for request, life in self._lives.items()}

    def loans(self) -> Mapping[str, Loan]:
        """Return who stands in for whom after the entries so far, by the giver's Slack account."""
        return self._lending.loans

    def absences(self) -> Mapping[str, Gap]:
        """Return who is away after the entries so far, by their Slack account."""
        return self._lending.away.gaps

    def waivers(self) -> Mapping[int, Excuse]:
        """Return what was waived after the entries so far, and what became of it, by the waivers' numbers."""
        return self._waiving.excuses

    def _follow_chain(self, entry: Entry, hashed: bytes) -> None:
        self.seq += 1
        if entry["seq"] != self.seq:
            raise Broken(f"entry {self.seq} should stand here, this one says {entry['seq']}")
        if entry["prev"] != self.head.hex():
            raise Broken("it does not follow the entry before: the hashes differ")
        at = read_moment(entry["at"])
        if self.at is not None and at < self.at:
            raise Broken("time runs backwards here")
        self.at, self.head = at, hashed

    def _follow_life(self, entry: Entry) -> None:
        request, event = entry["request"], str(entry["event"])
        if event in ROADS:
            life = self._lives.get(request) or Life(request=request, number=entry["number"])
            take(life, entry, self._lending)
            join(life, entry, self._lives)
            succeed(life, entry, self._lives)
            self._spending.take(entry)
            self._lives[request] = life
            self._unsettled.pop(request, None)
            if life.due is not None:
                self._unsettled[request] = self.seq
        elif event in _SHOWING and request in self._lives:
            life = self._lives[request]
            life.shown = max(life.shown, entry["detail"].get("revision") or 0)
        elif event == "request.refused" and request is not None and entry["state"] != self._state_of(request):
            raise Broken("a refusal speaks of a state the request was not in")

    def _state_of(self, request: str) -> str:
        return self._lives[request].state if request in self._lives else "nothing"

    def _at_head(self, entry: Entry, sentence: str) -> Violation:
        request = entry.get("request")
        return Violation(seq=self.seq, request=request if isinstance(request, str) else None, sentence=sentence)


def _folded(life: Life) -> Folded:
    return Folded(
        number=life.number,
        state=life.state,
        revision=life.revision,
        stage=life.stage,
        digest=life.digest,
        deadline=life.deadline,
        release_at=life.release_at,
    )
