"""The Details dialog: every failure page by page, or those looked for; what was asked, and how the rule came to ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.evidence import Failure
from bot.core.judging.trail import is_unclear
from bot.core.life import quorum
from bot.core.request import ApprovalRequest, Exchange, Review
from bot.core.view import RequestView
from bot.slack.cards.asked import draw_asked, draw_place
from bot.slack.cards.card import draw_standing, draw_waiting
from bot.slack.cards.company import draw_company, draw_whose_output
from bot.slack.cards.evidence import meaning, where
from bot.slack.cards.gone import draw_gone
from bot.slack.dialogs.reasons import DETAILS_CALLBACK, Origin
from bot.slack.dialogs.searching import EVERYTHING, Search, draw_note, draw_result, draw_search, find
from bot.slack.words import endings, moments, rich, texts, triage
from bot.slack.words.escape import line, lines, tail
from bot.slack.words.parameters import pages
from bot.slack.words.waived import waived

PAGE_SIZE = 8
"""Failures on a page: at their longest they stay well under the 250 KB of a view."""

BACK, NEXT = "jit_page_back", "jit_page_next"
_ID, _MESSAGE, _DETAIL = 400, 600, 1100
_EXPLANATION, _WHO, _STEP, _REVIEWS, _EXCHANGES, _REASON = 15, 15, 300, 20, 10, 300
_CONDITION, _WHY = 50, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which failures, and which part of the parameters, a page shows; pages count from 0.

    ``found`` are all failures that are looked for, each with its number among all.
    """

    index: int
    last: int
    found: Sequence[tuple[int, Failure]] = ()

    @property
    def failures(self) -> Sequence[tuple[int, Failure]]:
        """Return those on the page."""
        first = self.index * PAGE_SIZE
        return self.found[first : first + PAGE_SIZE]

    @property
    def has_evidence(self) -> bool:
        """Tell whether it is about failures; behind the last one only parameters go on."""
        return self.index == 0 or bool(self.failures)


def page_of(view: RequestView, wanted: int, search: Search = EVERYTHING) -> Page:
    """Return the page nearest to the *wanted* one."""
    found = find(view.tests, search)
    sheets = [] if search.is_on else pages(view.request.subject.parameters)
    last = max(0, (len(found) - 1) // PAGE_SIZE, len(sheets) - 1)
    return Page(index=min(max(wanted, 0), last), last=last, found=found)


def draw_details(view: RequestView, wanted: int, origin: Origin, search: Search = EVERYTHING) -> rich.Json:
    """Return the dialog at page *wanted*; only the first page carries more than parameters and failures.

    Where failures are looked for, it shows those alone.
    """
    request, page = view.request, page_of(view, wanted, search)
    blocks = [draw_place(request, 0), _state(request), *draw_company(view)]
    if page.index == 0 and not search.is_on:
        blocks += [*draw_standing(request), draw_asked(request, _WHY), *draw_waiting(view)]
        blocks += [*_parameters(view, page), *_more(request), *draw_gone(view)]
    elif not search.is_on:
        blocks += _parameters(view, page)
    looking = draw_search(view.tests, search) if page.has_evidence else []
    blocks += _evidence(view, page, search, looking)
    if page.last > 0:
        blocks.append(_turning(page))
    return {
        "type": "modal",
        "callback_id": DETAILS_CALLBACK,
        "title": rich.plain(f"Request #{request.number}"),
        **({"submit": rich.plain("Search")} if looking else {}),
        "close": rich.plain("Close"),
        "private_metadata": draw_note(origin, search),
        "blocks": blocks,
    }


def _state(request: ApprovalRequest) -> rich.Json:
    return rich.block(rich.section(rich.bold(endings.headline(request)), rich.words(f" · revision {request.revision}")))


def _more(request: ApprovalRequest) -> list[rich.Json]:
    lists = [
        (f"Rule “{rich.name(request.ruling.rule)}”", [[rich.words(step)] for step in _explanation(request)]),
        ("Answers", _answers(request)),
        ("Questions", [_exchange_runs(exchange) for exchange in request.exchanges[-_EXCHANGES:]]),
    ]
    return [
        rich.block(rich.section(rich.bold(title)), rich.bullets(rich.section(*runs) for runs in items))
        for title, items in lists
        if items
    ]


def _parameters(view: RequestView, page: Page) -> list[rich.Json]:
    sheets = pages(view.request.subject.parameters)
    return sheets[page.index] if page.index < len(sheets) else []


def _explanation(request: ApprovalRequest) -> list[str]:
    """Return the steps, those first that could not be taken, how many more there are, and who may answer."""
    ruling = request.ruling
    steps = sorted(
        filter(None, (line(text, _STEP) for text in ruling.explanation)), key=lambda step: not is_unclear(step)
    )
    rest = len(steps) - _EXPLANATION
    more = [f"and {rest} more steps"] if rest > 0 else []
    who = [line(text, _STEP) for text in ruling.who_may]
    hidden = [f"and {len(who) - _WHO} more lines on who may answer"] if len(who) > _WHO else []
    return [*steps[:_EXPLANATION], *more, *who[:_WHO], *hidden]


def _answers(request: ApprovalRequest) -> list[list[rich.Run]]:
    standing = quorum.standing(request)
    shown = request.reviews[-_REVIEWS:]
    return [_review_runs(one, counts=any(one is other for other in standing)) for one in shown]


def _review_runs(review: Review, *, counts: bool) -> list[rich.Run]:
    worthless = "" if counts else f" ({texts.why_worthless(review)}, no longer counts)"
    reason = line(review.reason or "", _REASON)
    return [
        rich.who(review.by),
        rich.words(
            f"{texts.on_behalf(review.on_behalf_of)} {texts.verdict(review.verdict, review.category)}"
            f"{texts.under(review.condition, _CONDITION)}{worthless}, "
        ),
        rich.moment(review.at),
        *([rich.words(f": {reason}")] if reason else []),
    ]


def _exchange_runs(exchange: Exchange) -> list[rich.Run]:
    return [
        rich.who(exchange.asked_by),
        rich.words(f" asked: {line(exchange.question, _REASON) or '(nothing)'} · "),
        rich.who(exchange.answered_by),
        rich.words(" answered, "),
        rich.moment(exchange.at),
        rich.words(f": {line(exchange.answer, _REASON) or '(nothing)'}"),
    ]


def _evidence(view: RequestView, page: Page, search: Search, looking: list[rich.Json]) -> list[rich.Json]:
    """Return the count, the fields to look for failures, and the page's failures."""
    if not page.has_evidence:
        return []
    failures = [_failure(*one) for one in page.failures]
    whose = draw_whose_output(view) if failures else []
    result = draw_result(view.tests, search, len(page.found))
    return [rich.header(texts.count(view.tests)), *looking, *result, *whose, *failures]


def _failure(number: int, failure: Failure) -> rich.Json:
    name = tail(failure.id, _ID) or "(a test without a name)"
    parts = [part for part in (line(failure.message, _MESSAGE), where(failure), waived(failure)) if part]
    runs = [rich.words(f"{number}. "), *meaning(failure), rich.code(name), *(rich.words(f"\n{part}") for part in parts)]
    if known := triage.whole_past(failure):
        runs += moments.runs(f"\n{known}")
    elements = [rich.section(*runs)]
    if detail := lines(failure.detail, _DETAIL):
        elements.append(rich.preformatted(detail))
    return rich.block(*elements)


def _turning(page: Page) -> rich.Json:
    """Return the buttons to turn the page; their value is the page they lead to."""
    elements: list[rich.Json] = []
    if page.index > 0:
        elements.append(_turn(BACK, f"Page {page.index}", page.index - 1))
    if page.index < page.last:
        elements.append(_turn(NEXT, f"Page {page.index + 2} of {page.last + 1}", page.index + 1))
    return {"type": "actions", "elements": elements}


def _turn(action_id: str, label: str, leads_to: int) -> rich.Json:
    return {"type": "button", "action_id": action_id, "text": rich.plain(label), "value": str(leads_to)}
