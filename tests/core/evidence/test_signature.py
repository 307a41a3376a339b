"""The same error has the same signature in every run; another error has another."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.evidence.frames import top_frame
from bot.core.evidence.noise import without_noise
from bot.core.evidence.signature import signature_of

PYTHON = """Traceback (most recent call last):
  File "/home/ci/{run}/acme/tests/test_pay.py", line {line}, in test_refund
    pay.refund(order)
  File "/home/ci/{run}/acme/src/acme/pay.py", line {line}, in refund
    raise ValueError(order)
  File "/usr/lib/python3.11/decimal.py", line {line}, in quantize
ValueError: order {run}
"""
PYTEST = """
    def test_refund():
>       assert refund() == 200
E       assert 500 == 200

tests/api/test_pay.py:{line}: AssertionError"""
JAVA = """java.lang.AssertionError: expected:<200> but was:<500>
\tat org.junit.Assert.fail(Assert.java:89)
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)
\tat com.acme.pay.RefundTest$$Lambda${run}/0x000{run}.run(RefundTest.java:{line})
\tat com.acme.pay.RefundTest.refunds(RefundTest.java:{line})
"""
SCRIPT = """Error: expect(received).toBe(expected)
    at Object.toBe (/builds/{run}/node_modules/expect/build/index.js:{line}:7)
    at refund (/builds/{run}/src/pay.js:{line}:{line})
    at processTicksAndRejections (node:internal/process/task_queues:95:5)
"""
DOTNET = """Xunit.Sdk.EqualException: Assert.Equal() Failure
   at Xunit.Assert.Equal[T](T expected) in C:\\xunit\\Assert.cs:line 12
   at Acme.Pay.RefundTests.Refunds(String order) in C:\\agent\\{run}\\Pay\\RefundTests.cs:line {line}
"""
GO = """panic: refund failed
        /usr/local/go/src/testing/testing.go:{line} +0x1d
        /builds/{run}/pay/refund_test.go:{line} +0x1d
"""


@pytest.mark.parametrize(
    ("detail", "frame"),
    [
        (PYTHON, "acme/pay.py refund"),
        (PYTEST, "api/test_pay.py"),
        (JAVA, "com.acme.pay.RefundTest.run"),
        (SCRIPT, "src/pay.js refund"),
        (DOTNET, "Acme.Pay.RefundTests.Refunds"),
        (GO, "pay/refund_test.go"),
        ('  File "/tmp/x81k2/check.py", line 3, in check', "check.py check"),
        ("    at c (https://acme.test/main.3f2a1b9c.js:1:2)", "acme.test/main.js c"),
        ("tests/a.py:3: in helper\ntests/a.py:9: ", "tests/a.py"),
        ("  src/pay.rs:9:5", "src/pay.rs"),
        ('  File "/usr/lib/python3.11/decimal.py", line 3, in quantize', "python3.11/decimal.py quantize"),
        ("nothing of the kind", ""),
    ],
    ids=["python", "pytest", "java", "js", "net", "go", "temporary", "bundle", "helper", "rust", "library", "none"],
)
def test_the_top_frame_is_the_nearest_of_ones_own(detail: str, frame: str) -> None:
    assert top_frame(detail.replace("{run}", "77").replace("{line}", "12")) == frame


@pytest.mark.parametrize("detail", [PYTHON, PYTEST, JAVA, SCRIPT, DOTNET, GO])
@given(
    runs=st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)),
    lines=st.tuples(st.integers(1, 9999), st.integers(1, 9999)),
)
def test_where_it_was_checked_out_and_at_which_line_is_no_difference(
    detail: str, runs: tuple[int, int], lines: tuple[int, int]
) -> None:
    one, two = (
        signature_of("", detail.replace("{run}", str(run)).replace("{line}", str(line)))
        for run, line in zip(runs, lines, strict=True)
    )

    assert one == two is not None


_KINDS: dict[str, Callable[[int], str]] = {
    "ids": lambda n: str(UUID(int=n)),
    "numbers": str,
    "fractions": lambda n: f"{n / 1000:.3f}",
    "addresses": lambda n: f"0x{n:08x}",
    "objects": lambda n: f"<Order@{n + 2**16:08x}>",
    "moments": lambda n: (datetime(2026, 11, 27, tzinfo=UTC) + timedelta(milliseconds=n % 10**10)).isoformat(),
    "clocks": lambda n: f"{n % 24:02}:{n % 60:02}:{n % 59:02}",
    "temporary places": lambda n: f"/var/folders/x{n}/report.txt",
    "checkouts": lambda n: f"/home/ci{n}/pay.cfg",
    "drives": lambda n: f"D:\\agent\\{n}\\pay.cfg",
    "ports": lambda n: f"http://localhost:{n % 65536}/pay",
    "spans": lambda n: f"{n / 7:.2f}{('ms', ' s', ' seconds', 'µs')[n % 4]}",
    "data": lambda n: f'"{n:064b}"',
    "hashes": lambda n: f"a{n:039x}",
}


@pytest.mark.parametrize("kind", _KINDS.values(), ids=_KINDS)
@given(st.integers(0, 2**100), st.integers(0, 2**100))
@settings(max_examples=30)
def test_what_differs_from_run_to_run_is_no_difference(kind: Callable[[int], str], one: int, two: int) -> None:
    assert signature_of(f"refund of {kind(one)} failed", "") == signature_of(f"refund of {kind(two)} failed", "")


_WORDS = st.lists(st.text("ghijklnopqrtvwxyz", min_size=1, max_size=9), min_size=1, max_size=5).map(" ".join)


@given(_WORDS, _WORDS)
def test_other_words_are_another_error(one: str, two: str) -> None:
    assert (signature_of(one, "") == signature_of(two, "")) is (one == two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("exit code 1", "exit code 137"),
        ("HTTP 404", "HTTP 500"),
        ("status code: 503", "status code: 504"),
        ("KeyError: 'order'", "KeyError: 'refund'"),
        (
            "AttributeError: 'Order' object has no attribute 'total'",
            "AttributeError: 'Order' object has no attribute 'sum'",
        ),
        ("no such file: /home/ci/a.cfg", "no such file: /home/ci/b.cfg"),
        ("it was defaced", "it was effaced"),
    ],
)
def test_what_tells_errors_apart_is_kept(one: str, two: str) -> None:
    assert signature_of(one, "") != signature_of(two, "")


def test_the_same_words_elsewhere_in_the_code_are_another_error() -> None:
    one, two = ('  File "/x/src/pay.py", line 3, in refund', '  File "/x/src/pay.py", line 3, in charge')

    assert signature_of("ValueError", one) != signature_of("ValueError", two)


@pytest.mark.parametrize("message", ["", "   ", "failed without a message"])
def test_a_failure_that_says_nothing_has_no_signature(message: str) -> None:
    assert signature_of(message, "") is None


def test_without_a_message_what_it_printed_speaks() -> None:
    assert signature_of("", "Traceback (most recent call last):\nValueError: a") != signature_of("", "ValueError: b")
    assert signature_of("", "  indented alone") is not None


def test_half_lines_beside_a_cut_are_not_read() -> None:
    cut = '  File "/x/src/pay.py", line 3, in ref\n… (812 characters and more left out) …\npy", line 9, in z'

    assert top_frame(cut) == ""
    assert top_frame('  File "/x/src/pay.py", line 3, in refund\n  File "/x/src/p… (cut)') == ""


def test_a_message_that_was_cut_later_is_the_same() -> None:
    whole = "refund of <order> failed " * 60

    assert signature_of(whole[:990] + "… (cut)", "") == signature_of(whole[:800], "")


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_a_signature_of_one_form(message: str, detail: str) -> None:
    found = signature_of(message, detail)

    assert found is None or re.fullmatch(r"s1:[0-9a-f]{16}", found)
    assert found == signature_of(message, detail)


@given(st.text(max_size=200))
def test_what_has_no_noise_left_stays_as_it_is(text: str) -> None:
    assert "\n" not in without_noise(text)


_PIECES = [
    "'a",
    '"',
    "1.",
    "/",
    "a:\\",
    "0x",
    "at a(",
    "  ",
    "1-",
    "\x1b[",
    "`'\"",
    "f" * 7 + "-",
    "0" * 8 + "-",
    "status ",
]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", _PIECES)
def test_hostile_text_is_read_once(piece: str) -> None:
    """Read twice as often as it is long, this would take hours."""
    text = piece * (100_000 // len(piece))

    assert without_noise(text) == without_noise(text + "\n")
    assert top_frame(text) == ""
