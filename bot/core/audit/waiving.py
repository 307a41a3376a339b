"""Waivers as the log tells them: nothing was excused by one that was not there, had ended, or was used up.

Counted without :mod:`bot.core.waivers`: a fault there, or a forged use, shows here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.core.audit.life import Broken, Entry
from bot.core.audit.people import are_told_apart, is_listed, is_member, share_a_handle
from bot.core.moments import read_moment

LONGEST = timedelta(days=365)
"""No policy lets anybody waive anything for longer."""

_TERMS = (
    *("waiver", "source", "repository", "environment", "test", "signature", "reason", "ticket"),
    *("by", "about", "since", "until", "uses", "remind_at"),
)
_JUDGED = frozenset({"request.submitted", "request.revised"})
_REVOKERS = frozenset({"cli"})


@dataclass(slots=True)
class Excuse:
    """One waiver, in its own words, and what became of it: ``end`` and the rest as the table's document says it."""

    terms: Entry
    until: datetime
    used: int = 0
    reminded_at: str | None = None
    end: Entry | None = None

    @property
    def course(self) -> Mapping[str, object]:
        """Return what became of it."""
        return {"used": self.used, "reminded_at": self.reminded_at, "end": self.end}

    def require_held(self, at: datetime) -> None:
        """Raise Broken unless it could be used at *at*."""
        number = self.terms["waiver"]
        if self.end is not None:
            raise Broken(f"waiver #{number} was {self.end['how']} before")
        if at >= self.until:
            raise Broken(f"waiver #{number} had ended before")
        if self.used >= self.terms["uses"]:
            raise Broken(f"waiver #{number} was used up before")


@dataclass(slots=True)
class Waiving:
    """All waivers after the entries so far, by their numbers."""

    excuses: dict[int, Excuse] = field(default_factory=dict[int, Excuse])

    def take(self, entry: Entry) -> None:
        """Take the next entry; those that are about no waiver change nothing. Raises Broken."""
        event, at = entry["event"], read_moment(entry["at"])
        if event in _JUDGED:
            self._used(entry, at)
        elif event == "waiver.given":
            self._given(entry, at)
        elif event == "waiver.reminded":
            self._reminded(entry, at)
        elif event == "waiver.expired":
            self._expired(entry, at)
        elif event == "waiver.revoked":
            self._revoked(entry, at)

    def _given(self, entry: Entry, at: datetime) -> None:
        detail, by, until = entry["detail"], entry["detail"]["by"], read_moment(entry["detail"]["until"])
        if not is_member(entry["actor"]) or not is_listed(entry["actor"], [by]):
            raise Broken("a waiver was given by somebody else than it says, or by no full member")
        if detail["waiver"] != len(self.excuses) + 1:
            raise Broken(f"waiver #{len(self.excuses) + 1} should stand here, this one says #{detail['waiver']}")
        if not timedelta() < until - at <= LONGEST or read_moment(detail["since"]) != at:
            raise Broken("a failure was waived for no time, or for too long")
        if not at <= read_moment(detail["remind_at"]) < until:
            raise Broken("its giver would be reminded of a waiver when it is over")
        if detail["uses"] < 1 or not detail["signature"] or not detail["repository"] or not detail["reason"].strip():
            raise Broken("a waiver was given for nothing, for no reason, or for what nobody could recognise")
        if (entry["request"], entry["source"]) != (detail["about"], detail["source"]):
            raise Broken("a waiver was given for a failure of another request")
        self.excuses[detail["waiver"]] = Excuse({name: detail[name] for name in _TERMS}, until)

    def _used(self, entry: Entry, at: datetime) -> None:
        """Take what a request leans on; one that leans on none says nothing of waivers."""
        waived = entry["detail"].get("waived")
        if waived is None:
            return
        numbers = [use["waiver"] for use in waived["uses"]]
        if not numbers or numbers != sorted(set(numbers)):
            raise Broken("it leans on no waiver, or on one of them twice")
        if sum(use["failures"] for use in waived["uses"]) != waived["failures"]:
            raise Broken("not as many failures were waived as its waivers cover")
        if (
            any(use["failures"] < 1 for use in waived["uses"])
            or waived["failures"] > entry["detail"]["tests"]["failed"]
        ):
            raise Broken("more failures were waived than there are, or a waiver covers none")
        for number in numbers:
            excuse = self._known(number)
            excuse.require_held(at)
            _require_same_site(excuse, entry, waived)
            _require_not_banned(excuse, entry["detail"])
            excuse.used += 1

    def _reminded(self, entry: Entry, at: datetime) -> None:
        excuse = self._known(entry["detail"]["waiver"])
        excuse.require_held(at)
        if excuse.reminded_at is not None or at < read_moment(excuse.terms["remind_at"]):
            raise Broken("its giver was reminded of a waiver twice, or too early")
        excuse.reminded_at = entry["at"]

    def _expired(self, entry: Entry, at: datetime) -> None:
        excuse = self._known(entry["detail"]["waiver"])
        if excuse.end is not None or excuse.used >= excuse.terms["uses"] or at < excuse.until:
            raise Broken("a waiver expired that had ended, was used up, or was not due")
        excuse.end = _end("expired", entry)

    def _revoked(self, entry: Entry, at: datetime) -> None:
        excuse, actor = self._known(entry["detail"]["waiver"]), entry["actor"]
        excuse.require_held(at)
        if not is_member(actor) and actor["via"] not in _REVOKERS:
            raise Broken("a waiver was revoked by no full member")
        excuse.end = _end("revoked", entry)

    def _known(self, number: int) -> Excuse:
        excuse = self.excuses.get(number)
        if excuse is None:
            raise Broken(f"there was no waiver #{number}")
        return excuse


def _end(how: str, entry: Entry) -> Entry:
    return {"how": how, "at": entry["at"], "actor": entry["actor"], "reason": entry["detail"].get("reason")}


def _require_same_site(excuse: Excuse, entry: Entry, waived: Mapping[str, Any]) -> None:
    site = (entry["source"], waived["repository"], entry["detail"]["environment"])
    if site != tuple(excuse.terms[name] for name in ("source", "repository", "environment")):
        raise Broken(f"waiver #{excuse.terms['waiver']} was used where it does not hold")


def _require_not_banned(excuse: Excuse, asked: Mapping[str, Any]) -> None:
    """Raise Broken where whoever gave it may have asked for, written or started what leans on it, whatever its rule."""
    giver = excuse.terms["by"]
    named = [person for person in (asked["requester"], *asked["authors"], asked.get("triggerer")) if person]
    if not named or share_a_handle(giver, named) or not all(are_told_apart(giver, person) for person in named):
        raise Broken(f"it leans on waiver #{excuse.terms['waiver']}, which may be of somebody whose request it is")
