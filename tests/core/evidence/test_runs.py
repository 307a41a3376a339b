"""A run is cut in pieces, in the order of the hashes, and each test stands in it once."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.evidence.outcomes import Outcomes, number_of, pack
from bot.core.evidence.runs import Came, pieces_of, read_piece, read_signature

IDS = st.lists(st.text(max_size=3), max_size=8)


def test_what_was_skipped_says_nothing() -> None:
    assert pieces_of(Outcomes(skipped=pack(["a"]))) == ()


def test_who_stands_there_twice_has_failed_if_it_failed_once() -> None:
    (piece,) = pieces_of(Outcomes(passed=pack("ab"), retried=pack("bc"), failed=pack("cd")))

    assert {test: came for test, came, _ in read_piece(piece)} == {
        number_of("a"): Came.PASSED,
        number_of("b"): Came.RETRIED,
        number_of("c"): Came.FAILED,
        number_of("d"): Came.FAILED,
    }


def test_a_failure_brings_its_signature_and_a_pass_none() -> None:
    outcomes = Outcomes(passed=pack("ab"), retried=pack("c"), failed=pack("defg"))
    signs = dict.fromkeys("bcd", "s1:0123456789abcdef") | {"e": "s12:fedcba9876543210", "f": "a fault", "g": None}

    (piece,) = pieces_of(outcomes, signs)
    found = {test: sign and read_signature(sign) for test, _, sign in read_piece(piece)}

    assert found == {
        **dict.fromkeys(map(number_of, "abfg"), b""),
        **dict.fromkeys(map(number_of, "cd"), "s1:0123456789abcdef"),
        number_of("e"): "s12:fedcba9876543210",
    }


@given(IDS, IDS, IDS, st.integers(1, 5))
def test_the_pieces_hold_every_test_once_in_order(p: list[str], r: list[str], f: list[str], size: int) -> None:
    pieces = pieces_of(Outcomes(passed=pack(p), retried=pack(r), failed=pack(f)), size=size)
    tests = [test for piece in pieces for test, _, _ in read_piece(piece)]

    assert tests == sorted({number_of(one) for one in (*p, *r, *f)})
    assert all(1 <= len(piece) <= 4 + 9 * size for piece in pieces)
