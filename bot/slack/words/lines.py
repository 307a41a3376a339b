"""What we say besides cards: a line in a card's thread, a message to whoever asked, a whisper."""

from dataclasses import replace

from bot.core.effects import Note, Said
from bot.core.people.identity import Via
from bot.core.people.membership import Crowd, Rolls
from bot.core.request import ApprovalRequest, State
from bot.core.view import CardRef, RequestView
from bot.slack.cards.button_value import Press, Seal
from bot.slack.cards.buttons import draw_actions
from bot.slack.cards.calling import draw_calls
from bot.slack.cards.card import Card
from bot.slack.words import endings, moments, rich, texts
from bot.slack.words.escape import lines, mrkdwn
from bot.slack.words.moments import marked

_WORDS, _CONDITIONS = 2500, 1000
_AND_CALLS = " · "
CALLED = 20
"""How many people one line calls."""


def draw_thread_line(view: RequestView, said: Said, rolls: Rolls | None = None) -> Card:
    """Return the line under a card that says what just happened."""
    request = view.request
    first = _first_line(request, said)
    called = _called(view, said, rolls or {})
    blocks = [rich.block(rich.section(*first, *called), *_quoted(said))]
    return Card(text=_as_text(f"{_about(request, said)}: {_plain(first)}", said), blocks=blocks)


def draw_requester_message(view: RequestView, said: Said, seal: Seal) -> Card:
    """Return the direct message to whoever asked: what became of it, by whom, why, and where the card is.

    While they are asked something, with a button to answer.
    """
    request = view.request
    message = _draw_message(view, texts.told(request, said), said)
    if said.note is not Note.INFO_REQUESTED or request.state is not State.NEEDS_INFO:
        return message
    return replace(message, blocks=[*message.blocks, draw_actions(request, [Press.ANSWER], seal)])


def draw_person_message(view: RequestView, said: Said) -> Card:
    """Return the direct message to somebody who did not ask, but has to know."""
    return _draw_message(view, texts.told_alone(view.request, said), said)


def _draw_message(view: RequestView, sentence: str, said: Said) -> Card:
    card = next((card for card in view.cards if card.permalink), None)
    elements = [rich.section(rich.bold(sentence)), *_quoted(said)]
    if card is not None and card.permalink:
        elements.append(rich.section({"type": "link", "url": card.permalink, "text": f"The card in {_channel(card)}"}))
    return Card(text=_as_text(sentence, said), blocks=[rich.block(*elements)])


def draw_whisper(text: str) -> Card:
    """Return what only one person sees; *text* may hold untrusted names."""
    words = lines(text, _WORDS) or "That did not count."
    return Card(text=marked(mrkdwn(words, _WORDS)), blocks=[rich.block(rich.section(*moments.runs(words)))])


def _first_line(request: ApprovalRequest, said: Said) -> list[rich.Run]:
    """Names stand in plain words, so that nobody is pinged by what they did themselves."""
    if said.note is Note.DECIDED:
        whose = f"{endings.in_category(said.category)} {texts.by_whom(request, said)}"
        return [rich.bold(endings.headline(request)), rich.words(whose)]
    return [rich.words(texts.happened(request, said))]


def _called(view: RequestView, said: Said, rolls: Rolls) -> list[rich.Run]:
    """Return what pings those whom the line calls, and whoever stands in for them."""
    crowd = Crowd(people=said.calls, groups=said.groups)
    called = draw_calls(view.request, crowd, rolls, view.lent)[:CALLED]
    return [rich.words(_AND_CALLS), *rich.spaced(called)] if called else []


def _quoted(said: Said) -> list[rich.Json]:
    words = _own_words(said)
    quoted = [rich.quote(words)] if words else []
    if said.conditions:
        kept = rich.words(texts.conditions(said.conditions, _CONDITIONS))
        quoted.append(rich.section(rich.bold(texts.CONDITIONS), kept))
    if said.release_at is not None:
        until = rich.moment(said.release_at), rich.words(texts.UNTIL_RELEASED)
        quoted.append(rich.section(rich.bold(texts.RELEASED_AT), *until))
    return quoted


def _own_words(said: Said) -> str:
    """Return what somebody wrote; the clock writes nothing."""
    return "" if said.by.via is Via.TIMER else lines(said.words or "", _WORDS)


def _about(request: ApprovalRequest, said: Said) -> str:
    """Return what stands before a line that may be read far from its card; an end says itself how that stands."""
    state = "" if said.note is Note.DECIDED else f", {endings.headline(request)}"
    return f"{texts.named(request)}{state}"


def _plain(runs: list[rich.Run]) -> str:
    return "".join(str(run.get("text", "")) for run in runs)


def _as_text(first: str, said: Said) -> str:
    words = _own_words(said)
    text = f"{first}: {words}" if words else f"{first}."
    if said.conditions:
        text = f"{text.removesuffix('.')} · {texts.CONDITIONS}{texts.conditions(said.conditions, _CONDITIONS)}."
    if said.release_at is not None:
        text = f"{text.removesuffix('.')} · {texts.RELEASED_AT}{rich.draw_utc(said.release_at)}{texts.UNTIL_RELEASED}"
    return marked(mrkdwn(text, _WORDS))


def _channel(card: CardRef) -> str:
    return rich.name(card.place)
