"""What a link to a request shows below a message: a small card, and a smaller one where the request has no card."""

from datetime import datetime

from bot.core.people.identity import Via
from bot.core.request import ApprovalRequest
from bot.core.view import RequestView
from bot.slack.words import endings, rich, texts
from bot.slack.words.escape import line

_TITLE, _WHO = 200, 300


def draw_unfurl(view: RequestView, channel_id: str, now: datetime) -> list[rich.Json]:
    """Return the blocks. Only in a channel that has its card is its title told, what failed, and who decided.

    All of it stands in plain text, in which nothing is markup. It is not redrawn, so it says of when it is.
    """
    request, card = view.request, next((card for card in view.cards if card.permalink), None)
    is_here = any(one.channel_id == channel_id for one in view.cards)
    link = f" · <{card.permalink}|Its card>" if card is not None else ""
    seen = f"<!date^{int(now.timestamp())}^{{date_short_pretty}} at {{time}}|{rich.draw_utc(now)}>"
    return [
        {"type": "section", "text": rich.plain("\n".join(_told(request) if is_here else [_least(request)]))},
        rich.context(f"As it was {seen}{link}"),
    ]


def _least(request: ApprovalRequest) -> str:
    return f"#{request.number} · {endings.headline(request)}"


def _told(request: ApprovalRequest) -> list[str]:
    title = line(request.subject.title, _TITLE) or "(no title)"
    return [f"{_least(request)}: {title}", texts.count(request.tests), *_ended(request)]


def _ended(request: ApprovalRequest) -> list[str]:
    """Say who decided, if anybody has; that it is not released yet stands in the first line."""
    decision = request.settled.decision if request.settled else request.decision
    if decision is None:
        return []
    if decision.by.via is Via.TIMER:
        return [endings.timed_out(request)]
    whose = f"{rich.called(decision.by.name, decision.by.via)}{texts.on_behalf(decision.on_behalf_of)}"
    return [line(f"{endings.ending(request, decision)} {whose}", _WHO)]
