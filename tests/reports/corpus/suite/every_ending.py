"""Every way a test can end in pytest; ../pytest-*.xml were written by running this file (see ../README.md)."""

import unittest
import warnings

import pytest


@pytest.fixture
def broken_before() -> None:
    raise ConnectionError("the database is down")


@pytest.fixture
def broken_after():
    yield
    raise OSError("the port is still in use")


def test_passes() -> None:
    print("to stdout, with <angle> & ampersand ]]>")


def test_fails() -> None:
    assert {"state": "open"} == {"state": "paid"}


def test_fails_with_words() -> None:
    pytest.fail("a reason of its own\nin two lines")


def test_errors_before(broken_before: None) -> None:
    pass


def test_errors_after(broken_after: None) -> None:
    pass


def test_fails_and_errors_after(broken_after: None) -> None:
    assert False, "failed first"


@pytest.mark.skip(reason="not on this machine")
def test_skipped() -> None:
    pass


@pytest.mark.xfail(reason="known")
def test_fails_as_expected() -> None:
    assert 1 == 2


@pytest.mark.xfail(strict=True, reason="known no more")
def test_passes_unexpectedly() -> None:
    pass


@pytest.mark.parametrize("text", ["ä", "\x1b[31mred", "a/b[c]", ""])
def test_odd_names(text: str) -> None:
    assert text == "ä"


class TestInClass:
    def test_fails(self) -> None:
        raise ValueError("from \x00 to \x1b")


class TestUnittest(unittest.TestCase):
    def test_subtests(self) -> None:
        for number in range(3):
            with self.subTest(number=number):
                self.assertNotEqual(number, 1)

    def test_warns(self) -> None:
        warnings.warn("old", DeprecationWarning, stacklevel=1)


# ruff: noqa: ANN201, T201, ARG001, PT015, B011, PLR0133, PT009 - what it does wrong is what it is for
