"""What the log has told of one request so far: what is known, what is due, and which entry could come next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Entry = Mapping[str, Any]
Voice = tuple[Entry, ...]
"""Whoever answered, and in whose name when it was not their own: however many they are, they count once."""

ROADS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "request.submitted": {"": frozenset({"pending"})},
    "request.reviewed": {"pending": frozenset({"pending"}), "needs_info": frozenset({"needs_info"})},
    "request.review_withdrawn": {"pending": frozenset({"pending"}), "needs_info": frozenset({"needs_info"})},
    "request.escalated": {"pending": frozenset({"pending"})},
    "request.deserted": {"pending": frozenset({"pending"})},
    "request.reminded": {"pending": frozenset({"pending"})},
    "request.claimed": {"pending": frozenset({"pending"})},
    "request.info_requested": {"pending": frozenset({"needs_info"})},
    "request.info_provided": {"needs_info": frozenset({"pending"})},
    "request.revised": {"pending": frozenset({"pending"}), "needs_info": frozenset({"pending"})},
    "request.regrouped": {"pending": frozenset({"pending"})},
    "request.glass_broken": {"pending": frozenset({"pending"}), "needs_info": frozenset({"needs_info"})},
    "request.decided": {
        "pending": frozenset({"approved", "rejected"}),
        "needs_info": frozenset({"approved", "rejected"}),
    },
    "request.glass_chased": {"approved": frozenset({"approved"})},
    "request.glass_reviewed": {"approved": frozenset({"approved"})},
    "request.expired": {"pending": frozenset({"expired"}), "needs_info": frozenset({"expired"})},
    "request.cancelled": {"pending": frozenset({"cancelled"}), "needs_info": frozenset({"cancelled"})},
    "request.superseded": {"pending": frozenset({"superseded"}), "needs_info": frozenset({"superseded"})},
}
"""What the log may say: for each event, the state before ("" is none yet) and the states it may leave."""

OPEN = frozenset({"pending", "needs_info"})


class Broken(Exception):
    """The log says something that cannot have happened; the sentence says what."""


@dataclass(slots=True)
class Life:
    """What is known of one request after the entries so far.

    ``due`` is the decision that must be written next, at ``due_at``; ``left`` is what was left of the clock when a
    question stopped it; the stage's clock counts from ``since`` on, when it had counted ``spent``; ``terms`` is what
    was asked and how it was judged; ``shown`` is the newest revision of which a card was posted, ``follows`` whose card
    that is; ``judged_by`` is the rule and the policy's hash. ``breaker`` broke the glass, and ``review_due`` is set
    while that still has to be looked at. ``place`` is the entry that asked for it, ``lane`` its source and lane.
    ``looker`` said last that they are looking, and nobody is reminded before ``looks_until`` because of it; None once
    nobody is. ``held`` is what people settled, by the last answer of ``settler``, and what becomes the decision at
    ``release_at``.
    """

    request: str
    number: int
    place: int = 0
    lane: tuple[str, str | None] = ("", None)
    state: str = ""
    revision: int = 0
    stage: int = 0
    digest: str = ""
    deadline: datetime | None = None
    due: str | None = None
    due_at: datetime | None = None
    left: timedelta | None = None
    since: datetime | None = None
    spent: timedelta = timedelta()
    steps: int = 0
    reminders: int = 0
    called: list[Entry] = field(default_factory=list[Entry])
    called_groups: list[Entry] = field(default_factory=list[Entry])
    refused: list[Voice] = field(default_factory=list[Voice])
    terms: Entry = field(default_factory=dict[str, Any])
    counted: list[list[Voice]] = field(default_factory=list[list[Voice]])
    conditions: list[tuple[Voice, str]] = field(default_factory=list[tuple[Voice, str]])
    shown: int = 0
    breaker: Entry = field(default_factory=dict[str, Any])
    review_due: datetime | None = None
    chases: int = 0
    follows: str | None = None
    judged_by: tuple[str, str] = ("", "")
    looker: Entry = field(default_factory=dict[str, Any])
    looks_until: datetime | None = None
    held: str | None = None
    release_at: datetime | None = None
    settler: Entry = field(default_factory=dict[str, Any])

    @property
    def ruling(self) -> Entry:
        """Return the rule as it was frozen into the revision."""
        return self.terms["ruling"]

    @property
    def timeout_calendar(self) -> Entry | None:
        """Return the calendar that the timeout counts by: a wish of the caller counts every minute."""
        return None if self.ruling.get("is_wished") else self.ruling.get("calendar")

    def require_road(self, event: str, state: str) -> None:
        """Raise Broken unless *event* may lead from here to *state*."""
        if state not in ROADS[event].get(self.state, frozenset()):
            raise Broken(f"there is no road from {self.state or 'nothing'} to {state} by {event}")
        if self.due is not None and event != "request.decided":
            raise Broken(f"it was settled ({self.due}) and left open")

    def require_frame(self, entry: Entry, event: str) -> None:
        """Raise Broken unless number, revision and digest are what they were; a revision changes the last two."""
        if entry["number"] != self.number:
            raise Broken(f"its number was {self.number}")
        is_new = event in {"request.submitted", "request.revised"}
        if entry["revision"] != self.revision + is_new:
            raise Broken(f"revision {entry['revision']} follows {self.revision}")
        if not is_new and entry["digest"] != self.digest:
            raise Broken("it speaks of another content than this revision holds")

    def require_in_time(self, event: str, at: datetime) -> None:
        """Raise Broken for what counted too late, ended too early, or was not decided when it was settled."""
        if self.due is not None:
            if at != self.due_at:
                raise Broken("it was not decided in the moment that settled it")
            return
        last = self.release_at or self.deadline
        is_late = last is not None and at >= last
        if event in {"request.expired", "request.decided"} and not is_late:
            raise Broken("it ended by its deadline before the deadline, or was released before its time")
        if event not in {"request.expired", "request.decided"} and is_late:
            raise Broken("this counted at or after the deadline")

    def begin_stage(self, stage: int, at: datetime) -> None:
        """Start the clock of *stage*, in which nobody has been reminded or called yet, and nothing is settled."""
        self.held = self.release_at = None
        self.stage, self.since, self.steps, self.reminders = stage, at, 0, 0
        self.spent = timedelta()
        self.called, self.called_groups, self.refused = [], [], []
        self.looks_until = None

    def end(self) -> None:
        """Forget what nothing will be held against any more; what a review is owed for is still needed."""
        self.deadline, self.counted, self.conditions = None, [], []
        self.held = self.release_at = None
        if self.review_due is None:
            self.terms = {}

    def settle(self, due: str, at: datetime) -> None:
        """Say what must be decided in the very next entry, whatever was to be released later."""
        self.due, self.due_at = due, at
        self.held = self.release_at = None


def loud(detail: Entry) -> dict[str, Any]:
    """Return what a line says but for until when quiet hours held its pings back: they change nothing but that."""
    return {name: value for name, value in detail.items() if name != "pings_held_until"}
