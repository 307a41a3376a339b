"""Who was away, as the log tells it; and whether so many were that more people had to be asked at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.core.audit.life import Broken, Entry
from bot.core.audit.people import is_listed
from bot.core.moments import read_moment

Named = Mapping[str, Any]

_LONGEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Gap:
    """One absence, in its own words: before ``until`` its person said not to be there."""

    terms: Entry
    until: datetime


@dataclass(slots=True)
class Away:
    """Who is away after the entries so far, by their Slack account."""

    gaps: dict[str, Gap] = field(default_factory=dict[str, Gap])

    def take(self, entry: Entry) -> None:
        """Take the next entry; those that are about no absence change nothing. Raises Broken."""
        if entry["event"] == "absence.begun":
            self._begun(entry, entry["detail"])
        elif entry["event"] == "absence.ended":
            self._ended(entry, entry["detail"])

    def is_away(self, person: Named, at: datetime) -> bool:
        """Tell whether *person* had said to be away at *at*."""
        return any(at < gap.until and is_listed(gap.terms["person"], [person]) for gap in self.gaps.values())

    def _begun(self, entry: Entry, detail: Mapping[str, Any]) -> None:
        person, until, at = detail["person"], read_moment(detail["until"]), read_moment(entry["at"])
        _require_own(entry, person)
        if entry["actor"]["standing"] != "member":
            raise Broken("somebody said to be away who is no full member")
        if not timedelta() < until - at <= _LONGEST or read_moment(detail["since"]) != at:
            raise Broken("somebody said to be away for no time, or for too long")
        terms = {name: value for name, value in detail.items() if name != "replaces"}
        replaced = self.gaps.get(person["slack_id"])
        if detail["replaces"] not in {None, replaced.terms["id"] if replaced else None}:
            raise Broken("it replaces an absence that was not there")
        self.gaps[person["slack_id"]] = Gap(terms, until)

    def _ended(self, entry: Entry, detail: Mapping[str, Any]) -> None:
        _require_own(entry, detail["person"])
        gap = self.gaps.pop(detail["person"]["slack_id"], None)
        if gap is None or gap.terms != detail:
            raise Broken("somebody is back who was not away")


def _require_own(entry: Entry, person: Named) -> None:
    if not person["slack_id"] or entry["actor"]["slack_id"] != person["slack_id"]:
        raise Broken("somebody said of another that they are away, or back")
