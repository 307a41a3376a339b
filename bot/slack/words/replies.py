"""Answers to `/jit`: for one person's eyes, so short and plain."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, cast

from bot.core.people.delegation import Delegation
from bot.core.people.identity import Actor, Standing
from bot.core.request import ApprovalRequest, RequestId, State
from bot.slack.cards.card import Card
from bot.slack.words import moments, rich, texts
from bot.slack.words.escape import line, lines, mrkdwn, strip
from bot.slack.words.moments import marked
from bot.slack.words.spoken import draw_text

ONLY_LOOKS = "By message I only look things up: a message can be changed later, or sent by an app. Type this instead:"
SHARED = (
    "People of other workspaces read this channel, so I answer nothing in it. Write me a direct message, or type /jit."
)
PERHAPS_SHARED = (
    "Slack couldn't tell whether people of other workspaces read this channel, so I answer nothing in it. Write me a "
    "direct message, or type /jit."
)
TOO_MANY = "That is more than I answer in a minute. What you wrote last is not looked up: write it again in a moment."
BEGIN = "I answer messages that begin with my name: write “list” behind it, or “help”, which says what else there is."
"""What messages to the bot are answered that `/jit` would not be."""

_SENTENCE = 2500
_TITLE = 120
_CHANGED = 120
_LINES, _LINE = 30, 300
_WHOSE = {
    "": "Open requests",
    "for me": "Open requests that you can answer",
    "mine": "Open requests of yours",
    "channel": "Open requests with a card in this channel",
}
_STANDINGS = {
    Standing.MEMBER: "a full member of this workspace",
    Standing.GUEST: "a guest of this workspace: guests can't answer",
}
_FOR_GOOD = "So it was when you asked. What it comes to, and its buttons, are on its card and at /jit show."
_NOTHING = {
    "": "Nothing is waiting for anybody.",
    "for me": "Nothing is waiting for you.",
    "mine": "You have asked for nothing that is still open.",
    "channel": "No open request has a card in this channel.",
}


def draw_sentence(sentence: str) -> Card:
    """Return one sentence; it may hold words of others."""
    words = lines(sentence, _SENTENCE) or "Nothing to say."
    return Card(text=marked(mrkdwn(words, _SENTENCE)), blocks=[rich.block(rich.section(*moments.runs(words)))])


def draw_to_type(sentence: str, pieces: Sequence[str]) -> Card:
    """Return a sentence, and the line to be typed; every other one of *pieces* is the Slack id of somebody in it."""
    runs: list[rich.Run] = [
        {"type": "user", "user_id": piece} if at % 2 else rich.code(strip(piece)) for at, piece in enumerate(pieces)
    ]
    return Card(
        text=mrkdwn(f"{sentence} {''.join(pieces)}", _SENTENCE),
        blocks=[rich.block(rich.section(rich.words(f"{sentence}\n"), *runs))],
    )


def draw_for_good(card: Card) -> Card:
    """Return an answer that stays where it is while what it tells of goes on: a word on it stands for its buttons."""
    kept = [block for block in card.blocks if block["type"] != "actions"]
    if len(kept) == len(card.blocks):
        return card
    return Card(text=card.text, blocks=[*kept, rich.block(rich.section(rich.words(_FOR_GOOD)))])


def draw_help(usage: Sequence[tuple[str, str]]) -> Card:
    """Return what there is, as pairs of how to write it and what it does."""
    items = [rich.section(rich.code(how), rich.words(f" — {what}")) for how, what in usage]
    text = "; ".join(f"{how}: {what}" for how, what in usage)
    return Card(
        text=mrkdwn(text, _SENTENCE),
        blocks=[rich.block(rich.section(rich.bold("What you can ask me")), rich.bullets(items))],
    )


def draw_list(
    requests: Sequence[ApprovalRequest], mine: AbstractSet[RequestId], *, has_more: bool, whose: str = ""
) -> Card:
    """Return open requests; those in *mine* the asker could answer. *whose* is which were asked for, when not all."""
    if not requests:
        return draw_sentence(_NOTHING[whose])
    items = [draw_item(request, " · you can answer" if request.id in mine else "") for request in requests]
    which = _WHOSE[whose]
    title = f"The newest {len(requests)} {which.lower()}" if has_more else f"{which}: {len(requests)}"
    blocks = [rich.block(rich.section(rich.bold(title)), rich.bullets(items))]
    return Card(text=draw_text(blocks, _SENTENCE), blocks=blocks)


def draw_item(request: ApprovalRequest, remark: str) -> rich.Json:
    """Return a request in two lines; *remark* stands at their end."""
    runs = [rich.bold(f"#{request.number} "), rich.words(line(request.subject.title, _TITLE) or "(no title)")]
    runs.append(rich.words(f"\n{texts.place(request.subject)} · {texts.count(request.tests)}"))
    if request.settled is not None:
        done = "approved" if request.settled.is_yes else "rejected"
        runs += [rich.words(f" · {done}, to be released "), rich.moment(request.settled.release_at)]
    elif request.deadline is not None:
        runs += [rich.words(" · until "), rich.moment(request.deadline)]
    claim = request.claim if request.state is State.PENDING else None
    if claim is not None:
        runs += [rich.words(" · 👀 "), rich.who(claim.by), rich.words(texts.LOOKING), rich.moment(claim.until)]
    since = texts.since(request) if request.state.is_open else None
    if since is not None:
        runs.append(rich.words(f" · changed since revision {since.revision}: {line(str(since.since), _CHANGED)}"))
    return rich.section(*runs, rich.bold(remark))


def draw_explanation(request: ApprovalRequest) -> Card:
    """Return why a request was judged as it was, and who may answer, in the words that were frozen into it."""
    ruling = request.ruling
    title = f"#{request.number} is judged by the rule “{rich.name(ruling.rule)}”"
    return _listing(title, [[rich.words(line(text, _LINE))] for text in ruling.lines])


def draw_history(request: ApprovalRequest, entries: Sequence[Mapping[str, Any]]) -> Card:
    """Return what the log holds about a request, oldest first; of many the newest."""
    title = f"#{request.number} in the audit log: {len(entries)} entries"
    return _listing(title, [_entry(entry) for entry in entries])


def draw_identity(by: Actor, lent: Sequence[Delegation]) -> Card:
    """Return who somebody is to the bot, and in whose name they may answer."""
    person = by.person
    handles = [] if person is None else [handle for handle in (person.email, person.slack_id, person.github) if handle]
    said = [f"You are {by.name}, {_STANDINGS[by.standing]}."]
    said += [f"I know you as {', '.join(handles)}."] if handles else []
    said += [f"You may answer in the name of {one.giver.key}." for one in lent]
    return draw_sentence(" ".join(said))


def _entry(entry: Mapping[str, Any]) -> list[rich.Run]:
    at, by = datetime.fromisoformat(entry["at"]), cast("Mapping[str, Any]", entry["actor"])
    who = line(str(by.get("person") or ""), _TITLE) or rich.called(str(by.get("name") or ""), str(by.get("via")))
    what = rich.bold(line(entry["event"], _TITLE))
    return [rich.words(f"{entry['seq']} · "), what, rich.words(f" by {who}, "), rich.moment(at)]


def _listing(title: str, items: Sequence[Sequence[rich.Run]]) -> Card:
    """Return a title and, below it, the last few items."""
    shown = items[-_LINES:]
    hidden = f", the newest {len(shown)} shown" if len(items) > len(shown) else ""
    elements = [rich.section(rich.bold(f"{title}{hidden}"))]
    if shown:
        elements.append(rich.bullets(rich.section(*runs) for runs in shown))
    blocks = [rich.block(*elements)]
    return Card(text=draw_text(blocks, _SENTENCE), blocks=blocks)
