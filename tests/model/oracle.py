"""A second opinion: the life of a request told from a plain list of facts, by somebody who never saw the lifecycle.

Humans are numbers here, so two handles of one human cannot be mistaken. Every question is answered by telling the whole
story again from its beginning. Nothing of ``bot`` is imported, on purpose.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

OPEN = ("pending", "needs_info")
MINUTE = timedelta(minutes=1)
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Hours:
    """When clocks run: weekdays with a first and a last minute, but for some dates; what local time is ahead of UTC.

    After ``known`` they never stand.
    """

    openings: tuple[tuple[int, int, int], ...]
    closed: frozenset[date]
    ahead: tuple[tuple[datetime, int], ...]
    known: datetime


@dataclass(frozen=True)
class Terms:
    """What was asked, and under which rule. ``who`` of a stage is None when any full member may answer.

    ``refusals`` says how many rejections end it in each stage, ``reminds`` how soon silence is broken first, ``climbs``
    after how long who else may answer. ``requester_by`` and ``authors_by`` say by which kinds of names those are known.
    """

    handling: str
    quorums: tuple[int, ...]
    who: tuple[frozenset[int] | None, ...]
    requester: int | None
    authors: frozenset[int]
    bans: frozenset[str]
    reasons: str
    timeout: timedelta
    ending: str
    doubtful: bool
    glass: frozenset[int] | None
    called_back: bool
    requester_by: frozenset[str] = frozenset()
    authors_by: tuple[frozenset[str], ...] = ()
    refusals: tuple[int, ...] = ()
    reminds: tuple[timedelta | None, ...] = ()
    climbs: tuple[tuple[tuple[timedelta, frozenset[int]], ...], ...] = ()
    hours: Hours | None = None
    wished: bool = False

    @property
    def end_hours(self) -> Hours | None:
        """Whoever wished for less time waits day and night."""
        return None if self.wished else self.hours


@dataclass(frozen=True)
class Act:
    """Something somebody tries. ``words`` tells whether they said anything, ``known_by`` by which kinds of names."""

    kind: str
    human: int = -1
    is_member: bool = True
    revision: int = 0
    stage: int = 0
    words: bool = True
    known_by: frozenset[str] = frozenset()


@dataclass
class Tale:
    """Where the story stands after its last fact."""

    state: str = ""
    revision: int = 0
    stage: int = 0
    deadline: datetime | None = None
    left: timedelta = timedelta(0)
    said_yes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    said_no: set[int] = field(default_factory=set[int])
    since: datetime | None = None
    waited: timedelta = timedelta(0)
    climbed: int = 0
    reminded: int = 0
    called: set[int] = field(default_factory=set[int])
    shown: int = 0
    terms: Terms | None = None


Fact = tuple[str, datetime, Terms | Act]


def tell(facts: list[Fact]) -> Tale:
    """Tell the story from the beginning."""
    tale = Tale()
    for kind, at, what in facts:
        _go_on(tale, kind, at, what)
        if tale.state not in OPEN:
            tale.deadline = None
    return tale


def _go_on(tale: Tale, kind: str, at: datetime, what: Terms | Act) -> None:
    if isinstance(what, Terms):
        tale.terms, tale.revision, tale.stage, tale.said_yes = what, tale.revision + 1, 0, []
        tale.deadline = counted_on(what.end_hours, at, what.timeout)
        _enter(tale, 0, at)
        tale.state = {"ask": "pending", "yes": "approved", "no": "rejected"}[what.handling]
        return
    assert tale.terms is not None
    if kind == "card":
        tale.shown = max(tale.shown, what.revision)
        return
    assert tale.deadline is not None
    if kind in {"approve", "reject"}:
        _answer(tale, tale.terms, kind, at, what.human)
    elif kind in {"timeout", "glass", "cancel", "supersede"}:
        in_doubt = tale.terms.doubtful or tale.state == "needs_info" or not is_shown(tale)
        ending = "expire" if tale.terms.ending == "approve" and in_doubt else tale.terms.ending
        silent = {"expire": "expired", "approve": "approved", "reject": "rejected"}[ending]
        ends = {"timeout": silent, "glass": "approved", "cancel": "cancelled", "supersede": "superseded"}
        tale.state = ends[kind]
    else:
        _wait(tale, tale.terms, kind, at)


def _answer(tale: Tale, terms: Terms, kind: str, at: datetime, human: int) -> None:
    if kind == "reject":
        tale.said_no.add(human)
        tale.said_yes = [yes for yes in tale.said_yes if yes != (tale.stage, human)]
        if len(tale.said_no) >= terms.refusals[tale.stage]:
            tale.state = "rejected"
        return
    tale.said_yes.append((tale.stage, human))
    tale.said_no.discard(human)
    unmet = [n for n, quorum in enumerate(terms.quorums) if len(heard(tale, n)) < quorum]
    tale.state = "pending" if unmet else "approved"
    if unmet and unmet[0] != tale.stage:
        _enter(tale, unmet[0], at)


def _wait(tale: Tale, terms: Terms, kind: str, at: datetime) -> None:
    assert tale.deadline is not None
    if kind == "question":
        tale.left = counted(terms.end_hours, at, tale.deadline)
        tale.waited += counted(terms.hours, _began(tale), at)
        tale.state, tale.deadline = "needs_info", counted_on(terms.end_hours, at, terms.timeout)
    elif kind == "answer":
        tale.state, tale.deadline, tale.since = "pending", counted_on(terms.end_hours, at, tale.left), at
    elif kind == "remind":
        tale.reminded += 1
    else:
        tale.called |= terms.climbs[tale.stage][tale.climbed][1]
        tale.climbed += 1


def _enter(tale: Tale, stage: int, at: datetime) -> None:
    tale.stage, tale.since, tale.climbed, tale.reminded, tale.waited = stage, at, 0, 0, timedelta(0)
    tale.called, tale.said_no = set(), set()


def _began(tale: Tale) -> datetime:
    assert tale.since is not None
    return tale.since


def next_climb(tale: Tale) -> datetime | None:
    """Return when silence in this stage calls more people next."""
    assert tale.terms is not None
    climbs = tale.terms.climbs[tale.stage] if tale.state == "pending" else ()
    return _after(tale, tale.terms, climbs[tale.climbed][0]) if tale.climbed < len(climbs) else None


def next_reminder(tale: Tale) -> datetime | None:
    """Return when silence in this stage is broken next: after one span, two more, four more."""
    assert tale.terms is not None
    span = tale.terms.reminds[tale.stage] if tale.state == "pending" else None
    if span is None:
        return None
    return _after(tale, tale.terms, sum((span * 2**n for n in range(tale.reminded + 1)), timedelta(0)))


def _after(tale: Tale, terms: Terms, span: timedelta) -> datetime:
    return counted_on(terms.hours, _began(tale), span - tale.waited)


@lru_cache(100_000)
def _is_open(hours: Hours, minute: int) -> bool:
    moment = _EPOCH + minute * MINUTE
    if moment >= hours.known:
        return True
    ahead = hours.ahead[0][1]
    for since, minutes in hours.ahead:
        ahead = minutes if since <= moment else ahead
    local = moment + ahead * MINUTE
    of_day = local.hour * 60 + local.minute
    is_within = any(local.weekday() == day and first <= of_day < last for day, first, last in hours.openings)
    return is_within and local.date() not in hours.closed


@lru_cache(10_000)
def counted_on(hours: Hours | None, since: datetime, span: timedelta) -> datetime:
    """Return when a clock has counted *span*, walking on minute by minute."""
    if hours is None or span <= timedelta(0):
        return since + span
    minute = (since - _EPOCH) // MINUTE
    while True:
        begin, end = max(since, _EPOCH + minute * MINUTE), _EPOCH + (minute + 1) * MINUTE
        if _is_open(hours, minute):
            if span <= end - begin:
                return begin + span
            span -= end - begin
        minute += 1


@lru_cache(10_000)
def counted(hours: Hours | None, since: datetime, until: datetime) -> timedelta:
    """Return what a clock counts between, minute by minute; less than nothing backwards."""
    if hours is None:
        return until - since
    if until < since:
        return -counted(hours, until, since)
    total = timedelta(0)
    for minute in range((since - _EPOCH) // MINUTE, (until - _EPOCH) // MINUTE + 1):
        if _is_open(hours, minute):
            begin, end = max(since, _EPOCH + minute * MINUTE), min(until, _EPOCH + (minute + 1) * MINUTE)
            total += max(timedelta(0), end - begin)
    return total


def is_shown(tale: Tale) -> bool:
    """Tell whether anybody was shown what is asked now."""
    return tale.shown == tale.revision


def heard(tale: Tale, stage: int) -> set[int]:
    """Return the humans whose yes counts in *stage*."""
    return {human for where, human in tale.said_yes if where == stage}


def is_allowed(facts: list[Fact], act: Act, now: datetime) -> bool:
    """Tell whether *act* may happen now."""
    tale = tell(facts)
    if tale.state not in OPEN or tale.deadline is None or tale.terms is None:
        return False
    if act.kind == "timeout":
        return now >= tale.deadline
    if act.kind in {"climb", "remind"}:
        due = next_climb(tale) if act.kind == "climb" else next_reminder(tale)
        return due is not None and due <= now < tale.deadline
    return now < tale.deadline and _is_allowed_while_open(tale, tale.terms, act)


def _is_allowed_while_open(tale: Tale, terms: Terms, act: Act) -> bool:
    stage = terms.who[tale.stage] if terms.who else None
    is_asked = stage is None or act.human in stage | tale.called
    has_said_yes = act.human in {human for _, human in tale.said_yes}
    is_seen = act.revision == tale.revision and act.stage == tale.stage
    is_banned = ("requester" in terms.bans and act.human == terms.requester) or (
        "authors" in terms.bans and act.human in terms.authors
    )
    others = [terms.requester_by] if "requester" in terms.bans and terms.requester is not None else []
    others += terms.authors_by if "authors" in terms.bans else ()
    is_nameless = not all(known_by & act.known_by for known_by in others)
    is_free = act.is_member and not is_banned and not is_nameless
    is_pending = tale.state == "pending"
    return {
        "approve": is_pending and is_free and is_asked and is_seen and not has_said_yes and _may_be_mute(terms, act),
        "reject": is_free
        and (is_asked or has_said_yes)
        and is_seen
        and act.human not in tale.said_no
        and _may_be_mute(terms, act),
        "question": is_pending and is_free and is_asked and act.words,
        "answer": not is_pending
        and act.words
        and act.is_member
        and (act.human == terms.requester or act.human in terms.authors),
        "escalate": next_climb(tale) is not None,
        "cancel": True,
        "supersede": True,
        "revise": True,
        "glass": is_free
        and terms.glass is not None
        and act.human in terms.glass
        and act.revision == tale.revision
        and act.words,
    }[act.kind]


def _may_be_mute(terms: Terms, act: Act) -> bool:
    return act.words or terms.reasons not in {"always", f"on_{act.kind}"}
