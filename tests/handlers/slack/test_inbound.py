import json
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.stamp import Stamp
from handlers.slack.inbound import (
    FIELDS,
    Clicked,
    Commanded,
    Malformed,
    Submitted,
    read_body,
    read_letter,
    with_common_read,
)

FORM = "application/x-www-form-urlencoded"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
CLICK = {"type": "block_actions", "user": {"id": "U0BO00000"}, "actions": [{"action_id": "jit_approve", "value": "v"}]}


def a_form(payload: object) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def test_a_click_comes_as_a_payload_in_a_form() -> None:
    letter = read_letter(read_body(a_form(CLICK), FORM), Stamp("key"))

    assert isinstance(letter.inbound, Clicked)
    assert letter.inbound.actions[0].value == "v"


def test_a_command_comes_as_the_form_itself() -> None:
    body = urlencode({"command": "/jit", "text": "show 1", "user_id": "U0BO00000", "team_id": "T0ACME000"}).encode()

    assert isinstance(read_letter(read_body(body, FORM), Stamp("key")).inbound, Commanded)


def test_what_nobody_listens_to_is_let_through_unread() -> None:
    assert read_letter({"type": "workflow_step_edit", "user": 3}, Stamp("key")).inbound is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"\xff", "application/json"),
        (b'{"a": "\\ud800"}', "application/json"),
        (b"[" * 5000, "application/json"),
        (b'{"a":' * 5000, "application/json"),
        (b"payload=%7B", FORM),
        (b"payload=[]", FORM),
        (b"payload=3", FORM),
        (b"payload=", FORM),
        (b"payload=%FF", FORM),
        (b"payload=%7B%7D&payload=%7B%7D", FORM),
        (b"command=/jit&command=/jit", FORM),
        ("text=é".encode(), FORM),
        (b"&".join(b"f%d=1" % number for number in range(FIELDS + 1)), FORM),
        (b"{}", "text/plain"),
        (b"", "multipart/form-data"),
    ],
)
def test_what_is_no_payload_is_malformed(body: bytes, content_type: str) -> None:
    with pytest.raises(Malformed):
        read_body(body, content_type)


@pytest.mark.parametrize(
    "change",
    [
        {"actions": []},
        {"actions": {}},
        {"actions": [3]},
        {"actions": [{"value": "v"}]},
        {"actions": [{"action_id": 3}]},
        {"actions": [{"action_id": "x" * 256}]},
        {"actions": None},
        {"user": None},
        {"user": "U0BO00000"},
        {"user": {}},
        {"user": {"id": None}},
        {"team": "T0ACME000"},
        {"container": []},
        {"view": {"id": "V1", "state": []}},
        {"trigger_id": 3},
    ],
)
def test_a_click_of_another_shape_is_malformed(change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        read_letter(CLICK | change, Stamp("key"))


@pytest.mark.parametrize("kind", ["block_actions", "view_submission", "event_callback"])
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(payload=st.dictionaries(st.sampled_from(["user", "team", "actions", "view", "event", "container"]), JSON))
def test_any_json_is_read_or_malformed(kind: str, payload: dict[str, object]) -> None:
    try:
        letter = read_letter(payload | {"type": kind}, Stamp("key"))
    except Malformed:
        return
    assert letter.inbound is not None


def test_a_complaint_holds_nothing_of_what_was_sent() -> None:
    with pytest.raises(Malformed) as malformed:
        read_letter(CLICK | {"trigger_id": ["a secret"]}, Stamp("key"))

    assert "a secret" not in str(malformed.value)


def test_a_dialog_is_read_with_what_was_typed() -> None:
    view = {"id": "V1", "callback_id": "jit_review", "state": {"values": {"reason": {"text": {"value": "red"}}}}}

    letter = read_letter({"type": "view_submission", "user": {"id": "U0BO00000"}, "view": view}, Stamp("key"))

    assert isinstance(letter.inbound, Submitted)


def _said_by_the_standard_library(form: str) -> list[tuple[str, str]] | str:
    try:
        return parse_qsl(form, keep_blank_values=True, errors="strict", max_num_fields=FIELDS)
    except ValueError as error:
        return type(error).__name__


@settings(max_examples=1000)
@given(
    st.lists(st.sampled_from([*'%%%0235aAbBcCdDfF&=+;{"', "%22", "%3A", "%7B", "%25", "%C3%A9", "%00"]), max_size=24)
)
def test_a_form_says_the_same_with_its_common_escapes_read(pieces: list[str]) -> None:
    form = "".join(pieces)

    assert _said_by_the_standard_library(with_common_read(form)) == _said_by_the_standard_library(form)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=40), max_size=4))
def test_every_form_survives_having_its_common_escapes_read(fields: dict[str, str]) -> None:
    assert dict(parse_qsl(with_common_read(urlencode(fields)), keep_blank_values=True)) == fields
