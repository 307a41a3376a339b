import pytest
from syrupy.assertion import SnapshotAssertion

from bot.core.effects import Note, Said
from bot.core.identity import Person
from bot.core.request import State
from bot.core.ruling import Verdict
from bot.slack.lines import draw_requester_message, draw_thread_line, draw_whisper
from bot.slack.replies import draw_help, draw_list, draw_sentence
from tests.factories import BO, CHEN, CI, DIA, TIMER, a_request, a_subject, an_actor
from tests.slack.validating import read_aloud, require_legal_card
from tests.slack.views_of import CARD, HOSTILE, POLICY, SHAPES, a_view, hostile

SAID = {
    "approved": Said(note=Note.REVIEWED, by=an_actor(BO), verdict=Verdict.APPROVE),
    "approved with a reason": Said(note=Note.REVIEWED, by=an_actor(BO), verdict=Verdict.APPROVE, words="looks right"),
    "decided": Said(note=Note.DECIDED, by=an_actor(BO), verdict=Verdict.REJECT, words="The refund test is red."),
    "decided by the clock": Said(note=Note.DECIDED, by=TIMER, words="nobody answered in time"),
    "decided by a rule": Said(note=Note.DECIDED, by=POLICY, verdict=Verdict.APPROVE),
    "asked back": Said(note=Note.INFO_REQUESTED, by=an_actor(BO), words="Which customers?"),
    "answered": Said(note=Note.INFO_PROVIDED, by=an_actor(BO), words="Only the test tenants."),
    "escalated": Said(note=Note.ESCALATED, by=TIMER, calls=(DIA,)),
    "escalated by somebody": Said(note=Note.ESCALATED, by=an_actor(BO), calls=(DIA, CHEN)),
    "reminded": Said(note=Note.REMINDED, by=TIMER, calls=(BO, Person(key="x", email="x@acme.test"))),
    "a stage began": Said(note=Note.STAGE_BEGAN, by=an_actor(BO), calls=(DIA,)),
    "revised": Said(note=Note.REVISED, by=CI),
    "asked": Said(note=Note.ASKED, by=CI),
}


@pytest.mark.parametrize("said", sorted(SAID))
def test_lines_and_messages_read_as_they_did(said: str, snapshot: SnapshotAssertion) -> None:
    view = a_view(SHAPES["rejected"]().request, None, CARD)
    cards = [draw_thread_line(view, SAID[said]), draw_requester_message(view, SAID[said])]

    for card in cards:
        require_legal_card(card)
    assert "\n=====\n".join(f"{card.text}\n\n{read_aloud(card.blocks)}" for card in cards) == snapshot


@pytest.mark.parametrize("words", ["a", "&", "😀", HOSTILE, "\x00", " "])
def test_whatever_is_said_the_message_is_legal_and_pings_nobody(words: str) -> None:
    said = Said(note=Note.REVIEWED, by=an_actor(BO), verdict=Verdict.REJECT, words=words * 4000)
    view = hostile(words, 1)

    for card in (draw_thread_line(view, said), draw_requester_message(view, said), draw_whisper(words * 4000)):
        require_legal_card(card)
        assert "<!" not in card.text
        assert '"user"' not in str(card.blocks)


def test_answers_to_commands_read_as_they_did(snapshot: SnapshotAssertion) -> None:
    requests = [a_request(number=2), a_request(subject=a_subject(title="Drop a table"), state=State.NEEDS_INFO)]
    cards = [
        draw_sentence("There is no <such> thing."),
        draw_help([("/jit help", "this list"), ("/jit list", "open requests")]),
        draw_list(requests, frozenset({requests[0].id}), None),
        draw_list(requests, frozenset(), "more"),
        draw_list([], frozenset(), None),
    ]

    for card in cards:
        require_legal_card(card)
    assert "\n=====\n".join(f"{card.text}\n\n{read_aloud(card.blocks)}" for card in cards) == snapshot


@pytest.mark.parametrize("words", ["&", "😀", HOSTILE])
def test_a_list_of_the_longest_requests_is_legal(words: str) -> None:
    require_legal_card(draw_list([hostile(words, 1).request] * 10, frozenset(), None))
