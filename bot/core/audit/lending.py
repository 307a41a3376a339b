"""Who stood in for whom, as the log tells it: a right can be used in somebody's name only while it was lent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.core.audit.absences import Away
from bot.core.audit.life import Broken, Entry
from bot.core.audit.people import is_listed, share_a_handle
from bot.core.moments import read_moment

_TERMS = ("id", "giver", "receiver", "since", "until")
_LONGEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Loan:
    """One delegation, in its own words: before ``until`` its receiver may answer for its giver."""

    terms: Entry
    until: datetime


@dataclass(slots=True)
class Lending:
    """What is lent after the entries so far, by the giver's Slack account: everybody lends to one person at most."""

    loans: dict[str, Loan] = field(default_factory=dict[str, Loan])
    away: Away = field(default_factory=Away)

    def take(self, entry: Entry) -> None:
        """Take the next entry; those that are about no delegation change nothing. Raises Broken."""
        self.away.take(entry)
        if entry["event"] == "delegation.given":
            self._given(entry, entry["detail"])
        elif entry["event"] == "delegation.revoked":
            self._revoked(entry, entry["detail"])

    def require(self, giver: Entry, receiver: Entry, at: datetime) -> None:
        """Raise Broken unless *giver* had lent their right to *receiver*, and it had not ended."""
        loan = self.loans.get(giver["slack_id"])
        if loan is None or not is_listed(receiver, [loan.terms["receiver"]]):
            raise Broken("somebody answered in a name that was not lent to them")
        if at >= loan.until:
            raise Broken("somebody answered in another's name after that had ended")

    def loan_of(self, person: Entry, at: datetime) -> Loan | None:
        """Return what *person* had lent to somebody at *at*; of several, by several accounts, the newest."""
        running = (loan for loan in self.loans.values() if at < loan.until)
        given = (loan for loan in running if is_listed(loan.terms["giver"], [person]))
        return max(given, key=lambda loan: (read_moment(loan.terms["since"]), loan.terms["id"]), default=None)

    def is_missing(self, person: Entry, at: datetime) -> bool:
        """Tell whether *person* was not there at *at*: they had said so, or let another answer."""
        return self.loan_of(person, at) is not None or self.away.is_away(person, at)

    def _given(self, entry: Entry, detail: Mapping[str, Any]) -> None:
        giver, receiver, until = detail["giver"], detail["receiver"], read_moment(detail["until"])
        _require_own(entry, giver)
        if entry["actor"]["standing"] != "member":
            raise Broken("somebody delegated who is no full member")
        if share_a_handle(giver, [receiver]):
            raise Broken("somebody delegated to themselves")
        if not timedelta() < until - read_moment(entry["at"]) <= _LONGEST:
            raise Broken("it was delegated for no time, or for too long")
        replaced = self.loans.get(giver["slack_id"])
        if detail["replaces"] not in {None, replaced.terms["id"] if replaced else None}:
            raise Broken("it replaces a delegation that was not there")
        self.loans[giver["slack_id"]] = Loan({name: detail[name] for name in _TERMS}, until)

    def _revoked(self, entry: Entry, detail: Mapping[str, Any]) -> None:
        _require_own(entry, detail["giver"])
        loan = self.loans.pop(detail["giver"]["slack_id"], None)
        if loan is None or loan.terms["id"] != detail["id"]:
            raise Broken("a delegation was revoked that was not there")


def _require_own(entry: Entry, giver: Entry) -> None:
    if not giver["slack_id"] or entry["actor"]["slack_id"] != giver["slack_id"]:
        raise Broken("a delegation was touched by somebody else than whoever gives it")
