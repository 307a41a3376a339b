"""What is said reads well without pictures, colours and blocks, and every time is the reader's own."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.core.effects import Said
from bot.core.home import HomeTab
from bot.core.people.identity import Person
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Verdict
from bot.slack import Seal
from bot.slack.cards.card import Card, draw_card
from bot.slack.cards.exchanges import draw_answer_dialog, draw_ask_dialog
from bot.slack.dialogs.details import draw_details
from bot.slack.dialogs.reasons import Origin, draw_reason_dialog, draw_refusal_view
from bot.slack.dialogs.requesting import Draft, draw_request_dialog
from bot.slack.home import tab
from bot.slack.home.bulk import Settled, draw_bulk_dialog, draw_bulk_result
from bot.slack.home.contents import Contents
from bot.slack.home.delegating import draw_delegate_dialog, draw_delegated_view
from bot.slack.words import endings, moments, rich, texts
from bot.slack.words.escape import mrkdwn
from bot.slack.words.lines import draw_person_message, draw_requester_message, draw_thread_line, draw_whisper
from bot.slack.words.replies import draw_explanation, draw_history, draw_list, draw_sentence
from tests.factories import BO, NOON, a_delegation, a_freeze, a_request, a_subject
from tests.slack.validating import require_legal_card, require_legal_view
from tests.slack.views_of import HOSTILE, SHAPES
from tests.slack.words.test_lines import GLASS, SAID

Json = dict[str, Any]

SEAL = Seal("a-secret-key-of-thirty-two-characters")
ORIGIN = Origin(value="1." + "x" * 118, channel="C0APPROVE", ts="1772625600.000100")
DATE = re.compile(r"<!date\^[0-9]+\^[^|>]+\|[^>]+>")
BARE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}")
"""A time that no reader sees in their own zone."""

BOTH = (a_request(number=1), a_request(number=2, subject=a_subject(title="Drop a table", environment="staging")))
ENTRIES = [{"seq": 7, "at": "2026-03-04T12:00:00Z", "event": "request.reviewed", "actor": {"name": "bo"}}]
REPLIES: Mapping[str, Card] = {
    "list": draw_list(BOTH, frozenset(), has_more=False),
    "history": draw_history(BOTH[0], ENTRIES),
    "explanation": draw_explanation(BOTH[0]),
    "sentence": draw_sentence(f"Nothing is approved in {a_freeze()}."),
    "whisper": draw_whisper(f"Nothing is approved in {a_freeze()}."),
}


def messages() -> Iterator[tuple[str, Card]]:
    """Every message there is about a request, in every shape."""
    for shape, made in SHAPES.items():
        view = made()
        yield f"the card: {shape}", draw_card(view, SEAL)
        for name, said in said_of(view.request).items():
            yield f"a line: {shape}: {name}", draw_thread_line(view, said)
            yield f"a message: {shape}: {name}", draw_requester_message(view, said, SEAL)
    for name, said in GLASS.items():
        yield f"a message to others: {name}", draw_person_message(SHAPES["released in an emergency"](), said)


def said_of(request: ApprovalRequest) -> Mapping[str, Said]:
    """Everything that may be said of it; where nobody is asked, no stage begins."""
    return {name: said for name, said in (SAID | GLASS).items() if request.ruling.stages or name != "a stage began"}


def dialogs() -> Iterator[tuple[str, Json]]:
    """Every dialog and the Home tab, where they show the most."""
    for shape, made in SHAPES.items():
        view = made()
        yield f"details: {shape}", draw_details(view, 0, ORIGIN)
        yield f"reject: {shape}", draw_reason_dialog(view.request, Verdict.REJECT, ORIGIN)
    found = tuple(a_request(number=n) for n in range(20, 0, -1))
    home = HomeTab(slack_id="U0BO00000", person=BO, opened_at=NOON, notice=f"Refused in {a_freeze()}.")
    contents = Contents(
        home=home, waiting=found, asked=found, decided=found, given=a_delegation(), received=(a_delegation(),)
    )
    yield "home", tab.draw_tab(contents, SEAL)
    yield "ask", draw_ask_dialog(BOTH[0], ORIGIN)
    yield "answer", draw_answer_dialog(a_request(state=State.NEEDS_INFO), ORIGIN)
    yield "refused", draw_refusal_view("Not counted", f"Nothing is approved in {a_freeze()}.", BOTH[0])
    yield "request", draw_request_dialog(["access", "change"], Draft())
    yield "many", draw_bulk_dialog(BOTH, ["v", "w"])
    yield "what came of many", draw_bulk_result([Settled(number=1, sentence=f"In {a_freeze()}.", is_counted=False)])
    yield "delegate", draw_delegate_dialog(a_delegation())
    yield "delegated", draw_delegated_view(f"Until {rich.draw_utc(NOON)} dia may answer in your name.")


def objects(value: object) -> Iterator[Json]:
    """Every object in it, at any depth."""
    if isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from objects(inner)
    if isinstance(value, dict):
        drawn = cast("Json", value)
        yield drawn
        yield from objects([*drawn.values()])


def words_in(blocks: object) -> Iterator[str]:
    """Every text that stands in them; what Slack shows of a date is a date."""
    for one in objects(blocks):
        if one.get("type") != "date" and isinstance(one.get("text"), str):
            yield one["text"]


def without_images_that_say_nothing(blocks: object) -> list[Json]:
    return [one for one in objects(blocks) if one.get("type") == "image" and not str(one.get("alt_text", "")).strip()]


def of_signs_alone(blocks: object) -> list[str]:
    """Texts of signs that no word explains, in the line they stand in."""
    lines = [
        one for one in objects(blocks) if str(one.get("type", "")).startswith(("rich_text_", "plain_text", "mrkdwn"))
    ]
    said = ["".join(words_in(one)) for one in lines if one["type"] != "rich_text_list"]
    return [text for text in said if any(ord(sign) > 0x2190 for sign in text) and not re.search(r"\w{2}", text)]


def named_twice(blocks: object) -> list[str]:
    """What several buttons of one view are called that do different things."""
    named = dict[str, set[tuple[str, str]]]()
    for one in objects(blocks):
        if one.get("type") == "button":
            name = str(one.get("accessibility_label") or one["text"]["text"])
            named.setdefault(name, set()).add((str(one["action_id"]), str(one.get("value"))))
    return [name for name, deeds in named.items() if len(deeds) > 1]


def test_a_message_says_what_where_and_how_it_stands_without_its_blocks() -> None:
    wrong = list[str]()
    for shape, made in SHAPES.items():
        view, request = made(), made().request
        place, number = mrkdwn(texts.place(request.subject), 300), f"#{request.number}"
        state = endings.headline(request).partition(" ")[2]
        for name, said in said_of(request).items():
            line = draw_thread_line(view, said).text
            told = draw_requester_message(view, said, SEAL).text
            wrong += [f"{shape}: {name}: {text}" for text in (line, told) if number not in text or place not in text]
            wrong += [f"{shape}: {name}: {line}"] if state not in line else []
        card = draw_card(view, SEAL).text
        wrong += [f"{shape}: {card}"] if not (number in card and place in card and state in card) else []

    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("name", REPLIES)
def test_an_answer_says_all_it_shows_without_its_blocks(name: str) -> None:
    card = REPLIES[name]

    require_legal_card(card)
    for text in words_in(card.blocks):
        for word in re.findall(r"\w+", text):
            assert word in card.text, card.text


def test_every_time_is_the_readers_own() -> None:
    wrong = list[str]()
    for name, card in (*messages(), *REPLIES.items()):
        wrong += [f"{name}: {text}" for text in (DATE.sub("", card.text), *words_in(card.blocks)) if BARE.search(text)]
    for name, view in dialogs():
        wrong += [f"{name}: {text}" for text in words_in(view) if BARE.search(text)]

    assert "\n".join(wrong) == ""


def test_no_picture_is_without_words_and_no_sign_either() -> None:
    drawn = [*((name, card.blocks) for name, card in messages()), *((name, view) for name, view in dialogs())]

    assert [name for name, blocks in drawn if without_images_that_say_nothing(blocks)] == []
    assert [(name, said) for name, blocks in drawn if (said := of_signs_alone(blocks))] == []
    assert [(name, card.text) for name, card in messages() if not re.search(r"\w{3}", card.text)] == []


def test_buttons_that_do_different_things_are_called_differently() -> None:
    drawn = [*((name, card.blocks) for name, card in messages()), *((name, view) for name, view in dialogs())]

    assert [(name, twice) for name, blocks in drawn if (twice := named_twice(blocks))] == []


def test_these_tests_would_see_it() -> None:
    silent = {"type": "section", "accessory": {"type": "image", "image_url": "https://x.test/a.png", "alt_text": " "}}
    sign = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [rich.words("✅ ")]}]}
    pressed = [{"type": "button", "action_id": "a", "value": value, "text": rich.plain("Go")} for value in "12"]

    assert without_images_that_say_nothing([silent])
    assert of_signs_alone([sign]) == ["✅ "]
    assert named_twice(pressed) == ["Go"]
    assert BARE.search("until 2026-03-04 12:00 UTC")


@pytest.mark.parametrize("words", ["at 2026-03-04 12:00 UTC", "2026-03-04 12:00 UTC", "a 2026-03-04 12:00 UTC b"])
def test_a_time_in_a_sentence_becomes_the_readers(words: str) -> None:
    runs = moments.runs(words)

    assert [run for run in runs if run["type"] == "date"] == [rich.moment(NOON)]
    assert "".join(str(run.get("text", run.get("fallback"))) for run in runs) == words
    assert moments.marked(words).endswith(words.partition("UTC")[2])
    assert f"|{rich.draw_utc(NOON)}>" in moments.marked(words)


@pytest.mark.parametrize("words", ["", "2026-02-30 12:00 UTC", "2026-03-04 99:00 UTC", "12026-03-04 12:00", HOSTILE])
def test_what_is_no_time_stays_as_it_is(words: str) -> None:
    assert "".join(str(run["text"]) for run in moments.runs(words)) == words
    assert moments.marked(words) == words


def test_a_sentence_with_many_times_is_legal() -> None:
    sentence = " ".join(rich.draw_utc(NOON + timedelta(days=day)) for day in range(90))

    require_legal_card(draw_sentence(sentence))
    require_legal_card(draw_whisper(sentence))
    require_legal_view(draw_refusal_view("Not counted", sentence, None))
    require_legal_card(
        draw_list(
            [a_request(subject=a_subject(title=HOSTILE * 9, requester=Person(key="x")))] * 20,
            frozenset(),
            has_more=True,
        )
    )
