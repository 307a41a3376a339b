import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack.words.escape import CUT, cut, length, line, lines, mrkdwn, strip, tail

HOSTILE = st.text(st.characters(codec=None), max_size=400) | st.text(
    st.sampled_from("<>&!@#*_~`:\u202e\u200b\u0000\ud800é👩‍👧\n\t a"), max_size=400
)
LIMITS = st.integers(min_value=1, max_value=80)


@pytest.mark.parametrize(
    ("given_text", "seen"),
    [
        ("plain", "plain"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("no\u200bthing", "nothing"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("half \ud800 a pair", "half  a pair"),
        ("x\r\ny\rz\u2028w", "x\ny\nz\nw"),
        ("z\u0301\u0301\u0301\u0301\u0301\u0301\u0301", "z\u0301\u0301\u0301\u0301"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("نص\u200c", "نص\u200c"),
    ],
)
def test_what_cannot_be_seen_is_stripped_and_what_people_write_stays(given_text: str, seen: str) -> None:
    assert strip(given_text) == seen


@pytest.mark.parametrize(
    "hostile", ["<!channel>", "<@U0BO00000>", "<https://evil.test|Approved>", "a & b", "<!here|x>"]
)
def test_message_text_can_neither_ping_nor_link(hostile: str) -> None:
    escaped = mrkdwn(hostile, 100)

    assert "<" not in escaped
    assert ">" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == hostile


def test_an_entity_is_never_cut_in_two() -> None:
    assert mrkdwn("&&&&", 14) == "&amp;&amp;" + CUT


def test_an_emoji_is_never_cut_in_two() -> None:
    assert cut("😀😀😀", 5) == "😀😀" + CUT


def test_the_name_of_a_test_keeps_its_end() -> None:
    assert tail("tests.very.long.module::test_refund", 16) == CUT + "le::test_refund"


def test_lines_keep_their_breaks_but_no_emptiness() -> None:
    assert lines("a\n\n\n\n\nb\n", 50) == "a\n\nb"


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(HOSTILE, LIMITS)
def test_nothing_gets_longer_than_its_limit(text: str, limit: int) -> None:
    for shortened in (line(text, limit), lines(text, limit), mrkdwn(text, limit), tail(text, limit)):
        assert length(shortened) <= limit


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(HOSTILE, LIMITS)
def test_a_line_is_one_line_and_is_printable_in_utf_8(text: str, limit: int) -> None:
    for shortened in (line(text, limit), tail(text, limit), mrkdwn(text, limit)):
        assert "\n" not in shortened
        shortened.encode()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(HOSTILE)
def test_stripping_twice_is_stripping_once(text: str) -> None:
    assert strip(strip(text)) == strip(text)
