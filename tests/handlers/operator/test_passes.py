"""Orders are taken from whoever holds the house's secret key, once and in time; so are answers."""

from datetime import timedelta

import pytest

from bot.core.stamp import Stamp
from handlers.operator.passes import WINDOW, Passes
from tests.factories import NOON

KEY = "a secret key for tests that is long enough"
CALL = "POST /operator/reload"
NONCE = "0" * 31 + "1"


def test_a_pass_counts_for_the_call_it_was_made_for() -> None:
    assert Passes(KEY).read(Passes(KEY).draw(CALL, NONCE, NOON), CALL, NOON) == Stamp(NONCE, NOON)


@pytest.mark.parametrize(
    ("key", "call", "late"),
    [
        ("another secret key, long enough as well", CALL, timedelta()),
        (KEY, "POST /operator/outbox/row/replay", timedelta()),
        (KEY, CALL, WINDOW + timedelta(seconds=1)),
        (KEY, CALL, -WINDOW - timedelta(seconds=1)),
    ],
)
def test_another_key_another_call_and_another_time_do_not_count(key: str, call: str, late: timedelta) -> None:
    drawn = Passes(KEY).draw(CALL, NONCE, NOON)

    assert Passes(key).read(drawn, call, NOON + late) is None


@pytest.mark.parametrize(
    "given", ["", "Bearer token", "JIT-Operator 1.2.3", f"JIT-Operator 1.{NONCE}.{'0' * 64}", "JIT-Operator \udcff"]
)
def test_whatever_else_is_given_is_no_pass(given: str) -> None:
    assert Passes(KEY).read(given, CALL, NOON) is None


def test_an_answer_is_signed_for_its_own_call_and_its_own_bytes() -> None:
    passes = Passes(KEY)
    signed = passes.sign(NONCE, b"{}")

    assert passes.is_ours(NONCE, b"{}", signed)
    assert not passes.is_ours(NONCE, b'{"ok":true}', signed)
    assert not passes.is_ours(NONCE.replace("1", "2"), b"{}", signed)
    assert not passes.is_ours(NONCE, b"{}", "\xff\udcff")
