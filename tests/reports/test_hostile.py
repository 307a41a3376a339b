"""Reports that are broken, or made to break: refused with a sentence, or read and marked as incomplete."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.evidence import TestEvidence
from bot.reports import MAX_REPORT_BYTES, ReportUnreadable, read_report

CASE = b'<testcase classname="a" name="b"/>'
FAILED = b'<testcase classname="a" name="b"><failure message="no"/></testcase>'
WHOLE = b'<testsuites><testsuite name="s">' + FAILED + CASE + b"</testsuite></testsuites>"


def read(content: bytes, format_: str | None = None) -> TestEvidence:
    return read_report(content, "api", format_)


def refused(content: bytes, format_: str | None = None) -> str:
    with pytest.raises(ReportUnreadable) as caught:
        read(content, format_)
    return caught.value.sentence


def entity_bomb() -> bytes:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<!DOCTYPE a [<!ENTITY e0 "ha">{levels}]><testsuite name="&e9;"><testcase name="&e9;"/></testsuite>'.encode()
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", 'Report "api" is empty; check that the test run wrote it.'),
        (b" \n\t ", 'Report "api" is empty; check that the test run wrote it.'),
        (b'{"results": {}}', 'Report "api" is JSON, which is no report that can be read. Known are '),
        (b"\x1f\x8b\x08\x00", 'Report "api" is neither XML nor JSON nor TAP'),
        (b"\x00\x01\x02", 'Report "api" is neither XML nor JSON'),
        (b"<", 'Report "api" is not XML: '),
        (b"<testsuite", 'Report "api" is '),
        (b"<testsuites><testsuite>", 'Report "api" is damaged and holds no readable test: '),
        (
            b"<html><testsuite>" + CASE + b"</testsuite></html>",
            'Report "api" starts with <html>, which is no report that can be read. Known are junit (<testsuites> or',
        ),
        (b"<!DOCTYPE testsuite>" + WHOLE, 'Report "api" has a DOCTYPE; remove it.'),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">' + WHOLE, 'Report "api" has a DOCTYPE; remove it.'),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite>&x;</testsuite>', 'Report "api" has a DOC'),
        (entity_bomb(), 'Report "api" has a DOCTYPE; remove it.'),
        (b"<a>" * 100_000 + b"</a>" * 100_000, 'Report "api" starts with <a>'),
        (b"<testsuite>" * 100_000, 'Report "api" is damaged and holds no readable test: '),
        (
            b"<?xml version='1.0' encoding='nonsense'?><testsuite/>",
            'Report "api" is damaged and holds no readable test',
        ),
        (b"<testsuite>" + b"<a/>" * 1_500_001 + b"</testsuite>", 'Report "api" holds too many tags or attributes'),
        (b"<testsuite" + b" a=''" * 300 + b"/>", 'Report "api" holds too many tags or attributes'),
        (b"<testsuite>" + b"<testsuite/>" * 100_001 + b"</testsuite>", 'Report "api" holds more than 100000 suites'),
        (b"<testsuite>" + b"<testcase/>" * 200_001 + b"</testsuite>", 'Report "api" holds more than 200000 tests'),
        (b"<" + b"x" * MAX_REPORT_BYTES, 'Report "api" is larger than 10 MiB; send it in several reports.'),
    ],
    ids=lambda value: repr(value[:40]),
)
def test_what_nothing_can_be_learnt_from_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    assert refused(content).startswith(sentence)


def test_another_xml_is_refused_with_what_was_asked_for() -> None:
    assert (
        refused(b"<html/>", "junit") == 'Report "api" is not JUnit XML, which begins with <testsuites> or <testsuite>.'
    )


@pytest.mark.parametrize(
    "content",
    [
        WHOLE[:-20],
        WHOLE.replace(b'message="no"', b'message="\x1b[31m"'),
        WHOLE.replace(b'message="no"', b'message="\xe4"'),
        WHOLE.replace(b'message="no"', b'message="&nbsp;"'),
        WHOLE + b"<more/>",
        b"<testsuite>" + FAILED + b"<testsuite>" * 300,
    ],
    ids=["cut off", "control character", "latin-1 in UTF-8", "HTML entity", "two roots", "too deep"],
)
def test_what_is_damaged_is_read_as_far_as_possible_and_marked(content: bytes) -> None:
    evidence = read(content)

    assert evidence.failed == 1
    assert evidence.incomplete[0].startswith("api: damaged, read as far as possible: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_every_declared_encoding_is_read(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    suite = '<testsuite><testcase name="ä"><failure message="ü"/></testcase></testsuite>'
    text = f'<?xml version="1.0" encoding="{declared}"?>{suite}'

    evidence = read(text.encode(encoding))

    assert [(each.id, each.message) for each in evidence.failures] == [("ä", "ü")]
    assert evidence.incomplete == ()


def test_a_doctype_inside_captured_output_is_only_text() -> None:
    page = b"<system-out><![CDATA[<!DOCTYPE html>]]></system-out>"

    assert read(WHOLE.replace(b"</testsuite>", page + b"</testsuite>")).incomplete == ()


def test_failures_that_are_only_claimed_make_it_incomplete() -> None:
    evidence = read(b'<testsuite tests="2" failures="1">' + CASE * 2 + b"</testsuite>")

    assert (evidence.failed, evidence.incomplete) == (0, ("api: says 1 failures and errors, but holds 0",))


@pytest.mark.parametrize(
    "suites",
    [
        b'<testsuites tests="1" failures="0"><testsuite tests="3" failures="2">%b</testsuite></testsuites>',
        b'<testsuites failures="0"><testsuite><testsuite failures="2">%b</testsuite></testsuite></testsuites>',
        b'<testsuites><testsuite errors="1"/><testsuite failures="1">%b</testsuite></testsuites>',
        b'<testsuite failures="2"><testsuite tests="1" failures="0">%b</testsuite></testsuite>',
    ],
)
def test_the_larger_claim_counts_wherever_a_suite_makes_it(suites: bytes) -> None:
    evidence = read_report(suites % b'<testcase name="a"/>', "api", None)

    assert (evidence.total, evidence.incomplete) == (1, ("api: says 2 failures and errors, but holds 0",))


def test_an_outer_suite_that_counts_its_inner_ones_claims_nothing_twice() -> None:
    case = b'<testcase name="a"><failure/></testcase>'
    report = b'<testsuites tests="1" failures="1"><testsuite tests="1" failures="1">%b</testsuite></testsuites>' % case

    assert read_report(report, "api", None).incomplete == ()


@pytest.mark.parametrize(
    "said", ['status="failed"', 'status="error"', 'result="FAILED "', 'status="broken"', 'status="run" result="4"']
)
def test_a_case_that_says_it_did_not_pass_has_failed(said: str) -> None:
    evidence = read_report(f'<testsuite><testcase name="a" {said}/></testsuite>'.encode(), "gate", None)

    assert (evidence.passed, evidence.failed) == (0, 1)
    assert said.split('"')[-2].strip() in evidence.failures[0].message


@pytest.mark.parametrize("said", ["", 'status="run"', 'status="Passed"', 'status="run" result="completed"'])
def test_a_case_that_says_it_passed_has_passed(said: str) -> None:
    assert read_report(f'<testsuite><testcase name="a" {said}/></testsuite>'.encode(), "gate", None).passed == 1


@pytest.mark.parametrize("said", ['status="notrun"', 'result="skipped"', 'status="Disabled"', 'status="untested"'])
def test_a_case_that_says_it_did_not_run_is_skipped(said: str) -> None:
    assert read_report(f'<testsuite><testcase name="a" {said}/></testsuite>'.encode(), "gate", None).skipped == 1


def test_counts_that_are_no_numbers_are_passed_over() -> None:
    evidence = read(b'<testsuite tests="many" failures="-1" errors="9999999999999">' + CASE + b"</testsuite>")

    assert (evidence.total, evidence.incomplete) == (1, ())


def test_errors_outside_of_any_test_make_it_incomplete() -> None:
    evidence = read(b"<testsuite>" + CASE + b'<error message="the runner died"/></testsuite>')

    assert evidence.incomplete == ("api: 1 errors stand outside of any test",)


def test_a_failure_before_a_case_inside_a_case_is_not_lost() -> None:
    inner = b"<testsuite><testcase name='outer'><failure message='no'/><testcase name='inner'/></testcase></testsuite>"

    assert [each.id for each in read(inner).failures] == ["outer"]


def test_names_made_to_look_like_the_second_of_a_name_stay_apart() -> None:
    cases = b"".join(
        b'<testcase name="' + name + b'"><failure message="no"/></testcase>' for name in (b"a", b"a#2", b"a", b"a#2")
    )

    ids = [each.id for each in read(b"<testsuite>" + cases + b"</testsuite>").failures]

    assert len(set(ids)) == 4


def test_long_texts_are_cut_with_a_mark() -> None:
    words = b"m" * 5_000
    content = (
        b'<testsuite><testcase name="n"><failure message="' + words + b'">' + b"d" * 5_000 + b"</failure></testcase>"
    )

    (failure,) = read(content + b"</testsuite>").failures

    assert (len(failure.message), len(failure.detail)) == (1_000, 1_000)
    assert failure.message.endswith("… (cut)")
    assert "characters and more left out" in failure.detail


@settings(deadline=None, max_examples=60)
@given(
    content=st.binary(max_size=200) | st.binary(max_size=60).map(lambda noise: b"<testsuite>" + noise + b"</testsuite>")
)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        evidence = read(content)
    except ReportUnreadable as unreadable:
        assert unreadable.sentence.startswith('Report "api"')  # noqa: PT017 - either answer is right
    else:
        assert evidence.total == evidence.passed + evidence.failed + evidence.skipped


@pytest.mark.parametrize(
    "content",
    [
        b"<:testsuites><testsuite><testcase name='a'/></testsuite></:testsuites>",
        b"<testsuite><:testcase name='a'/><testcase name='b'/></testsuite>",
        b"<testsuite xmlns:a='urn:a'><testcase name='a'><a:b:c/><a:failure/></testcase></testsuite>",
    ],
)
def test_names_that_only_recovery_lets_in_are_damage_and_no_crash(content: bytes) -> None:
    try:
        evidence = read(content)
    except ReportUnreadable as unreadable:
        assert unreadable.sentence.startswith('Report "api"')  # noqa: PT017 - either answer is right
    else:
        assert evidence.incomplete


@settings(deadline=None, max_examples=60)
@given(at=st.integers(0, len(WHOLE) - 1), noise=st.binary(max_size=3), cut=st.integers(0, 8))
def test_a_damaged_report_never_passes_for_a_green_one(at: int, noise: bytes, cut: int) -> None:
    try:
        evidence = read(WHOLE[:at] + noise + WHOLE[at + cut :])
    except ReportUnreadable:
        return
    assert evidence.total == evidence.passed + evidence.failed + evidence.skipped
