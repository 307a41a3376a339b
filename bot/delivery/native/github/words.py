"""What is shown on GitHub: the comment of a decision, status reports, and the check run."""

from collections.abc import Mapping
from typing import Any

import orjson

from bot.core.moments import draw_moment
from bot.core.request import ApprovalRequest, State
from bot.core.view import RequestView
from bot.delivery.native.plain import cut, in_markdown
from bot.delivery.native.standing import say_end, say_standing

MOST_OF_A_COMMENT = 1024
"""Characters (GitHub: "Creating custom deployment protection rules")."""

_SHOWN_FAILURES = 10

_CONCLUSIONS: Mapping[State, str] = {
    State.APPROVED: "success",
    State.REJECTED: "failure",
    State.EXPIRED: "neutral",
    State.CANCELLED: "cancelled",
    State.SUPERSEDED: "cancelled",
}
"""How a check run ends: nobody's silence is anybody's failure."""


def draw_decision(request: ApprovalRequest, environment: str) -> bytes:
    """Return what GitHub is told of the end: only an approval lets the deployment go on."""
    state = "approved" if request.state is State.APPROVED else "rejected"
    comment = cut(say_end(request), MOST_OF_A_COMMENT)
    return orjson.dumps({"environment_name": environment, "state": state, "comment": comment})


def draw_report(view: RequestView, environment: str) -> bytes:
    """Return a status report: a comment without a state decides nothing."""
    link = permalink_of(view)
    where = f" {link}" if link else ""
    comment = cut(say_standing(view), MOST_OF_A_COMMENT - len(where)) + where
    return orjson.dumps({"environment_name": environment, "comment": comment})


def draw_check(view: RequestView, environment: str, sha: str) -> Mapping[str, Any]:
    """Return the check run as it is now, on the commit *sha*."""
    request, link = view.request, permalink_of(view)
    is_open = request.state.is_open
    ended = (
        {"status": "in_progress"}
        if is_open
        else {
            "status": "completed",
            "conclusion": _CONCLUSIONS[request.state],
            "completed_at": draw_moment(request.decision.at) if request.decision else None,
        }
    )
    said = say_standing(view) if is_open else say_end(request)
    return {
        "name": cut(f"JIT approval ({environment})", 100),
        "head_sha": sha,
        "external_id": request.id,
        **({"details_url": link} if link else {}),
        **ended,
        "output": {"title": _title(request), "summary": "\n\n".join([said, *_failures(view)])},
    }


def permalink_of(view: RequestView) -> str | None:
    """Return where the card is to be seen, if it is posted."""
    return next((card.permalink for card in view.cards if card.permalink), None)


def _title(request: ApprovalRequest) -> str:
    state = "waiting" if request.state.is_open else request.state.value
    return cut(f"#{request.number} {state}", 200)


def _failures(view: RequestView) -> list[str]:
    tests = view.tests
    if not tests.total:
        return []
    shown = tests.failures[:_SHOWN_FAILURES]
    lines = [f"- {in_markdown(one.id, 200)}: {in_markdown(one.message or 'failed', 200)}" for one in shown]
    more = tests.failed - len(shown)
    return [
        f"{tests.failed} of {tests.total} tests failed.",
        "\n".join([*lines, *([f"- and {more} more"] if more else [])]),
    ]
