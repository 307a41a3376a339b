import re

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.core.effects import Note, Said, TellThread
from bot.core.people.identity import Person
from bot.core.request import State
from bot.core.ruling import Verdict
from bot.slack.cards.button_value import Seal
from bot.slack.words.lines import draw_person_message, draw_requester_message, draw_thread_line, draw_whisper
from bot.slack.words.replies import draw_explanation, draw_help, draw_history, draw_list, draw_sentence
from tests.factories import BO, CHEN, CI, DIA, NOON, TIMER, a_broken_glass, a_freeze, a_request, a_subject, an_actor
from tests.slack.validating import read_aloud, require_legal_card
from tests.slack.views_of import CARD, HOSTILE, POLICY, SHAPES, a_view, hostile, released

SAID = {
    "approved": Said(note=Note.REVIEWED, by=an_actor(BO), verdict=Verdict.APPROVE),
    "approved with a reason": Said(note=Note.REVIEWED, by=an_actor(BO), verdict=Verdict.APPROVE, words="looks right"),
    "decided": Said(note=Note.DECIDED, by=an_actor(BO), verdict=Verdict.REJECT, words="The refund test is red."),
    "decided on conditions": Said(
        note=Note.DECIDED, by=an_actor(BO), verdict=Verdict.APPROVE, words="fine", conditions=("max 10 %", "watch it")
    ),
    "decided in a category": Said(
        note=Note.DECIDED, by=an_actor(BO), verdict=Verdict.REJECT, words="It passes alone.", category="test_bug"
    ),
    "rejected in a category": Said(note=Note.REVIEWED, by=an_actor(BO), verdict=Verdict.REJECT, category="flaky"),
    "decided by the clock": Said(note=Note.DECIDED, by=TIMER, words="nobody answered in time"),
    "decided by a rule": Said(note=Note.DECIDED, by=POLICY, verdict=Verdict.APPROVE),
    "asked back": Said(note=Note.INFO_REQUESTED, by=an_actor(BO), words="Which customers?"),
    "answered": Said(note=Note.INFO_PROVIDED, by=an_actor(BO), words="Only the test tenants."),
    "escalated": Said(note=Note.ESCALATED, by=TIMER, calls=(DIA,)),
    "escalated by somebody": Said(note=Note.ESCALATED, by=an_actor(BO), calls=(DIA, CHEN)),
    "reminded": Said(note=Note.REMINDED, by=TIMER, calls=(BO, Person(key="x", email="x@acme.test"))),
    "looked at": Said(note=Note.CLAIMED, by=an_actor(BO)),
    "a stage began": Said(note=Note.STAGE_BEGAN, by=an_actor(BO), calls=(DIA,)),
    "revised": Said(note=Note.REVISED, by=CI),
    "asked": Said(note=Note.ASKED, by=CI),
    "approved and held": Said(note=Note.REVIEWED, by=an_actor(BO), verdict=Verdict.APPROVE, release_at=NOON),
    "approved on a condition and held": Said(
        note=Note.REVIEWED, by=an_actor(BO), verdict=Verdict.APPROVE, conditions=("max 10 %",), release_at=NOON
    ),
    "rejected and held": Said(
        note=Note.REVIEWED, by=an_actor(BO), verdict=Verdict.REJECT, words="red", release_at=NOON
    ),
    "a yes taken back": Said(note=Note.WITHDRAWN, by=an_actor(BO), verdict=Verdict.APPROVE),
    "a no taken back": Said(note=Note.WITHDRAWN, by=an_actor(BO), verdict=Verdict.REJECT, on_behalf_of=DIA),
}
SEAL = Seal("a secret key of more than thirty-two characters")


@pytest.mark.parametrize("said", sorted(SAID))
def test_lines_and_messages_read_as_they_did(said: str, snapshot: SnapshotAssertion) -> None:
    view = a_view(SHAPES["rejected"]().request, None, CARD)
    cards = [draw_thread_line(view, SAID[said]), draw_requester_message(view, SAID[said], SEAL)]

    for card in cards:
        require_legal_card(card)
    assert "\n=====\n".join(f"{card.text}\n\n{read_aloud(card.blocks)}" for card in cards) == snapshot


@pytest.mark.parametrize("name", [name for name, said in SAID.items() if said.by in {TIMER, POLICY}])
def test_nobody_reads_what_the_log_calls_the_clock_and_rules(name: str) -> None:
    view = a_view(SHAPES["rejected"]().request, None, CARD)

    for card in (draw_thread_line(view, SAID[name]), draw_requester_message(view, SAID[name], SEAL)):
        assert not re.search(r"\btimer\b|policy:", f"{card.text} {read_aloud(card.blocks)}")


def test_the_history_names_who_is_nobody_in_words() -> None:
    doors = [("timer", "timer"), ("policy:small ones", "policy"), ("relay", "relay"), ("ci", "api")]
    entries = [
        {"seq": 1, "event": "request.escalated", "at": NOON.isoformat(), "actor": {"name": name, "via": via}}
        for name, via in doors
    ]

    text = draw_history(a_request(), entries).text

    for words in ("by the clock,", "by the rule “small ones”,", "by the bot,", "by ci,"):
        assert words in text


@pytest.mark.parametrize("words", ["a", "&", "😀", HOSTILE, "\x00", " "])
def test_whatever_is_said_the_message_is_legal_and_pings_nobody(words: str) -> None:
    said = Said(note=Note.REVIEWED, by=an_actor(BO), verdict=Verdict.REJECT, words=words * 4000)
    view = hostile(words, 1)

    for card in (draw_thread_line(view, said), draw_requester_message(view, said, SEAL), draw_whisper(words * 4000)):
        require_legal_card(card)
        assert "<!" not in card.text
        assert '"user"' not in str(card.blocks)


GLASS = {
    "passed over": Said(note=Note.GLASS_BROKEN, by=an_actor(DIA), words="Payments are down."),
    "chased": Said(note=Note.GLASS_CHASED, by=TIMER),
    "called to review": Said(note=Note.GLASS_CHASED, by=TIMER, calls=(DIA, CHEN)),
    "reviewed": Said(note=Note.GLASS_REVIEWED, by=an_actor(CHEN), words="It was right."),
    "decided": Said(note=Note.DECIDED, by=an_actor(DIA), verdict=Verdict.APPROVE, words="Payments are down."),
}


@pytest.mark.parametrize("said", sorted(GLASS))
def test_what_is_said_of_a_broken_glass_reads_as_it_did(said: str, snapshot: SnapshotAssertion) -> None:
    view = a_view(a_broken_glass(number=12), None, CARD)
    cards = [
        draw_thread_line(view, GLASS[said]),
        draw_person_message(view, GLASS[said]),
        draw_requester_message(view, GLASS[said], SEAL),
    ]

    for card in cards:
        require_legal_card(card)
    assert "\n=====\n".join(f"{card.text}\n\n{read_aloud(card.blocks)}" for card in cards) == snapshot


def test_an_approval_that_a_freeze_kept_back_is_told_as_that(snapshot: SnapshotAssertion) -> None:
    outcome = released(a_freeze())
    (said,) = {effect.said for effect in outcome.effects if isinstance(effect, TellThread)}
    view = a_view(outcome.request, None, CARD)

    cards = [draw_thread_line(view, said), draw_requester_message(view, said, SEAL)]

    assert "\n=====\n".join(f"{card.text}\n\n{read_aloud(card.blocks)}" for card in cards) == snapshot


def test_a_list_says_what_is_settled_and_when_it_is_released(snapshot: SnapshotAssertion) -> None:
    requests = [SHAPES["approved and held"]().request, SHAPES["rejected and held"]().request]
    card = draw_list(requests, frozenset(), has_more=False)

    require_legal_card(card)
    assert f"{card.text}\n\n{read_aloud(card.blocks)}" == snapshot


def test_whoever_asked_can_answer_in_the_message_while_the_question_is_open() -> None:
    asked_back, settled = a_view(a_request(state=State.NEEDS_INFO)), a_view(a_request())

    assert "[Answer …]" in read_aloud(draw_requester_message(asked_back, SAID["asked back"], SEAL).blocks)
    assert "[Answer …]" not in read_aloud(draw_requester_message(settled, SAID["asked back"], SEAL).blocks)
    assert "[Answer …]" not in read_aloud(draw_requester_message(asked_back, SAID["decided"], SEAL).blocks)


def test_answers_to_commands_read_as_they_did(snapshot: SnapshotAssertion) -> None:
    requests = [a_request(number=2), a_request(subject=a_subject(title="Drop a table"), state=State.NEEDS_INFO)]
    cards = [
        draw_sentence("There is no <such> thing."),
        draw_help([("/jit help", "this list"), ("/jit list", "open requests")]),
        draw_list(requests, frozenset({requests[0].id}), has_more=False),
        draw_list(requests, frozenset(), has_more=True),
        draw_list([], frozenset(), has_more=False),
    ]

    for card in cards:
        require_legal_card(card)
    assert "\n=====\n".join(f"{card.text}\n\n{read_aloud(card.blocks)}" for card in cards) == snapshot


@pytest.mark.parametrize("words", ["&", "😀", HOSTILE])
def test_the_longest_explanation_and_history_are_legal(words: str) -> None:
    request = hostile(words, 1).request
    entry = {"seq": 10**12, "at": "2026-03-04T12:00:00.000000Z", "event": words * 50, "actor": {"name": words * 50}}

    require_legal_card(draw_explanation(request))
    require_legal_card(draw_history(request, [entry] * 500))


@pytest.mark.parametrize("words", ["&", "😀", HOSTILE])
def test_a_list_of_the_longest_requests_is_legal(words: str) -> None:
    require_legal_card(draw_list([hostile(words, 1).request] * 10, frozenset(), has_more=False))
