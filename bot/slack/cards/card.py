"""The card: a pure drawing of a request as it is now, made to be understood in five seconds.

Untrusted words only ever stand in rich text and headers, where nothing is markup. The whole stays under ten thousand
characters, because Slack breaks a message at about twelve although every block of it is legal.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.evidence import SHOWN_FAILURES
from bot.core.life import quorum
from bot.core.people.identity import Via
from bot.core.people.membership import Crowd, Rolls
from bot.core.request import ApprovalRequest, Decision, Review, Settled, State
from bot.core.view import RequestView
from bot.slack.cards.asked import WHY, draw_asked, draw_changed, draw_held_back, draw_place
from bot.slack.cards.button_value import Seal
from bot.slack.cards.buttons import draw_buttons
from bot.slack.cards.calling import draw_calls, draw_gaps, draw_next_step, draw_stand_ins
from bot.slack.cards.company import draw_company, others_named
from bot.slack.cards.evidence import draw_evidence
from bot.slack.cards.exchanges import draw_exchanges
from bot.slack.cards.freezes import draw_freezes
from bot.slack.cards.glass import draw_owed
from bot.slack.cards.weight import HEAVIEST, weigh
from bot.slack.words import endings, rich, texts, who
from bot.slack.words.escape import length, line, lines

HEADER_LIMIT = 150
_REVIEWS, _MENTIONED = 4, 10
_REASON, _REVIEW_REASON, _REMARK = 400, 80, 300
_CONDITIONS, _CONDITION = 300, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """How many failures a card shows, and how many characters of why it is asked."""

    failures: int
    why: int


_WIDE, _NARROW = _Room(failures=SHOWN_FAILURES, why=WHY), _Room(failures=3, why=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A message: ``text`` is what notifications and screen readers get."""

    text: str
    blocks: list[rich.Json]


def draw_card(view: RequestView, seal: Seal, remark: str | None = None, rolls: Rolls | None = None) -> Card:
    """Return the card of a request, in whatever state it is.

    A *remark* says why it stands where it does; *rolls* are who is in its live groups.
    """
    drawn = _drawn(view, seal, remark, rolls)
    blocks = drawn(_WIDE)
    if weigh(blocks) > HEAVIEST:
        blocks = drawn(_NARROW)
    return Card(text=texts.fallback(view.request), blocks=blocks)


def _drawn(
    view: RequestView, seal: Seal, remark: str | None, rolls: Rolls | None
) -> Callable[[_Room], list[rich.Json]]:
    """Return what draws the blocks, with as much room as it is told for the words of others."""
    request = view.request
    start = f"{endings.headline(request)}: "
    header = HEADER_LIMIT - length(start)
    return lambda room: [
        rich.header(start + (line(request.subject.title, header) or "(no title)")),
        draw_place(request, header),
        *([rich.block(rich.section(rich.words(line(remark, _REMARK))))] if remark else []),
        *draw_company(view),
        *draw_standing(request),
        draw_evidence(view.tests, room.failures),
        draw_asked(request, room.why),
        *_reviews(request),
        *draw_waiting(view, rolls),
        draw_buttons(request, seal, others_named(view)),
    ]


def draw_standing(request: ApprovalRequest) -> list[rich.Json]:
    """Return what is new since it was asked: another revision, a freeze, the end and its review, a question."""
    elements = [*draw_changed(request), *draw_held_back(request), *draw_freezes(request)]
    if request.settled is not None:
        elements += [*_ending(request, request.settled.decision), _release(request.settled)]
    if request.decision is not None:
        elements += [*_ending(request, request.decision), *draw_owed(request)]
    elements += draw_exchanges(request)
    return [rich.block(*elements)] if elements else []


def _ending(request: ApprovalRequest, decision: Decision) -> list[rich.Json]:
    conditions = texts.conditions(decision.conditions, _CONDITIONS)
    kept = [rich.section(rich.bold(texts.CONDITIONS), rich.words(conditions))] if conditions else []
    if decision.by.via is Via.TIMER:
        return [rich.section(rich.bold(f"{endings.timed_out(request)}, "), rich.moment(decision.at)), *kept]
    words = rich.bold(f"{endings.ending(request, decision)} ")
    whose = rich.words(texts.on_behalf(decision.on_behalf_of))
    first = rich.section(words, rich.who(decision.by), whose, rich.words(", "), rich.moment(decision.at))
    reason = lines(decision.reason or "", _REASON)
    return [first, *([rich.quote(reason)] if reason else []), *kept]


def _release(settled: Settled) -> rich.Json:
    words = rich.words(texts.UNTIL_RELEASED)
    return rich.section(rich.bold(texts.RELEASED_AT), rich.moment(settled.release_at), words)


def _reviews(request: ApprovalRequest) -> list[rich.Json]:
    """List the answers that count, but for the one that already stands as the decision."""
    decision = request.settled.decision if request.settled else request.decision
    current = [review for review in quorum.standing(request) if not _is_decision(review, decision)]
    if not current:
        return []
    shown = [rich.section(*_review(review)) for review in current[-_REVIEWS:]]
    earlier = len(current) - len(shown)
    first = "Answers so far" if request.state.is_open else "Answers before it ended"
    title = f"{first}, and {earlier} earlier" if earlier else first
    return [rich.block(rich.section(rich.bold(title)), rich.bullets(shown))]


def _review(review: Review) -> list[rich.Run]:
    did = f"{texts.on_behalf(review.on_behalf_of)} {texts.verdict(review.verdict, review.category)}"
    did += f"{texts.under(review.condition, _CONDITION)}, "
    runs = [rich.who(review.by), rich.words(did), rich.moment(review.at)]
    reason = line(review.reason or "", _REVIEW_REASON)
    return [*runs, rich.words(f": {reason}")] if reason else runs


def _is_decision(review: Review, decision: Decision | None) -> bool:
    return decision is not None and review.at == decision.at and review.by == decision.by


def draw_waiting(view: RequestView, rolls: Rolls | None = None) -> list[rich.Json]:
    """Return who may answer, how many are still needed, until when, and who is called."""
    request = view.request
    if not request.state.is_open or request.settled or not quorum.missing(request, request.stage):
        return []
    many, whom = who.needed(request)
    runs = [rich.bold(many), rich.words(whom)]
    stage, known = request.ruling.stages[request.stage], rolls or {}
    crowd = Crowd(people=stage.mention, groups=stage.mention_groups)
    called = draw_calls(request, crowd, known, view.lent)[:_MENTIONED]
    pinged = called if request.quiet_until is None else []
    if pinged:
        runs += [rich.words(" · "), *rich.spaced(pinged)]
    elements = [rich.section(*runs), *draw_looker(request)]
    elements += [rich.section(rich.words(one)) for one in draw_stand_ins(request, known, view.lent, pinged)]
    if called and request.quiet_until is not None:
        elements.append(rich.section(rich.words(texts.QUIET), rich.moment(request.quiet_until)))
    if request.deserted or request.thin:
        elements.append(rich.section(rich.words(f"{texts.absent(request)}: more people were asked at once.")))
    if (lack := who.unmanned(request)) is not None:
        elements.append(rich.section(rich.bold(lack)))
    elements += [rich.section(rich.bold(gap)) for gap in draw_gaps(request, known)]
    elements += draw_next_step(request)
    if request.deadline is not None:
        until = rich.words(f"{texts.silence(request)} ")
        elements.append(rich.section(until, rich.moment(request.deadline), rich.words(texts.clock(request))))
    return [rich.block(*elements)]


def draw_looker(request: ApprovalRequest) -> list[rich.Json]:
    """Return who is looking, if anybody is; while a question is open nobody is reminded anyhow."""
    claim = request.claim if request.state is State.PENDING else None
    if claim is None:
        return []
    return [rich.section(rich.words("👀 "), rich.who(claim.by), rich.words(texts.LOOKING), rich.moment(claim.until))]
