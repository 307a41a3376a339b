"""What holds for every reader alike: it counts, it names, and what is broken or hostile never looks whole."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import astuple
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.evidence import NAMED_FAILURES, TestEvidence
from bot.reports import NAMES, ReportUnreadable, read_report
from tests.reports.samples import BAD, JSON, SAMPLES, of_other_kinds
from tests.reports.zoo import ZOO

every_format = pytest.mark.parametrize("name", NAMES)


def read(content: bytes, format_: str | None = None) -> TestEvidence:
    return read_report(content, "api", format_)


def refusal(content: bytes, format_: str | None = None) -> str:
    with pytest.raises(ReportUnreadable) as caught:
        read(content, format_)
    return caught.value.sentence


def is_doubted(content: bytes) -> bool:
    """Whether it is refused or marked as incomplete; either way no rule says yes to it by itself."""
    try:
        evidence = read(content)
    except ReportUnreadable as unreadable:
        return unreadable.sentence.startswith('Report "api" ')
    assert evidence.total == evidence.passed + evidence.failed + evidence.skipped
    return bool(evidence.incomplete)


def test_there_is_a_sample_of_every_format() -> None:
    assert set(SAMPLES) == set(NAMES)


@every_format
def test_it_is_recognised_and_counted(name: str) -> None:
    content = SAMPLES[name].whole()

    evidence = read(content)

    assert evidence == read(content, name)
    assert (evidence.total, evidence.passed, evidence.failed, evidence.skipped) == (2, 1, 1, 0)
    assert (evidence.incomplete, evidence.reports) == ((), ("api",))
    assert [(failure.message, failure.id.endswith("a")) for failure in evidence.failures] == [("no", True)]


@every_format
def test_what_is_sent_under_another_name_is_refused_and_says_what_that_begins_with(name: str) -> None:
    for other in of_other_kinds(name):
        assert "which begins with" in refusal(SAMPLES[name].whole(), other)


def test_a_name_that_is_no_format_is_refused_with_those_that_are() -> None:
    sentence = refusal(SAMPLES["junit"].whole(), "abacus")

    assert sentence.startswith("Report \"api\" is sent as 'abacus', which can't be read; use ")
    assert all(name in sentence for name in NAMES)


@every_format
def test_tests_of_one_name_are_told_apart(name: str) -> None:
    sample = SAMPLES[name]

    ids = [failure.id for failure in read(sample.of([sample.failing("a")] * 3)).failures]

    assert len(set(ids)) == 3
    assert ids[1:] == [f"{ids[0]}#2", f"{ids[0]}#3"]


@pytest.mark.parametrize("name", ["junit", "ctrf"])
def test_more_failures_than_can_be_kept_are_counted_and_make_it_incomplete(name: str) -> None:
    sample = SAMPLES[name]

    evidence = read(sample.of(sample.failing(f"t{number}") for number in range(NAMED_FAILURES + 5)))

    assert (evidence.failed, len(evidence.failures)) == (10_005, 10_000)
    assert evidence.incomplete == ("api: only the first 10000 of 10005 failures are kept by name",)


@every_format
def test_wherever_it_is_cut_off_it_does_not_look_whole(name: str) -> None:
    content = SAMPLES[name].whole().rstrip()

    assert [at for at in range(len(content)) if not is_doubted(content[:at])] == []


@every_format
@pytest.mark.parametrize("spoilt", [b"\xe4", b"\xff\xfe", b"\xed\xa0\x80"], ids=["latin-1", "UTF-16", "surrogate"])
def test_bytes_that_are_no_text_do_not_pass_unnoticed(name: str, spoilt: bytes) -> None:
    content = SAMPLES[name].whole().replace(b"no", spoilt)

    assert is_doubted(content)


@every_format
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_windows_writes_is_read(name: str, encoding: str) -> None:
    declared = '<?xml version="1.0" encoding="utf-16"?>' if encoding == "utf-16" and name not in JSON else ""
    content = SAMPLES[name].whole().decode()
    content = declared + content if content.startswith("<") else content

    assert read(content.encode(encoding)) == read(SAMPLES[name].whole())


@pytest.mark.parametrize("name", JSON)
def test_what_no_database_takes_is_not_in_the_evidence(name: str) -> None:
    content = SAMPLES[name].whole().replace(b'"no', f'"no {BAD}'.encode()).replace(b'"a"', f'"{BAD} a"'.encode())

    (failure,) = read(content).failures

    texts = [text for text in astuple(failure) if isinstance(text, str)]
    assert [text for text in texts if not text.replace("\n", "").isprintable()] == []
    assert "red" in failure.message
    assert "31m" not in failure.message


@every_format
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_noise_in_it_is_read_or_refused(name: str, data: st.DataObject) -> None:
    content = SAMPLES[name].whole()
    at = data.draw(st.integers(0, len(content)))
    noise, cut = data.draw(st.binary(max_size=4)), data.draw(st.integers(0, 8))

    try:
        evidence = read(content[:at] + noise + content[at + cut :])
    except ReportUnreadable as unreadable:
        assert unreadable.sentence.startswith('Report "api" ')  # noqa: PT017 - either answer is right
    else:
        assert evidence.total == evidence.passed + evidence.failed + evidence.skipped
        assert len(evidence.failures) == evidence.failed


@pytest.mark.parametrize("name", JSON)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_anything_in_place_of_a_value_is_read_or_refused(name: str, data: st.DataObject) -> None:
    """Every value in the sample may be any other: what reads them takes nothing for granted."""
    sample = SAMPLES[name].whole().decode()
    lines = sample.splitlines() if name == "go-test-json" else [sample]
    spoilt = [json.dumps(_swapped(json.loads(line), data)) for line in lines]

    try:
        evidence = read("\n".join(spoilt).encode(), name)
    except ReportUnreadable as unreadable:
        assert unreadable.sentence.startswith('Report "api" ')  # noqa: PT017 - either answer is right
    else:
        assert len(evidence.failures) == evidence.failed


ODDITIES = cast("list[object]", json.loads('[null, true, -1, 2.5, 1e30, "x", [{}], {"a": 1}]'))


def _swapped(value: object, data: st.DataObject) -> object:
    if data.draw(st.integers(0, 5)) == 0:
        return data.draw(st.sampled_from(ODDITIES))
    if isinstance(value, dict):
        return {key: _swapped(each, data) for key, each in cast("dict[str, object]", value).items()}
    return [_swapped(each, data) for each in cast("list[object]", value)] if isinstance(value, list) else value


@pytest.mark.parametrize("name", [name for name in NAMES if SAMPLES[name].nested])
def test_it_may_nest_a_hundred_levels_and_not_a_hundred_thousand(name: str) -> None:
    sample = SAMPLES[name]
    begin, end = sample.nested or ("", "")

    deep = [sample.of([begin * levels + end * levels, sample.passing("b")]) for levels in (50, 100_000)]

    assert read(deep[0]).total >= 1
    assert is_doubted(deep[1])


_ALONE = """
import sys
from bot.reports import ReportUnreadable, read_report
from tests.reports.samples import SAMPLES
from tests.reports.zoo import ZOO
contents = ZOO if sys.argv[1] == "zoo" else {name: sample.largest for name, sample in SAMPLES.items()}
for name, content in contents.items():
    try:
        looks_whole = not read_report(content(), "api", None).incomplete
    except ReportUnreadable as unreadable:
        looks_whole = False
        assert unreadable.sentence.startswith('Report "api" ')
    (peak,) = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")]
    print(name, looks_whole, int(peak) // 1024, sep="\\t")
"""
"""The kernel's own high-water mark: ``ru_maxrss`` is at least that of the process that started this one."""


def _read_alone(which: str) -> dict[str, tuple[str, int]]:
    """Read all of a kind in one new process; return of each whether it looked whole, and the peak memory, in MiB."""
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", _ALONE, which], capture_output=True, text=True, check=True, timeout=500
    )
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return {name: (whole, int(peak)) for name, whole, peak in rows}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="how much memory it took is read from /proc")
@pytest.mark.parametrize(("which", "names", "looks_whole"), [("zoo", ZOO, "False"), ("largest", NAMES, "True")])
def test_the_worst_is_refused_and_the_largest_read_within_300_mib(
    which: str, names: Iterable[str], looks_whole: str
) -> None:
    found = _read_alone(which)

    assert set(found) == set(names)
    assert [name for name, (whole, _) in found.items() if whole != looks_whole] == []
    assert {name: peak for name, (_, peak) in found.items() if peak >= 300} == {}


LARGE = ("JSON of small objects", "JSON of empty lists", "JSON of many texts", "XML of nothing but suites")


@pytest.mark.parametrize("kind", LARGE)
def test_others_have_their_turn_while_it_reads(kind: str) -> None:
    """The loop runs in another thread: it gets the interpreter's lock many times, not once when all is read."""
    content, turns, done = ZOO[kind](), 0, threading.Event()

    def read_it() -> None:
        is_doubted(content)
        done.set()

    reader = threading.Thread(target=read_it)
    reader.start()
    while not done.wait(0.001):
        turns += 1
    reader.join()

    assert turns >= 5
