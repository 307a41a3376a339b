"""Which reader a report goes to."""

from dataclasses import dataclass

from bot.core.evidence import Outcomes, TestEvidence
from bot.reports.findings import Findings
from bot.reports.formats import FORMATS, KEPT, NAMES, Format
from bot.reports.refusal import Damaged, ReportUnreadable
from bot.reports.source import Kind, Source

MAX_REPORT_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a report says: for people and policies in ``tests``, and for the history in ``outcomes``, test by test."""

    tests: TestEvidence
    outcomes: Outcomes


def read_report(content: bytes, name: str, format: str | None) -> TestEvidence:  # noqa: A002 - the contract's word
    """Return what the report called *name* says to people. As :func:`read_whole`."""
    return read_whole(content, name, format).tests


def read_whole(content: bytes, name: str, format: str | None) -> Report:  # noqa: A002 - the contract's word
    """Return all that the report called *name* says; without a *format* it is recognised.

    A report that is damaged but partly readable comes back with its reason in ``incomplete``. Raises ReportUnreadable
    when nothing can be learnt from it.
    """
    try:
        source, findings = Source(_checked(content), KEPT), Findings()
        _reader(source, format).read(source, findings)
    except Damaged as damaged:
        raise ReportUnreadable(f'Report "{name}" {damaged}.') from damaged
    return Report(tests=findings.evidence(name), outcomes=findings.outcomes())


def _checked(content: bytes) -> bytes:
    if len(content) > MAX_REPORT_BYTES:
        raise Damaged(f"is larger than {MAX_REPORT_BYTES // (1024 * 1024)} MiB; send it in several reports")
    if not content.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\x00"):
        raise Damaged("is empty; check that the test run wrote it")
    return content


def _reader(source: Source, name: str | None) -> Format:
    """Return the format called *name*, or else the one that *source* is recognised as."""
    if name is None:
        candidates = [format_ for format_ in FORMATS if format_.kind is source.kind]
        found = next((format_ for format_ in candidates if format_.recognise(source)), None)
        if found is None:
            raise Damaged(f"{_look(source)}, which is no report that can be read. {_known(candidates or FORMATS)}")
        return found
    found = next((format_ for format_ in FORMATS if format_.name == name), None)
    if found is None:
        raise Damaged(f"is sent as {name[:40]!r}, which can't be read; use {_listed(NAMES)}")
    if found.kind is not source.kind or not found.recognise(source):
        raise Damaged(f"is not {found.title}, which begins with {found.begins.replace('`', '')}")
    return found


def _look(source: Source) -> str:
    match source.kind:
        case Kind.XML:
            return f"starts with <{source.root[:40]}>"
        case Kind.JSON:
            return "is JSON"
        case Kind.TEXT:
            return "is neither XML nor JSON nor TAP"


def _known(formats: tuple[Format, ...] | list[Format]) -> str:
    return "Known are " + ", ".join(f"{each.name} ({each.begins.replace('`', '')})" for each in formats)


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
