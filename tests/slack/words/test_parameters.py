"""Whatever an approval is bound to can be read, to the last character, by whoever opens Details."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.cards.asked import draw_asked
from bot.slack.dialogs.details import draw_details, page_of
from bot.slack.dialogs.reasons import Origin
from bot.slack.words.escape import length, strip
from bot.slack.words.parameters import PIECE, excerpt, pages
from tests.factories import a_request, a_ruling, a_subject, some_tests
from tests.slack.validating import require_legal_view
from tests.slack.views_of import a_view

ORIGIN = Origin(value="sealed")
LONG = "echo ok " + "x" * 60 + " all-of-them"


def read(parameters: dict[str, object]) -> dict[str, Any]:
    """Put the pieces of all pages together again, as a reader would."""
    blocks: list[Any] = [block for page in pages(parameters) for block in page[1:]]
    pieces: list[str] = [block["elements"][0]["elements"][0]["text"] for block in blocks]
    assert all(length(piece) <= PIECE and strip(piece) == piece for piece in pieces)
    text, found = "", dict[str, Any]()
    for piece in pieces:
        for line in piece.split("\n"):
            text += line
            try:
                found |= json.loads("{" + text + "}")
            except ValueError:
                continue
            text = ""
    assert not text
    return found


@pytest.mark.parametrize(
    "parameters",
    [
        {"version": "1.42.0", "target": {"clusters": ["all-of-them"]}},
        {"version": "1.42.0", "hosts": ["all-of-them"], "nothing": None},
        {"command": LONG},
        {"k" * 35 + "all-of-them": "1"},
        {"command": "x" * 60_000 + "all-of-them"},
        {f"key {n}": "all-of-them" for n in range(300)},
    ],
    ids=["a mapping", "a list", "a long value", "a long key", "a very long value", "many"],
)
def test_details_shows_every_parameter_over_as_many_pages_as_it_takes(parameters: dict[str, object]) -> None:
    view = a_view(a_request(subject=a_subject(parameters=parameters)), some_tests(20))
    drawn = [draw_details(view, page, ORIGIN) for page in range(page_of(view, 999).last + 1)]

    for page in drawn:
        require_legal_view(page)
    assert "all-of-them" in json.dumps(drawn)
    assert read(parameters) == parameters
    assert json.dumps(drawn).count("tests.api.test_pay::test_") == 20


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.text(max_size=9), JSON, max_size=5))
def test_what_is_shown_is_what_was_sent(parameters: dict[str, object]) -> None:
    assert read(parameters) == parameters


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e", "\x7f", "\x00", "\u3164", "\u2028", "e" + "\u0301" * 9])
def test_what_nobody_could_see_is_shown_in_escapes(unseen: str) -> None:
    assert read({"host": f"db{unseen}1"}) == {"host": f"db{unseen}1"}
    assert unseen not in json.dumps(pages({"host": f"db{unseen}1"}), ensure_ascii=False)


def test_letters_of_other_languages_stay_letters() -> None:
    assert '"city": "Zürich 東京"' in json.dumps(pages({"city": "Zürich 東京"}), ensure_ascii=False).replace("\\", "")


@pytest.mark.parametrize(
    ("parameters", "hidden"),
    [
        ({"version": "1", "flag": True, "count": 3}, 0),
        ({"version": "1", "hosts": ["a"]}, 1),
        ({"nothing": None}, 1),
        ({"command": LONG}, 1),
        ({"k" * 31: "1"}, 1),
        ({"host": "db\u200b1"}, 1),
        ({f"k{n}": n for n in range(9)}, 3),
        ({}, 0),
    ],
)
def test_the_card_says_how_many_it_does_not_show_in_full(parameters: dict[str, object], hidden: int) -> None:
    drawn = json.dumps(draw_asked(a_request(subject=a_subject(parameters=parameters))))

    assert excerpt(parameters).hidden == hidden
    assert (f"{hidden} of {len(parameters)} parameters not shown in full here" in drawn) == bool(hidden)


TRAIL = (
    *(f"rule {n}: did not match" for n in range(20)),
    "frozen: could not be evaluated: too large",
    "ask: stage qa is asked, could not be evaluated: too large",
)


def test_what_could_not_be_evaluated_is_on_the_card_and_comes_first_in_details() -> None:
    request = a_request(ruling=a_ruling(explanation=TRAIL))

    card = json.dumps(draw_asked(request))
    details = json.dumps(draw_details(a_view(request), 0, ORIGIN))

    assert "Rules that could not be evaluated: " in card
    assert "frozen, ask: stage qa is asked" in card
    assert details.index(TRAIL[20]) < details.index(TRAIL[21]) < details.index(TRAIL[0])
    assert "and 7 more steps" in details


def test_many_unclear_rules_are_counted() -> None:
    trail = tuple(f"r{n}: could not be evaluated: too large" for n in range(8))

    assert "r0, r1, r2, r3, r4 and 3 more" in json.dumps(draw_asked(a_request(ruling=a_ruling(explanation=trail))))
    assert "could not be evaluated" not in json.dumps(draw_asked(a_request()))
