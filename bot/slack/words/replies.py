"""Answers to `/jit`: for one person's eyes, so short and plain."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from bot.core.request import ApprovalRequest, RequestId
from bot.slack.cards.card import Card
from bot.slack.words import rich, texts
from bot.slack.words.escape import line, lines, mrkdwn

_SENTENCE = 2500
_TITLE = 120


def draw_sentence(sentence: str) -> Card:
    """Return one sentence; it may hold words of others."""
    words = lines(sentence, _SENTENCE) or "Nothing to say."
    return Card(text=mrkdwn(words, _SENTENCE), blocks=[rich.block(rich.section(rich.words(words)))])


def draw_help(usage: Sequence[tuple[str, str]]) -> Card:
    """Return what there is, as pairs of how to write it and what it does."""
    items = [rich.section(rich.code(how), rich.words(f" — {what}")) for how, what in usage]
    text = "; ".join(f"{how}: {what}" for how, what in usage)
    return Card(
        text=mrkdwn(text, _SENTENCE),
        blocks=[rich.block(rich.section(rich.bold("What you can ask me")), rich.bullets(items))],
    )


def draw_list(requests: Sequence[ApprovalRequest], mine: AbstractSet[RequestId], more: str | None) -> Card:
    """Return open requests; those in *mine* the asker could answer. *more* is set when there are older ones."""
    if not requests:
        return draw_sentence("Nothing is waiting for anybody.")
    items = [_item(request, " · you can answer" if request.id in mine else "") for request in requests]
    title = f"The newest {len(requests)} open requests" if more else f"Open requests: {len(requests)}"
    text = ", ".join(f"#{request.number} {line(request.subject.title, 60)}" for request in requests)
    return Card(
        text=mrkdwn(f"{title}: {text}", _SENTENCE),
        blocks=[rich.block(rich.section(rich.bold(title)), rich.bullets(items))],
    )


def _item(request: ApprovalRequest, remark: str) -> rich.Json:
    runs = [rich.bold(f"#{request.number} "), rich.words(line(request.subject.title, _TITLE) or "(no title)")]
    runs.append(rich.words(f"\n{texts.place(request.subject)} · {texts.count(request.tests)}"))
    if request.deadline is not None:
        runs += [rich.words(" · until "), rich.moment(request.deadline)]
    return rich.section(*runs, rich.bold(remark))
