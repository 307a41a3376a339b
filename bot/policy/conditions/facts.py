"""Every fact a condition may name, with its type: the one place to add them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.core.judging.counting import APPROVED, OPEN_IN_LANE, REJECTED
from bot.core.judging.facts import Facts
from bot.core.judging.ownership import owners
from bot.core.people.identity import Person
from bot.core.request import Subject


class Kind(StrEnum):
    """What a fact is made of."""

    TEXT = "text"
    COUNT = "whole number"
    YES_NO = "true or false"
    TEXTS = "list of text"
    FLAGS = "mapping of text to true or false"
    TREE = "mapping of text to anything"
    TIME = "timestamp"


@dataclass(frozen=True, slots=True)
class Fact:
    """A name for conditions. A text that the caller left out reads as ``""``."""

    name: str
    kind: Kind
    read: Callable[[Facts], object]


def _text(name: str, read: Callable[[Subject], str | None]) -> Fact:
    return Fact(f"request.{name}", Kind.TEXT, lambda facts: read(facts.subject) or "")


def _key(person: Person | None) -> str:
    return "" if person is None else person.key


TRIAGED = frozenset({"tests.new", "tests.known", "tests.flaky", "tests.waived"})
UNKNOWN = "tests.unknown"
"""How many failures nothing is known of: whoever looks at those above and not at this one, overlooks these."""

FACTS: tuple[Fact, ...] = (
    _text("title", lambda s: s.title),
    _text("action", lambda s: s.action),
    _text("service", lambda s: s.service),
    _text("environment", lambda s: s.environment),
    _text("repository", lambda s: s.repository),
    _text("ref", lambda s: s.ref),
    _text("commit", lambda s: s.commit),
    _text("lane", lambda s: s.lane),
    _text("severity", lambda s: s.severity),
    _text("reason", lambda s: s.reason),
    _text("requester", lambda s: _key(s.requester)),
    Fact("request.authors", Kind.TEXTS, lambda facts: [author.key for author in facts.subject.authors]),
    _text("triggerer", lambda s: _key(s.triggerer)),
    Fact("request.labels", Kind.TEXTS, lambda facts: list(facts.subject.labels)),
    Fact("request.flags", Kind.FLAGS, lambda facts: dict(facts.subject.flags)),
    Fact("request.parameters", Kind.TREE, lambda facts: dict(facts.subject.parameters)),
    Fact("request.claims", Kind.TREE, lambda facts: dict(facts.subject.proof.claims) if facts.subject.proof else {}),
    Fact("tests.total", Kind.COUNT, lambda facts: facts.tests.total),
    Fact("tests.passed", Kind.COUNT, lambda facts: facts.tests.passed),
    Fact("tests.failed", Kind.COUNT, lambda facts: facts.tests.failed),
    Fact("tests.skipped", Kind.COUNT, lambda facts: facts.tests.skipped),
    Fact("tests.new", Kind.COUNT, lambda facts: facts.tests.new),
    Fact("tests.known", Kind.COUNT, lambda facts: facts.tests.known),
    Fact("tests.flaky", Kind.COUNT, lambda facts: facts.tests.flaky),
    Fact("tests.waived", Kind.COUNT, lambda facts: facts.tests.waived),
    Fact(UNKNOWN, Kind.COUNT, lambda facts: facts.tests.unknown),
    Fact("tests.incomplete", Kind.YES_NO, lambda facts: bool(facts.tests.incomplete)),
    Fact("tests.owners", Kind.TEXTS, lambda facts: owners(facts.tests)),
    Fact(APPROVED, Kind.COUNT, lambda facts: facts.counts.approved_last_30d),
    Fact(REJECTED, Kind.COUNT, lambda facts: facts.counts.rejected_last_30d),
    Fact(OPEN_IN_LANE, Kind.COUNT, lambda facts: facts.counts.open_in_lane),
    Fact("source", Kind.TEXT, lambda facts: facts.source),
    Fact("now", Kind.TIME, lambda facts: facts.now),
    Fact("freeze.active", Kind.TEXTS, lambda facts: list(facts.freezes)),
)

FREEZE_FACTS = (
    "request.",
    *(fact.name for fact in FACTS if fact.name.startswith("tests.") and fact.kind is not Kind.TEXTS),
    "source",
    "now",
)
"""How those facts begin that a freeze may look at: what an open request carries, for it is looked at again.

It carries the first few failures only, so who owns them all is forgotten by then.
"""
