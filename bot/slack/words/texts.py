"""Every sentence we say in Slack, in one place: plain English, and right for a reader without colours or pictures."""

from collections.abc import Sequence
from datetime import timedelta

from bot.core.effects import Note, Said
from bot.core.evidence import TestEvidence
from bot.core.life import quorum
from bot.core.people.identity import Person, Via
from bot.core.representation import draw_duration
from bot.core.request import ApprovalRequest, Review, State, Subject
from bot.core.revision import EarlierRevision
from bot.core.ruling import OnTimeout, Verdict
from bot.slack.words import endings, triage
from bot.slack.words.endings import in_category
from bot.slack.words.escape import line, mrkdwn
from bot.slack.words.moments import marked
from bot.slack.words.rich import called, draw_utc, name

_ENDED = {
    State.PENDING: "is open again",
    State.NEEDS_INFO: "waits for an answer",
    State.APPROVED: "was approved",
    State.REJECTED: "was rejected",
    State.EXPIRED: "has expired",
    State.CANCELLED: "was taken back",
    State.SUPERSEDED: "was overtaken by a newer one of its lane",
}
_TAKEN_BACK = {Verdict.APPROVE: "took their approval back", Verdict.REJECT: "took their rejection back"}
_SILENCE = {
    OnTimeout.EXPIRE: "it expires",
    OnTimeout.REJECT: "it is rejected",
    OnTimeout.APPROVE: "it is approved",
}
_SAID = {
    Note.ASKED: "asks",
    Note.ESCALATED: "asks more people: this still waits for an answer",
    Note.REMINDED: "reminded everybody who was asked",
    Note.CLAIMED: "is looking at this; nobody is reminded for a while",
    Note.STAGE_BEGAN: "settled a stage, the next one is asked now",
    Note.INFO_REQUESTED: "needs an answer before this can be approved",
    Note.INFO_PROVIDED: "answered, and the clock runs on",
    Note.GLASS_BROKEN: "broke the glass",
    Note.GLASS_CHASED: "asked for the review of the broken glass",
    Note.GLASS_REVIEWED: "reviewed why the glass was broken",
    Note.WAIVED: "waived a failure: the next request with the same counts it as waived, this one stays as it is",
    Note.UNWAIVED: "took a waiver back: from the next request on that failure counts",
    Note.REVISED: "changed what is asked: earlier answers no longer count, please look again",
}
_BROUGHT = frozenset({Note.ESCALATED, Note.DESERTED, Note.REMINDED, Note.GLASS_CHASED})
_NAMED = 5
_CATEGORY = 20
_VERDICTS = {Verdict.APPROVE: "approved", Verdict.REJECT: "rejected"}


def place(subject: Subject) -> str:
    """Return what is done to what, and where: ``deploy · payments · production``."""
    parts = (subject.action, subject.service, subject.environment)
    return " · ".join(name(part) for part in parts if part)


def count(tests: TestEvidence) -> str:
    """Return one line of evidence: ``3 of 412 tests failed: 1 new, 2 known flaky · 1 skipped``."""
    skipped = f", {tests.skipped} skipped" if tests.skipped else ""
    if tests.total == 0 and tests.failed == 0:
        return "No test results came with this request"
    if tests.failed == 0:
        return f"No failures in {_tests(tests.total)}{skipped}"
    skipped = f" · {tests.skipped} skipped" if tests.skipped else ""
    return f"{tests.failed} of {_tests(tests.total)} failed: {triage.counted(tests)}{skipped}"


def silence(request: ApprovalRequest) -> str:
    """Say what happens when nobody answers; the time follows."""
    return f"Without an answer {_SILENCE[request.ruling.on_timeout]}"


def clock(request: ApprovalRequest) -> str:
    """Say, behind the moment of a deadline, that its clock stands at times; nothing when it never does."""
    return ", business hours only" if request.ruling.timeout_calendar else ""


RELEASED_AT, UNTIL_RELEASED = "To be released ", ": until then whoever answered can take that back."
"""What stands before and behind the moment of a release."""

CONDITIONS = "On condition: "
"""What was asked of whoever acts on an approval follows."""

LOOKING = " is looking, until "
"""Behind somebody's name; a moment follows."""

QUIET = "Quiet hours: nobody is pinged before "
"""A moment follows."""


ESCALATES = "Escalates "
"""A moment and whom it calls follow."""

CALLS_NOW, SHOWS_IN, IN_TIME = "Asks at once: ", "Shows the card also in ", "Without this it happens by itself: "
"""What an escalation does; names, a channel and a moment follow."""

CALLS_FOR = "For all that stand on this card, "
"""Their numbers follow."""


def after_quiet_hours(count: int) -> str:
    """Say what the quiet hours held back."""
    many = f"{count} requests wait" if count > 1 else "one request waits"
    return f"🔔 Quiet hours are over: {many} for an answer here"


def silent(request: ApprovalRequest, note: Note) -> str:
    """Say what the clock brings to a request that nobody has answered."""
    if note is Note.ESCALATED:
        return "🔔 Still no answer: more people are asked now"
    if note is Note.DESERTED:
        return f"🔔 {absent(request)}: more people are asked now"
    if note is Note.GLASS_CHASED:
        return f"🚨 {_unreviewed(request)}. {reviewing(request)}: {review_command(request)}"
    missing = quorum.missing(request, request.stage) if request.state.is_open else 0
    return f"🔔 Still waiting for {approvals(missing)}" if missing else "🔔 This was waiting for an answer"


def absent(request: ApprovalRequest) -> str:
    """Say that too few are there of those who were asked; whom of them is missing, where that is still known."""
    names = ", ".join(name(person.key) for person in request.deserted[:_NAMED])
    more = f" and {len(request.deserted) - _NAMED} more" if len(request.deserted) > _NAMED else ""
    if request.thin:
        groups = " and ".join(name(group.name) for group in request.thin[:_NAMED])
        return f"Too few can answer for {groups} now{f' ({names}{more} away)' if names else ''}"
    named = f" ({names}{more})" if names else ""
    if request.state.is_open and quorum.missing(request, request.stage) > 1:
        return f"Too many of those who were asked are away{named}"
    return f"Everybody who was asked is away{named}"


def stage_began(request: ApprovalRequest) -> str:
    """Say which stage is asked now. A line may come late: it speaks of the stage that is asked by then."""
    stage = request.ruling.stages[request.stage]
    return f"Stage {request.stage + 1} of {len(request.ruling.stages)} ({name(stage.name)}) is asked now"


def approvals(missing: int) -> str:
    """Return so many approvals."""
    return "1 approval" if missing == 1 else f"{missing} approvals"


def standing_in(pairs: Sequence[tuple[str, str]]) -> str:
    """Say who may answer for whom, by their names."""
    named = ", ".join(f"{name(stand_in)} for {name(person)}" for stand_in, person in pairs[:_NAMED])
    more = f" and {len(pairs) - _NAMED} more" if len(pairs) > _NAMED else ""
    return f"May answer in another's name: {named}{more}."


def on_behalf(giver: Person | None) -> str:
    """Return in whose name somebody acted, to follow their own; nothing when it was in theirs."""
    return f" for {name(giver.key)}" if giver else ""


def reviewing(request: ApprovalRequest) -> str:
    """Say who can review a broken glass; how follows."""
    breaker = name(request.decision.by.name) if request.decision else "nobody"
    return f"Whoever could have approved this, but not {breaker}, looks at it and writes"


def review_command(request: ApprovalRequest) -> str:
    """Return what is typed for it."""
    return f"/jit reviewed {request.number} what you found"


def _unreviewed(request: ApprovalRequest) -> str:
    breaker = name(request.decision.by.name) if request.decision else "nobody"
    return f"{breaker} broke the glass, and nobody has reviewed why"


def span(of: timedelta) -> str:
    """Return a time span for people: ``24h``, ``1h30m``."""
    return draw_duration(of)


def verdict(given: Verdict, about: str | None = None) -> str:
    """Return what somebody did, and the category that it is *about*."""
    return f"{_VERDICTS[given]}{in_category(about)}"


def category(about: str) -> str:
    """Return the name of a category."""
    return line(about.replace("_", " "), _CATEGORY).capitalize()


def conditions(given: Sequence[str], most: int) -> str:
    """Return under which conditions something was approved, at most so many characters of them."""
    return line("; ".join(given), most)


def under(condition: str | None, most: int) -> str:
    """Return under which condition somebody approved, to follow that; nothing where there was none."""
    return f", if “{line(condition, most)}”" if condition else ""


def fallback(request: ApprovalRequest) -> str:
    """Return the card in one escaped line: for notifications and screen readers."""
    subject, requester = request.subject, request.subject.requester
    what = f"{endings.headline(request)}: {mrkdwn(subject.title, 300)} ({mrkdwn(place(subject), 300)})."
    asked = f" Asked by {mrkdwn(requester.key, 100)}." if requester else ""
    return marked(f"{what} {count(request.tests)}.{asked}{_looker(request)} #{request.number}")


def _looker(request: ApprovalRequest) -> str:
    claim = request.claim if request.state is State.PENDING else None
    return "" if claim is None else f" 👀 {mrkdwn(claim.by.name, 100)}{LOOKING}{draw_utc(claim.until)}."


def said(note: Said) -> str:
    """Return what somebody did, to follow their name; their own words are shown apart."""
    if note.note in {Note.REVIEWED, Note.DECIDED} and note.verdict is not None:
        return f"{verdict(note.verdict)} this{in_category(note.category)}"
    if note.note is Note.WITHDRAWN and note.verdict is not None:
        return _TAKEN_BACK[note.verdict]
    return _SAID.get(note.note, "ended this")


def happened(request: ApprovalRequest, note: Said) -> str:
    """Return who did what, naming them in plain words; of the clock only what it brings."""
    if note.by.via is Via.TIMER and note.note in _BROUGHT:
        return silent(request, note.note)
    if note.note is Note.STAGE_BEGAN:
        return stage_began(request)
    return f"{called(note.by.name, note.by.via)}{on_behalf(note.on_behalf_of)} {said(note)}"


def why_worthless(review: Review) -> str:
    """Return why an answer that was given counts no longer."""
    if review.void:
        return f"of revision {review.revision}"
    return "replaced by a later answer" if review.withdrawn is None else "taken back"


def by_whom(request: ApprovalRequest, note: Said) -> str:
    """Return who decided, in plain words: naming somebody here must not ping them."""
    actor = note.by
    if endings.is_kept_back(request):
        return endings.KEPT_BACK
    if actor.via is Via.TIMER:
        return "because nobody answered in time"
    return f"by {called(actor.name, actor.via)}{on_behalf(note.on_behalf_of)}"


def told(request: ApprovalRequest, note: Said) -> str:
    """Return the first line of a direct message to whoever asked; it ends without a full stop."""
    what = named(request)
    match note.note:
        case Note.INFO_REQUESTED:
            return f"❓ Before your request {what} can be approved, {name(note.by.name)} asks you"
        case Note.DECIDED:
            sign, _, _ = endings.headline(request).partition(" ")
            emergency = " in an emergency (break-glass)" if sign == "🚨" else ""
            ended = f"{_ENDED[request.state]}{emergency}{in_category(note.category)}"
            return f"{sign} Your request {what} {ended}{_by(request, note)}"
        case _:
            return f"Your request {what}, {endings.headline(request)}: {happened(request, note)}"


def since(request: ApprovalRequest) -> EarlierRevision | None:
    """Return the revision that what is asked now is held against: the oldest approved in vain, or else the last."""
    voided = (one for one in request.earlier if one.voided)
    return next(voided, request.earlier[-1] if request.earlier else None)


def named(request: ApprovalRequest) -> str:
    """Return which request it is, what it is about and where."""
    return f"#{request.number} ({line(request.subject.title, 200) or '(no title)'}; {place(request.subject)})"


def told_alone(request: ApprovalRequest, note: Said) -> str:
    """Return the first line of a direct message to somebody who did not ask; it ends without a full stop."""
    what = named(request)
    if note.note is Note.VOIDED:
        return f"⚠️ Your approval of {what} no longer counts: {name(note.by.name)} changed what is asked"
    if note.note is Note.GLASS_BROKEN:
        return f"🚨 {name(note.by.name)} broke the glass: {what} is approved, in an emergency, without waiting for you"
    return f"🚨 {_unreviewed(request)} for {what}. {reviewing(request)}: {review_command(request)}"


def _by(request: ApprovalRequest, note: Said) -> str:
    return "" if request.state is State.SUPERSEDED else f" {by_whom(request, note)}"


def _tests(total: int) -> str:
    return "1 test" if total == 1 else f"{total} tests"
