"""A second opinion: the life of a request told from a plain list of facts, by somebody who never saw the lifecycle.

Humans are numbers here, so two handles of one human cannot be mistaken. Every question is answered by telling the whole
story again from its beginning. Nothing of ``bot`` is imported, on purpose.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

OPEN = ("pending", "needs_info")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = 7
LONGEST_LIMIT = 200
THERE = "(where it will happen)"
OWN = "(a condition of one's own)"
"""Stand for the place that a request names, and for a condition that nobody else makes, until somebody says them."""
SPARE, GLASS = 8, 9
"""Numbers of groups that belong to no stage: of those who are asked last, and of those who may act in an emergency."""

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
    after how long who else may answer, ``lives`` whether a group that is looked up is asked from the start of the
    stage or from its first climb on, and who stands in for it. ``starter`` started the run. While ``quiet`` is open
    nobody is pinged. Where nobody is there and nobody is left to call, ``fallback`` is asked, and group ``spare``; that
    is what the second climb of each stage calls, too, if it ``climbs_to_spare``.
    Groups have numbers: that of the stage which they belong to, or else one of their own. ``glass`` may act in an
    emergency, and so may whoever is in one of ``glass_lives``. ``stand_ins`` says who stands in for groups of no stage.
    Whoever looks keeps reminders quiet for as long as somebody ``looks``, by the hours of the stage.
    With ``holds`` what people came to is released so much later, but not after the end.
    On ``doubtful`` evidence people say yes only where the rule ``accepts`` that.
    ``requester_by``, ``authors_by`` and ``starter_by`` say by which kinds of names those are known.
    ``sorts`` says which answers have to be about something; with ``limits`` a yes has to be given under a condition,
    with ``types`` by whoever types ``place``, where it names one.
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
    starter: int | None = None
    starter_by: frozenset[str] = frozenset()
    refusals: tuple[int, ...] = ()
    reminds: tuple[timedelta | None, ...] = ()
    climbs: tuple[tuple[tuple[timedelta, frozenset[int]], ...], ...] = ()
    accepts: bool = False
    may_lend: bool = True
    lives: tuple[tuple[str, frozenset[int]] | None, ...] = ()
    hours: Hours | None = None
    wished: bool = False
    quiet: Hours | None = None
    fallback: frozenset[int] = frozenset()
    spare: int | None = None
    climbs_to_spare: bool = False
    glass_lives: frozenset[int] = frozenset()
    stand_ins: tuple[tuple[int, frozenset[int]], ...] = ()
    looks: timedelta = 15 * MINUTE
    holds: timedelta | None = None
    sorts: str = "never"
    limits: bool = False
    types: bool = False
    place: str | None = "production"

    @property
    def end_hours(self) -> Hours | None:
        """Whoever wished for less time waits day and night."""
        return None if self.wished else self.hours


@dataclass(frozen=True)
class Act:
    """Something somebody tries. ``words`` tells whether they said anything, ``known_by`` by which kinds of names.

    ``lenders`` have lent them their right, each until a moment, and are members or not, known by ``lenders_by``.
    ``found`` is what was looked up about them and group number ``group``, ``age`` seconds before, ``glass_found`` about
    them and the one for emergencies. ``lenders_found`` is what was looked up about those and the former.
    ``frozen`` holds the freezes of that moment: what each does, and whether it lets an emergency through.
    An answer may be ``about`` something, and be given under a condition (``limit``) by whoever ``typed`` a place.
    ``away`` have said so, ``loans`` says who lets whom answer, ``roll`` who was in the stage's group at the same time,
    and ``spare_roll`` who was in the one that is asked last.
    """

    kind: str
    human: int = -1
    is_member: bool = True
    revision: int = 0
    stage: int = 0
    words: bool = True
    known_by: frozenset[str] = frozenset()
    found: str = ""
    group: int = 0
    age: int = 0
    lenders: tuple[tuple[int, datetime, bool], ...] = ()
    lenders_by: tuple[frozenset[str], ...] = ()
    frozen: tuple[tuple[str, bool], ...] = ()
    lenders_found: str = ""
    away: frozenset[int] = frozenset()
    loans: tuple[tuple[int, int], ...] = ()
    roll: frozenset[int] | None = None
    spare_roll: frozenset[int] | None = None
    glass_found: str = ""
    about: bool = True
    limit: str = OWN
    typed: str | None = THERE


@dataclass(frozen=True)
class Word:
    """One answer that stands: who spoke it, whose right it was, and under which condition."""

    stage: int
    speaker: int
    owner: int
    limit: str = ""

    @property
    def voice(self) -> frozenset[int]:
        """Say who is heard by it."""
        return frozenset({self.speaker, self.owner})


@dataclass
class Tale:
    """Where the story stands after its last fact."""

    state: str = ""
    revision: int = 0
    stage: int = 0
    deadline: datetime | None = None
    left: timedelta = timedelta(0)
    said_yes: list[Word] = field(default_factory=list[Word])
    said_no: list[Word] = field(default_factory=list[Word])
    since: datetime | None = None
    waited: timedelta = timedelta(0)
    climbed: int = 0
    reminded: int = 0
    called: set[int] = field(default_factory=set[int])
    called_groups: set[int] = field(default_factory=set[int])
    shown: int = 0
    terms: Terms | None = None
    held: datetime | None = None
    broke: Act | None = None
    owed_at: datetime | None = None
    chased: int = 0
    looker: int = -1
    looks_until: datetime | None = None
    settled: str = ""
    release: datetime | None = None


Fact = tuple[str, datetime, Terms | Act]
Summons = tuple[frozenset[int], frozenset[int]]
"""Whom somebody calls: people, and groups by their numbers."""


def tell(facts: list[Fact]) -> Tale:
    """Tell the story from the beginning."""
    tale = Tale()
    for kind, at, what in facts:
        _go_on(tale, kind, at, what)
        if tale.state not in OPEN:
            tale.deadline = None
            _reopen(tale)
    return tale


def _go_on(tale: Tale, kind: str, at: datetime, what: Terms | Act) -> None:
    if isinstance(what, Terms):
        tale.terms, tale.revision, tale.stage, tale.said_yes = what, tale.revision + 1, 0, []
        tale.deadline = counted_on(what.end_hours, at, what.timeout)
        _enter(tale, 0, at)
        _reopen(tale)
        tale.state = {"ask": "pending", "yes": "approved", "no": "rejected"}[what.handling]
        return
    assert tale.terms is not None
    if kind == "card":
        tale.shown = max(tale.shown, what.revision)
        return
    if kind in {"chase", "look"}:
        _look(tale, kind, at)
        return
    assert tale.deadline is not None
    if kind == "claim":
        tale.looker, tale.looks_until = what.human, counted_on(tale.terms.hours, at, tale.terms.looks)
        return
    if kind == "glass":
        tale.broke, tale.owed_at = what, at + DAY
    if kind in {"approve", "reject", "undo", "release"}:
        _speak(tale, tale.terms, what, at)
    elif kind in {"timeout", "glass", "cancel", "supersede"}:
        in_doubt = tale.terms.doubtful or tale.state == "needs_info" or not is_shown(tale) or bool(what.frozen)
        in_doubt = in_doubt or bool(tale.said_no)
        ending = "expire" if tale.terms.ending == "approve" and in_doubt else tale.terms.ending
        silent = {"expire": "expired", "approve": "approved", "reject": "rejected"}[ending]
        ends = {"timeout": silent, "glass": "approved", "cancel": "cancelled", "supersede": "superseded"}
        tale.state = ends[kind]
    else:
        _wait(tale, tale.terms, kind, at)


def _speak(tale: Tale, terms: Terms, act: Act, at: datetime) -> None:
    """Take an answer, or take one back; or nobody did in time."""
    if act.kind == "undo":
        _take_back(tale, terms, act, at)
    elif act.kind == "release":
        _let_out(tale, act)
    else:
        _answer(tale, terms, act, at)


def _answer(tale: Tale, terms: Terms, act: Act, at: datetime) -> None:
    owner = whose_right(tale, terms, act, at)
    assert owner is not None
    word = Word(tale.stage, act.human, owner, act.limit.strip())
    if act.human == tale.looker:
        tale.looks_until = None
    if act.kind == "reject":
        tale.said_no.append(word)
        tale.said_yes = [yes for yes in tale.said_yes if yes.stage != tale.stage or not yes.voice & word.voice]
        if len(tale.said_no) >= terms.refusals[tale.stage]:
            _settle(tale, terms, "no", at)
        elif len(heard(tale, tale.stage)) < terms.quorums[tale.stage]:
            _reopen(tale)
        return
    tale.said_yes.append(word)
    tale.said_no = [no for no in tale.said_no if not no.voice & word.voice]
    unmet = [n for n, quorum in enumerate(terms.quorums) if len(heard(tale, n)) < quorum]
    if not unmet:
        _settle(tale, terms, "yes", at)
    if unmet and unmet[0] != tale.stage:
        _enter(tale, unmet[0], at)


def _settle(tale: Tale, terms: Terms, what: str, at: datetime) -> None:
    assert tale.deadline is not None
    if terms.holds is None:
        tale.state = {"yes": "approved", "no": "rejected"}[what]
    else:
        tale.settled, tale.release = what, min(at + terms.holds, tale.deadline)
        tale.looks_until = None


def _reopen(tale: Tale) -> None:
    tale.settled, tale.release = "", None


def own_words(tale: Tale, human: int) -> list[tuple[str, Word]]:
    """Say what this human said themselves in the present stage, and what of it stands."""
    said = [*(("yes", word) for word in heard(tale, tale.stage)), *(("no", word) for word in tale.said_no)]
    return [(what, word) for what, word in said if word.speaker == human]


def _let_out(tale: Tale, act: Act) -> None:
    is_frozen = any(does == "reject" for does, _ in act.frozen)
    tale.state = {"yes": "expired" if is_frozen else "approved", "no": "rejected"}[tale.settled]


def _take_back(tale: Tale, terms: Terms, act: Act, at: datetime) -> None:
    ((what, taken),) = own_words(tale, act.human)
    tale.said_yes = [word for word in tale.said_yes if word is not taken]
    tale.said_no = [word for word in tale.said_no if word is not taken]
    if tale.settled == what:
        _reopen(tale)
        if all(len(heard(tale, n)) >= quorum for n, quorum in enumerate(terms.quorums)):
            _settle(tale, terms, "yes", at)


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
        while _reminder(tale, terms, tale.reminded + 1) <= at:
            tale.reminded += 1
        tale.looks_until = None
        tale.held = quiet_end(terms.quiet, at) or tale.held
    elif kind == "desert":
        tale.held = quiet_end(terms.quiet, at) or tale.held
        _call(tale, summoned(tale, terms) or (frozenset(), frozenset()))
        tale.climbed = min(tale.climbed + 1, len(terms.climbs[tale.stage]))
    else:
        tale.held = quiet_end(terms.quiet, at) or tale.held
        _call(tale, _next_step(tale, terms))
        tale.climbed += 1


def _call(tale: Tale, whom: Summons) -> None:
    tale.called |= whom[0]
    tale.called_groups |= whom[1]


def _look(tale: Tale, kind: str, at: datetime) -> None:
    """Whoever looks settles it; a chase makes good for every day that has begun by then, up to a week."""
    assert tale.owed_at is not None
    if kind == "look":
        tale.owed_at = None
        return
    tale.chased = len([day for day in range(WEEK) if tale.owed_at + day * DAY <= at])


def next_chase(tale: Tale) -> datetime | None:
    """Return when somebody is asked next to look at a broken glass."""
    if tale.owed_at is None or tale.chased == WEEK:
        return None
    return tale.owed_at + tale.chased * DAY


def _may_look(tale: Tale, terms: Terms, act: Act) -> bool:
    broke, mine = tale.broke, act.known_by
    if broke is None or tale.owed_at is None:
        return False
    is_another = act.human != broke.human and bool(broke.known_by & mine)
    is_open = None in terms.who
    could = set(terms.glass or ()) | tale.called | {human for who in terms.who for human in who or ()}
    groups = {n for n, live in enumerate(terms.lives) if live is not None and live[0] == "start"}
    groups |= tale.called_groups | terms.glass_lives
    may = is_open or act.human in could or _is_of(groups, terms, act)
    return act.words and is_another and _is_free(terms, act) and may


def _enter(tale: Tale, stage: int, at: datetime) -> None:
    tale.stage, tale.since, tale.climbed, tale.reminded, tale.waited = stage, at, 0, 0, timedelta(0)
    tale.called, tale.called_groups, tale.said_no, tale.looks_until = set(), set(), [], None
    tale.held = None if tale.terms is None else quiet_end(tale.terms.quiet, at)


def _began(tale: Tale) -> datetime:
    assert tale.since is not None
    return tale.since


def next_climb(tale: Tale) -> datetime | None:
    """Return when silence in this stage calls more people next."""
    assert tale.terms is not None
    climbs = tale.terms.climbs[tale.stage] if tale.state == "pending" else ()
    return _after(tale, tale.terms, climbs[tale.climbed][0]) if tale.climbed < len(climbs) else None


_BLINK = timedelta(microseconds=1)


def next_reminder(tale: Tale) -> datetime | None:
    """Return when silence in this stage is broken next: never while somebody looks, nor, then, while it is closed."""
    assert tale.terms is not None
    if tale.state != "pending" or tale.terms.reminds[tale.stage] is None:
        return None
    moment = _reminder(tale, tale.terms, tale.reminded + 1)
    if tale.looks_until is None:
        return moment
    return max(moment, tale.looks_until, counted_on(tale.terms.hours, _began(tale), _BLINK) - _BLINK)


def _reminder(tale: Tale, terms: Terms, which: int) -> datetime:
    """Return when silence is broken for the first, second, third time: after one span, two more, four more."""
    span = terms.reminds[tale.stage]
    assert span is not None
    return _after(tale, terms, sum((span * 2**n for n in range(which)), timedelta(0)))


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


@lru_cache(10_000)
def quiet_end(hours: Hours | None, at: datetime) -> datetime | None:
    """Return until when nobody is pinged, if that is so at this moment; what is not known is not quiet."""
    if hours is None or at >= hours.known:
        return None
    first = minute = (at - _EPOCH) // MINUTE
    while _EPOCH + minute * MINUTE < hours.known and _is_open(hours, minute):
        minute += 1
    return _EPOCH + minute * MINUTE if minute > first else None


def is_shown(tale: Tale) -> bool:
    """Tell whether anybody was shown what is asked now."""
    return tale.shown == tale.revision


def heard(tale: Tale, stage: int) -> list[Word]:
    """Return what counts as a yes in *stage*."""
    return [word for word in tale.said_yes if word.stage == stage]


def limits(tale: Tale) -> tuple[str, ...]:
    """Say under which conditions people agreed, stage by stage, each once: none where they did not, or in need."""
    if tale.state != "approved" or tale.broke is not None:
        return ()
    stages = sorted({word.stage for word in tale.said_yes})
    return tuple(dict.fromkeys(word.limit for stage in stages for word in heard(tale, stage) if word.limit))


def whose_right(tale: Tale, terms: Terms, act: Act, now: datetime) -> int | None:
    """Say whose right is used when a member who is not banned answers: their own first; None when there is none."""
    here = terms.who[tale.stage]
    if here is None or act.human in here | tale.called or _is_of(groups_asked(tale, terms), terms, act):
        return act.human
    for yes in tale.said_yes:
        if act.human in yes.voice:
            return yes.owner if yes.speaker == act.human else act.human
    lent = zip(act.lenders, act.lenders_by, strict=True) if terms.may_lend else ()
    for (lender, until, is_member), known_by in lent:
        words = [word for word in (*tale.said_yes, *tale.said_no) if lender in word.voice]
        is_free = is_member and now < until and not _is_banned(terms, lender) and _is_told_apart(terms, known_by)
        is_known = "slack" in known_by  # a right is lent by an account, not by whoever has its address
        through = replace(act, human=lender, found=act.lenders_found, glass_found="")
        may = lender in here | tale.called or _is_of(groups_asked(tale, terms), terms, through)
        if is_free and is_known and may and all(word.speaker == act.human for word in words):
            return lender
    return None


def is_allowed(facts: list[Fact], act: Act, now: datetime) -> bool:
    """Tell whether *act* may happen now."""
    tale = tell(facts)
    if act.kind in {"chase", "look"} and tale.terms is not None:
        chase = next_chase(tale)
        return chase is not None and chase <= now if act.kind == "chase" else _may_look(tale, tale.terms, act)
    if tale.state not in OPEN or tale.deadline is None or tale.terms is None:
        return False
    if act.kind in {"timeout", "release"}:
        end = tale.deadline if act.kind == "timeout" else tale.release
        return end is not None and now >= end and (act.kind == "release") == bool(tale.settled)
    if tale.release is not None:
        may = _is_allowed_while_settled(tale, act) and _is_allowed_while_open(tale, tale.terms, act, now)
        return now < tale.release and may
    return now < tale.deadline and _is_allowed_while_waiting(tale, tale.terms, act, now)


def _is_allowed_while_waiting(tale: Tale, terms: Terms, act: Act, now: datetime) -> bool:
    if act.kind in {"climb", "remind"}:
        due = next_climb(tale) if act.kind == "climb" else next_reminder(tale)
        return due is not None and due <= now
    if act.kind == "desert":
        return is_deserted(tale, terms, act)
    return _is_allowed_while_open(tale, terms, act, now)


def _is_allowed_while_settled(tale: Tale, act: Act) -> bool:
    """Tell whether it may happen at all once people came to something, and before that is released."""
    return act.kind in {"undo", "cancel", "supersede", "revise"} or (
        act.kind in {"reject", "glass"} and tale.settled == "yes"
    )


def _next_step(tale: Tale, terms: Terms) -> Summons:
    """Say whom the next climb calls: people, and a group, where one waits for it."""
    live, spare = terms.lives[tale.stage], terms.spare if terms.climbs_to_spare else None
    waiting = {0: tale.stage if live is not None and live[0] == "climb" else None, 1: spare}
    group = waiting.get(tale.climbed)
    return terms.climbs[tale.stage][tale.climbed][1], frozenset(() if group is None else (group,))


def summoned(tale: Tale, terms: Terms) -> Summons | None:
    """Say whom silence would bring next, or else whom of the fallback nobody has asked; None where that is nobody."""
    if tale.climbed < len(terms.climbs[tale.stage]):
        return _next_step(tale, terms)
    asked = (terms.who[tale.stage] or frozenset()) | tale.called
    people = frozenset(human for human in terms.fallback if _is_needed(tale, terms, human)) - asked
    groups = frozenset(() if terms.spare is None else (terms.spare,)) - groups_asked(tale, terms)
    return (people, groups) if people or groups else None


def groups_asked(tale: Tale, terms: Terms) -> set[int]:
    """Say which groups this stage asks by now."""
    live = terms.lives[tale.stage]
    return tale.called_groups | ({tale.stage} if live is not None and live[0] == "start" else set())


def stand_ins(terms: Terms, group: int) -> frozenset[int]:
    """Say who may answer for a group while nobody in it can."""
    live = terms.lives[group] if 0 <= group < len(terms.lives) else None
    return live[1] if live is not None else dict(terms.stand_ins).get(group, frozenset())


def is_deserted(tale: Tale, terms: Terms, act: Act) -> bool:
    """Tell whether fewer are there than the stage needs, because others are not, and others could be called."""
    who = terms.who[tale.stage] if tale.state == "pending" and not tale.settled else None
    if who is None or summoned(tale, terms) is None:
        return False
    members, groups = set[int](), groups_asked(tale, terms)
    rolls = {terms.spare: act.spare_roll} | {tale.stage: act.roll}
    for group in groups:
        roll = rolls.get(group)
        if roll is None or not -5 <= act.age <= 60:
            return False
        members |= {human for human in roll if not _is_banned(terms, human)} or stand_ins(terms, group)
    free = {human for human in who | tale.called | members if _is_needed(tale, terms, human)}
    lent = dict(act.loans)
    missed = {human for human in free if human in act.away or human in lent}
    could = {lent[human] for human in missed if human in lent} if terms.may_lend else set[int]()
    helping = {one for one in could - free if one not in act.away | lent.keys() and _is_needed(tale, terms, one)}
    is_changed = bool(groups) or len(missed) > len(helping)
    return is_changed and len(free - missed) + len(helping) < terms.quorums[tale.stage] - len(heard(tale, tale.stage))


def _is_needed(tale: Tale, terms: Terms, human: int) -> bool:
    return not _is_banned(terms, human) and not any(human in word.voice for word in tale.said_yes)


def _is_allowed_while_open(tale: Tale, terms: Terms, act: Act, now: datetime) -> bool:
    stage = terms.who[tale.stage] if terms.who else None
    in_group = bool(terms.who) and _is_of(groups_asked(tale, terms), terms, act)
    is_asked = stage is None or act.human in stage | tale.called or in_group
    owner = whose_right(tale, terms, act, now) if terms.who else None
    has_right = owner is not None
    has_said_yes = any(act.human in word.voice for word in tale.said_yes)
    has_said_no = any({act.human, owner} & word.voice for word in tale.said_no)
    is_seen = act.revision == tale.revision and act.stage == tale.stage
    is_free = _is_free(terms, act)
    is_pending = tale.state == "pending"
    stops = [through for does, through in act.frozen if does == "reject"]
    return {
        "approve": not stops
        and (terms.accepts or not terms.doubtful)
        and is_pending
        and is_free
        and has_right
        and is_seen
        and not has_said_yes
        and _is_whole(terms, act)
        and _is_careful(terms, act),
        "reject": is_free and has_right and is_seen and not has_said_no and _is_whole(terms, act),
        "claim": is_pending
        and is_free
        and is_asked
        and is_seen
        and not any(act.human in word.voice for word in (*tale.said_yes, *tale.said_no)),
        "undo": act.is_member and is_seen and terms.holds is not None and bool(own_words(tale, act.human)),
        "question": is_pending and is_free and is_asked and act.words,
        "answer": not is_pending
        and act.words
        and act.is_member
        and (act.human == terms.requester or act.human in terms.authors),
        "escalate": next_climb(tale) is not None,
        "cancel": True,
        "supersede": True,
        "revise": True,
        "glass": all(stops)
        and is_free
        and terms.glass is not None
        and (act.human in terms.glass or _is_of(terms.glass_lives, terms, act))
        and act.revision == tale.revision
        and act.words,
    }[act.kind]


def _is_free(terms: Terms, act: Act) -> bool:
    """Tell whether a member acts who is not banned, and certainly nobody of those who are."""
    return act.is_member and not _is_banned(terms, act.human) and _is_told_apart(terms, act.known_by)


def banned_by(terms: Terms) -> frozenset[int]:
    """Say who may not answer, whatever group they are in."""
    banned = {
        "requester": {terms.requester},
        "authors": set[int | None](terms.authors),
        "triggerer": {terms.starter},
    }
    return frozenset(human for ban in terms.bans for human in banned[ban] if human is not None)


def _is_banned(terms: Terms, human: int) -> bool:
    return human in banned_by(terms)


def _is_told_apart(terms: Terms, known_by: frozenset[str]) -> bool:
    others = [terms.requester_by] if "requester" in terms.bans and terms.requester is not None else []
    others += terms.authors_by if "authors" in terms.bans else ()
    others += [terms.starter_by] if "triggerer" in terms.bans and terms.starter is not None else []
    return all(other & known_by for other in others)


def _is_of(groups: Collection[int], terms: Terms, act: Act) -> bool:
    """Tell whether they were found, lately enough, in one of *groups*, or stand in for one that nobody is in."""
    found = {act.group: act.found, GLASS: act.glass_found}
    return -5 <= act.age <= 60 and any(
        found.get(group) == "member" or (found.get(group) == "fallback" and act.human in stand_ins(terms, group))
        for group in groups
    )


def _is_whole(terms: Terms, act: Act) -> bool:
    """Tell whether an answer says why, and what it is about, as far as it has to."""
    wanting = {"always", f"on_{act.kind}"}
    return (act.words or terms.reasons not in wanting) and (act.about or terms.sorts not in wanting)


def _is_careful(terms: Terms, act: Act) -> bool:
    """Tell whether a yes is given under a condition, and for the right place, as far as it has to."""
    is_limited = bool(act.limit.strip()) or not terms.limits
    is_placed = act.typed == terms.place if act.typed is not None else not terms.types or terms.place is None
    return is_limited and len(act.limit) <= LONGEST_LIMIT and is_placed
