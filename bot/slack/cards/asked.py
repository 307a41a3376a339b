"""The part of a card that says what exactly is asked, by whom and why, and what an approval would be bound to."""

from bot.core.judging.budget import Spending
from bot.core.judging.trail import unclear_rules
from bot.core.life.preflight import is_held_back
from bot.core.request import ApprovalRequest, Link, Precedent, Subject
from bot.slack.words import rich, texts
from bot.slack.words.endings import in_category
from bot.slack.words.escape import length, line
from bot.slack.words.parameters import excerpt
from bot.slack.words.proven import proven

WHY = 350
"""How much of why it is asked a card shows, in characters."""

_TITLE = 300
_UNCLEAR = 5
_SPENT = 300
_CHANGED = 400
_LINKS = 3
_BEFORE = 80
_DIGEST = len("sha256:") + 12


def draw_place(request: ApprovalRequest, room: int) -> rich.Json:
    """Return number, action, service and environment; the whole title too when the headline had no *room* for it."""
    subject = request.subject
    lines = [rich.section(rich.bold(f"#{request.number} · {texts.place(subject)}"), *_severity(subject))]
    if length(subject.title) > room:
        lines.insert(0, rich.section(rich.words(line(subject.title, _TITLE))))
    return rich.block(*lines)


def draw_asked(request: ApprovalRequest, most: int = WHY) -> rich.Json:
    """Return who asked and why, in *most* characters, and what is bound."""
    subject = request.subject
    by = rich.name(subject.requester.key) if subject.requester else "nobody in person"
    lines = [rich.section(rich.bold("Asked by "), rich.words(f"{by}, through {rich.name(request.source)}"))]
    if subject.proof is not None:
        lines.append(rich.section(*proven(subject.proof)))
    if reason := line(subject.reason or "", most):
        lines.append(rich.section(rich.bold("Why "), rich.words(reason)))
    lines += _before(subject, request.precedent)
    if unclear := unclear_rules(request.ruling):
        more = f" and {len(unclear) - _UNCLEAR} more" if len(unclear) > _UNCLEAR else ""
        named = f"{', '.join(map(rich.name, unclear[:_UNCLEAR]))}{more}"
        lines.append(rich.section(rich.bold("Rules that could not be evaluated: "), rich.words(named)))
    used_up = (spent for spent in request.ruling.budgets if spent.is_used_up)
    lines += [rich.section(*_spent(spent)) for spent in used_up]
    lines.append(rich.section(*_bound(request)))
    links = [run for run in (rich.link(given) for given in subject.links[:_LINKS]) if run is not None]
    if links:
        lines.append(rich.section(rich.bold("See "), *rich.joined(links, " · ")))
    return rich.block(*lines)


def _before(subject: Subject, earlier: Precedent | None) -> list[rich.Json]:
    """Say that the same change was rejected before, by whom, why, and whether it was of the very same commit."""
    if earlier is None:
        return []
    number = f"#{earlier.number}"
    card = rich.link(Link(label=number, url=earlier.card)) if earlier.card else None
    same = " of the same commit" if earlier.commit and earlier.commit == subject.commit else ""
    # In words: whoever said no then is not called by a new card for it.
    by = rich.words(f"{same} by {rich.called(earlier.by.name, earlier.by.via)}{in_category(earlier.category)}, ")
    reason = line(earlier.reason or "", _BEFORE)
    said = [rich.words(f": {reason}")] if reason else []
    return [
        rich.section(rich.bold("Rejected before: "), card or rich.words(number), by, rich.moment(earlier.at), *said)
    ]


def draw_changed(request: ApprovalRequest) -> list[rich.Json]:
    """Return what changed since the oldest revision that somebody approved in vain, or else since the last one."""
    since = texts.since(request)
    if since is None:
        words = rich.words("this changed since it was first asked, and earlier answers no longer count.")
        return [rich.section(rich.bold(f"Revision {request.revision}: "), words)] if request.revision > 1 else []
    count = sum(one.voided for one in request.earlier if one.revision >= since.revision)
    gone = f" {texts.approvals(count)} given before no longer count{'s' if count == 1 else ''}." if count else ""
    words = rich.words(f"{line(str(since.since), _CHANGED)}.{gone}")
    return [rich.section(rich.bold(f"Changed since revision {since.revision}: "), words)]


def draw_held_back(request: ApprovalRequest) -> list[rich.Json]:
    """Say that nobody can approve it as it is, and what would help."""
    if not (request.state.is_open and is_held_back(request)):
        return []
    words = rich.words("its test results are not complete. Whoever asked has to bring them whole; rejecting works.")
    return [rich.section(rich.bold("Can't be approved: "), words)]


def _spent(spent: Spending) -> list[rich.Run]:
    """Say why a rule that could have approved by itself asks somebody."""
    rule = line(rich.name(spent.rule), _SPENT)
    words = f"“{rule}” may approve only {spent.limit} by itself, and has approved {spent.used}"
    since = [rich.words(" since "), rich.moment(spent.since)] if spent.since else []
    return [rich.bold("Asked because "), rich.words(words), *since]


def short_digest(request: ApprovalRequest) -> str:
    """Return the beginning of the digest, enough for people to compare."""
    return line(request.digest, _DIGEST + 1)[:_DIGEST]


def _bound(request: ApprovalRequest) -> list[rich.Run]:
    subject = request.subject
    runs = [rich.bold("Bound to ")]
    if subject.commit:
        runs += [rich.words("commit "), rich.code(line(subject.commit, 12 + 1).removesuffix("…")[:12])]
        runs += [rich.words(f" ({where})")] if (where := _branch(subject)) else []
        runs.append(rich.words(" · "))
    shown = excerpt(subject.parameters)
    for key, value in shown.pairs:
        runs += [rich.words(f"{key} "), rich.code(value), rich.words(" · ")]
    if shown.hidden:
        runs.append(rich.words(f"{shown.hidden} of {len(subject.parameters)} parameters not shown in full here · "))
    return [*runs, rich.words("digest "), rich.code(short_digest(request))]


def _branch(subject: Subject) -> str:
    ref = (subject.ref or "").removeprefix("refs/heads/").removeprefix("refs/tags/")
    return " ".join(rich.name(part) for part in (subject.repository or "", ref) if part)


def _severity(subject: Subject) -> list[rich.Run]:
    return [rich.words(f" · severity {rich.name(subject.severity)}")] if subject.severity else []
