"""The Details dialog: every failure page by page, everything that was asked, and how the rule came to ask."""

from dataclasses import dataclass

from bot.core.evidence import Failure
from bot.core.judging.trail import is_unclear
from bot.core.request import ApprovalRequest, Exchange, Review
from bot.core.view import RequestView
from bot.slack.cards.asked import draw_asked, draw_place
from bot.slack.cards.card import draw_standing, draw_waiting
from bot.slack.cards.company import draw_company, draw_whose_output
from bot.slack.cards.evidence import where
from bot.slack.cards.gone import draw_gone
from bot.slack.dialogs.reasons import DETAILS_CALLBACK, Origin
from bot.slack.words import rich, texts
from bot.slack.words.escape import line, lines, tail
from bot.slack.words.parameters import pages

PAGE_SIZE = 8
"""Failures on a page: at their longest they stay well under the 250 KB of a view."""

BACK, NEXT = "jit_page_back", "jit_page_next"
_ID, _MESSAGE, _DETAIL = 400, 600, 1200
_EXPLANATION, _WHO, _STEP, _REVIEWS, _EXCHANGES, _REASON = 15, 15, 300, 20, 10, 300
_CONDITION = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which failures, and which part of the parameters, a page shows; pages count from 0."""

    index: int
    last: int


def page_of(view: RequestView, wanted: int) -> Page:
    """Return the page nearest to the *wanted* one."""
    last = max(0, (len(view.tests.failures) - 1) // PAGE_SIZE, len(pages(view.request.subject.parameters)) - 1)
    return Page(index=min(max(wanted, 0), last), last=last)


def draw_details(view: RequestView, wanted: int, origin: Origin) -> rich.Json:
    """Return the dialog at page *wanted*; only the first page carries more than parameters and failures."""
    request, page = view.request, page_of(view, wanted)
    blocks = [draw_place(request, 0), _state(request), *draw_company(view)]
    if page.index == 0:
        blocks += [*draw_standing(request), draw_asked(request), *draw_waiting(view)]
        blocks += [*_parameters(view, page), *_more(request), *draw_gone(view)]
    else:
        blocks += _parameters(view, page)
    blocks += _evidence(view, page)
    if page.last > 0:
        blocks.append(_turning(page))
    return {
        "type": "modal",
        "callback_id": DETAILS_CALLBACK,
        "title": rich.plain(f"Request #{request.number}"),
        "close": rich.plain("Close"),
        "private_metadata": origin.draw(),
        "blocks": blocks,
    }


def _state(request: ApprovalRequest) -> rich.Json:
    return rich.block(rich.section(rich.bold(texts.headline(request)), rich.words(f" · revision {request.revision}")))


def _more(request: ApprovalRequest) -> list[rich.Json]:
    lists = [
        (f"Rule “{rich.name(request.ruling.rule)}”", [[rich.words(step)] for step in _explanation(request)]),
        ("Answers", [_review_runs(review) for review in request.reviews[-_REVIEWS:]]),
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


def _review_runs(review: Review) -> list[rich.Run]:
    void = f" (of revision {review.revision}, no longer counts)" if review.void else ""
    reason = line(review.reason or "", _REASON)
    return [
        rich.who(review.by),
        rich.words(
            f"{texts.on_behalf(review.on_behalf_of)} {texts.verdict(review.verdict, review.category)}"
            f"{texts.under(review.condition, _CONDITION)}{void}, "
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


def _evidence(view: RequestView, page: Page) -> list[rich.Json]:
    """Return the count and the page's failures; behind the last failure only parameters go on."""
    failures = _failures(view, page)
    whose = draw_whose_output(view) if failures else []
    return [rich.header(texts.count(view.tests)), *whose, *failures] if failures or page.index == 0 else []


def _failures(view: RequestView, page: Page) -> list[rich.Json]:
    first = page.index * PAGE_SIZE
    shown = view.tests.failures[first : first + PAGE_SIZE]
    return [_failure(first + offset + 1, failure) for offset, failure in enumerate(shown)]


def _failure(number: int, failure: Failure) -> rich.Json:
    name = tail(failure.id, _ID) or "(a test without a name)"
    parts = [part for part in (line(failure.message, _MESSAGE), where(failure)) if part]
    elements = [rich.section(rich.words(f"{number}. "), rich.code(name), *(rich.words(f"\n{part}") for part in parts))]
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
