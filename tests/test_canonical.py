"""Canonical JSON is RFC 8785, whichever of its two ways was taken."""

import hashlib
import json
import math
from collections.abc import Callable
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot import canonical
from bot.canonical import canonical_bytes, sha256_digest
from bot.core.audit import GENESIS, Place, draw_entry
from bot.core.life.lifecycle import submit
from tests.factories import NOON, a_ruling, a_submission

SAFE = 2**53 - 1
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20) | st.sampled_from(
    ["\x00", "\x1f", "\x7f", "\u2028", "\ufb33", "€", "\U0001f600", "\ue000", "a\U00010000", "/", '"', "\\", "é", "é"]
)
PLAIN = st.none() | st.booleans() | st.integers(-SAFE, SAFE) | st.floats(-1e15, 1e15) | TEXT
SCALARS = (
    PLAIN
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([1e21, 1e-7, 5e-324, 1.7976931348623157e308, -0.0, 333333333.33333329, 1e23, SAFE, -SAFE])
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5))


def as_it_is(value: object) -> object:
    return value


def in_a_list(value: object) -> object:
    return [value]


def in_an_object(value: object) -> object:
    return {"k": value}


def beside_a_float(value: object) -> object:
    return [1.5, value]


@UNTIMED
@given(JSON)
@example({"\ufb33": 1, "\U0001f600": 2, "€": 3, "\r": 4, "1": 5, "\x80": 6, "ö": 7})
def test_the_bytes_are_those_of_rfc8785(value: object) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)  # pyright: ignore[reportArgumentType] - it is JSON


@UNTIMED
@given(st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5)))
def test_what_is_written_reads_back_as_the_same_value_and_the_same_bytes(value: object) -> None:
    written = canonical_bytes(value)

    assert json.loads(written) == value
    assert canonical_bytes(json.loads(written)) == written


def test_keys_are_ordered_as_the_rfc_orders_them() -> None:
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}

    assert list(json.loads(canonical_bytes(value)).values()) == [2, 4, 6, 7, 1, 5, 3]


@pytest.mark.parametrize(
    "value",
    [
        SAFE + 1,
        -SAFE - 1,
        2**64,
        2**4000,
        math.nan,
        math.inf,
        -math.inf,
        "\ud800",
        "a\udfff",
        {"\udc00": 1},
        {"é\ud800": 1},
        {1: 2},
        {None: 1},
        {"a": {1, 2}},
        b"bytes",
        object(),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("wrap", [as_it_is, in_a_list, in_an_object, beside_a_float])
def test_what_has_no_canonical_form_is_a_value_error(value: object, wrap: Callable[[object], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_bytes(wrap(value))


@pytest.mark.parametrize("leaf", ["deep", 1.5])
@pytest.mark.parametrize("depth", [300, 3000, 20_000])
def test_what_is_nested_too_deep_is_a_value_error_or_written(leaf: object, depth: int) -> None:
    value = leaf
    for _ in range(depth):
        value = [value]

    try:
        written = canonical_bytes(value)
    except ValueError:
        written = None

    assert written is None or written.count(b"[") == depth


def test_a_subclass_of_str_is_written_like_the_text_it_is() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert canonical_bytes({"colour": Colour.RED}) == b'{"colour":"red"}'


def test_a_digest_is_the_sha256_of_the_bytes() -> None:
    assert sha256_digest({"b": 1, "a": 2}) == "sha256:" + hashlib.sha256(b'{"a":2,"b":1}').hexdigest()


def test_an_audit_entry_takes_the_fast_way(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = submit(a_submission(ruling=a_ruling(quorum=2)), NOON)
    place = Place(seq=1, prev=GENESIS, version="1.0", replica="one")

    entry = draw_entry(outcome.happened[0], outcome.request, place)

    monkeypatch.delattr(canonical.rfc8785, "dumps")
    assert canonical_bytes(entry)
