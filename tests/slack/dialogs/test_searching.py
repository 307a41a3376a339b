"""Looking for failures in the Details dialog, whatever they are called and however many there are."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.core.evidence import Failure, TestEvidence
from bot.slack.dialogs.details import PAGE_SIZE, draw_details, page_of
from bot.slack.dialogs.reasons import Origin, read_origin
from bot.slack.dialogs.searching import EVERYTHING, SUITE, WORDS, WORDS_LIMIT, Search, asked_for, draw_note, read_search
from bot.slack.words.escape import length
from tests.factories import a_failure, a_request
from tests.slack.validating import read_aloud, require_legal_view
from tests.slack.views_of import HOSTILE, a_view, hostile

Json = dict[str, Any]

ORIGIN = Origin(value="1." + "x" * 598, channel="C0APPROVE", ts="1772625600.000100")
NAMES = ["a", "&", "😀", HOSTILE, "\u202e", " ", "\x00"]


def failed(*failures: Failure, unnamed: int = 0) -> TestEvidence:
    count = len(failures) + unnamed
    return TestEvidence(total=count, failed=count, failures=failures)


def in_suites(*names: str) -> TestEvidence:
    return failed(*(replace(a_failure(f"test_{n}"), suite=name) for n, name in enumerate(names)))


def drawn(tests: TestEvidence, search: Search = EVERYTHING, page: int = 0) -> Json:
    view = draw_details(a_view(a_request(), tests), page, ORIGIN, search)
    require_legal_view(view)
    return view


def field(view: Json, action: str) -> Json:
    """The input whose element has that name; empty when there is none."""
    nothing: Json = {}
    inputs = (block for block in view["blocks"] if block["type"] == "input")
    return next((block for block in inputs if block["element"]["action_id"] == action), nothing)


def options(view: Json) -> list[tuple[str, str]]:
    """What can be chosen, and what that is called inside."""
    return [(option["text"]["text"], option["value"]) for option in field(view, SUITE)["element"]["options"]]


def shown(view: Json) -> Sequence[str]:
    """The numbers of the failures on a page."""
    read = read_aloud(view["blocks"])
    return [line.partition(".")[0] for line in read.splitlines() if "`" in line and line[0].isdigit()]


def test_a_suite_is_chosen_by_its_name_those_with_most_failures_first() -> None:
    tests = in_suites("unit", "browser", "browser")
    view = drawn(tests)

    assert [text for text, _ in options(view)] == ["All suites", "browser (2)", "unit (1)"]
    found = drawn(tests, asked_for(options(view)[1][1], ""))
    assert shown(found) == ["2", "3"]
    assert "2 of 3 named failures match in browser." in read_aloud(found["blocks"])
    assert field(found, SUITE)["element"]["initial_option"]["text"]["text"] == "browser (2)"


def test_all_suites_lead_back_to_everything() -> None:
    (_, all_suites), *_ = options(drawn(in_suites("unit", "browser")))

    assert asked_for(all_suites, "") == EVERYTHING


def test_where_a_source_names_no_suites_they_are_files() -> None:
    one, two = (replace(a_failure(f"test_{n}"), suite="", file=f"tests/test_{n}.py") for n in range(2))
    nowhere = replace(one, file=None)

    assert {text for text, _ in options(drawn(failed(one, two, two, nowhere)))} == {
        "All suites",
        "tests/test_1.py (2)",
        "tests/test_0.py (1)",
        "(without a suite) (1)",
    }


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("REFUND", ["1"]),
        ("timed out", ["2"]),
        ("out   timed", ["2"]),
        ("test timed", ["2"]),
        ("pay", ["1", "2"]),
        ("@acme/pay", ["1", "2"]),
        ("gate", ["1", "2"]),
        ("nightly", []),
    ],
)
def test_words_are_looked_for_in_everything_that_names_a_failure(words: str, numbers: list[str]) -> None:
    tests = failed(a_failure("tests.api::test_refund"), a_failure("tests.api::test_void", "timed\nout"))

    assert shown(drawn(tests, asked_for("", words))) == numbers


def test_a_name_is_found_by_what_can_be_seen_of_it() -> None:
    tests = failed(a_failure("test_re\u200bfund"), a_failure())

    assert shown(drawn(tests, asked_for("", "test_refund"))) == ["1", "2"]


def test_suite_and_words_narrow_together() -> None:
    tests = in_suites("unit", "browser", "browser")
    browser = next(value for text, value in options(drawn(tests)) if text.startswith("browser"))

    view = drawn(tests, asked_for(browser, "test_2"))

    assert shown(view) == ["3"]
    assert "1 of 3 named failures match “test_2” in browser." in read_aloud(view["blocks"])


def test_a_search_without_a_result_says_so_and_leads_back() -> None:
    view = drawn(in_suites("unit", "browser"), asked_for("", "nightly"))

    read = read_aloud(view["blocks"])
    assert "None of 2 named failures matches “nightly”." in read
    assert "search again to see every failure" in read
    assert view["submit"]


def test_a_suite_that_a_newer_revision_does_not_have_is_said_to_be_gone() -> None:
    view = drawn(failed(), Search(suite="0" * 16))

    assert "in a suite that is not there any more" in read_aloud(view["blocks"])
    assert field(view, SUITE)["element"]["initial_option"]["value"] == "all"


def test_what_the_source_did_not_name_is_said_not_to_be_found() -> None:
    tests = failed(*(a_failure(f"test_{n}") for n in range(3)), unnamed=9_997)

    for search in (EVERYTHING, asked_for("", "test_1")):
        assert "9997 more failed, but the source did not name them." in read_aloud(drawn(tests, search)["blocks"])


def test_what_is_found_has_pages_of_its_own_and_nothing_is_shown_twice() -> None:
    tests = in_suites(*(("unit", "browser") * 200))
    unit = next(value for text, value in options(drawn(tests)) if text.startswith("unit"))
    search = asked_for(unit, "")
    last = page_of(a_view(a_request(), tests), 999, search).last

    pages = [drawn(tests, search, page) for page in range(last + 1)]

    assert last == 200 // PAGE_SIZE - 1
    assert [number for page in pages for number in shown(page)] == [str(number) for number in range(1, 400, 2)]
    assert all("Parameters" not in read_aloud(page["blocks"]) for page in pages)
    assert read_aloud(pages[0]["blocks"]).endswith(f"[Page 2 of {last + 1}]")


def test_of_more_suites_than_slack_can_list_the_others_are_found_by_name() -> None:
    tests = in_suites(*(f"suite {n:03}" for n in range(250)), "suite 000")
    view = drawn(tests)

    assert (len(options(view)), options(view)[1][0]) == (100, "suite 000 (2)")
    assert "151 more" in field(view, SUITE)["hint"]["text"]
    assert shown(drawn(tests, asked_for("", "suite 249"))) == ["250"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_a_suite_can_be_chosen_and_any_words_looked_for(name: str) -> None:
    tests = in_suites(*((name * 1000)[:1000] + str(n) for n in range(120)))

    view = drawn(tests)

    assert len({value for _, value in options(view)}) == 100
    assert all(length(text) <= 75 for text, _ in options(view))
    for _, value in options(view)[1:3]:
        assert len(shown(drawn(tests, asked_for(value, "")))) == 1
    drawn(tests, asked_for("", name * 1000))


@pytest.mark.parametrize("words", NAMES)
@pytest.mark.parametrize("page", [0, 49])
def test_the_dialog_is_legal_whatever_is_looked_for_in_whatever(words: str, page: int) -> None:
    view = hostile(words)
    require_legal_view(draw_details(view, page, ORIGIN, asked_for("", words)))
    require_legal_view(draw_details(view, page, ORIGIN, asked_for("x" * 150, words * 1000)))


def test_ten_thousand_failures_are_looked_through() -> None:
    tests = in_suites(*(f"suite {n % 7}" for n in range(10_000)))

    view = drawn(tests, asked_for("", "test_9999"))

    assert shown(view) == ["10000"]
    assert "1 of 10000 named failures match" in read_aloud(view["blocks"])


def test_one_failure_needs_no_looking_for() -> None:
    view = drawn(failed(a_failure()))

    assert (field(view, WORDS), field(view, SUITE), "submit" in view) == ({}, {}, False)


def test_the_fields_tell_at_once_and_the_words_when_enter_is_pressed() -> None:
    view = drawn(in_suites("unit", "browser"), asked_for("", "test"))

    assert field(view, SUITE)["dispatch_action"]
    assert field(view, WORDS)["dispatch_action"]
    words = field(view, WORDS)["element"]
    assert words["dispatch_action_config"] == {"trigger_actions_on": ["on_enter_pressed"]}
    assert words["initial_value"] == "test"


@pytest.mark.parametrize("words", ["", '“refund” \\ "x"', *NAMES])
def test_what_is_looked_for_is_known_when_a_page_is_turned(words: str) -> None:
    search = asked_for("0123456789abcdef", words * 1000)
    note = draw_note(ORIGIN, search)

    assert length(note) <= 1500
    assert length(search.words) <= WORDS_LIMIT
    assert (read_search(note), read_origin(note)) == (search, ORIGIN)


@pytest.mark.parametrize("note", ["", "{", "[]", "3", '{"suite": 3, "words": []}', json.dumps({"value": "v"}), "null"])
def test_a_note_that_says_nothing_looks_for_everything(note: str) -> None:
    assert read_search(note) == EVERYTHING


def test_the_last_pages_that_hold_parameters_alone_have_nothing_to_look_for() -> None:
    request = a_request()
    many = {f"key {n}": "v" * 400 for n in range(60)}
    request = replace(request, subject=replace(request.subject, parameters=cast("Any", many)))

    view = draw_details(a_view(request, in_suites("a", "b")), 2, ORIGIN)

    require_legal_view(view)
    assert (field(view, WORDS), "submit" in view) == ({}, False)
