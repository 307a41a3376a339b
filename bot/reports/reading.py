"""Which reader a report goes to."""

from bot.core.evidence import TestEvidence
from bot.reports.junit import read_junit
from bot.reports.refusal import ReportUnreadable

FORMATS = ("junit",)
"""What can be read, by the names callers use."""

MAX_REPORT_BYTES = 10 * 1024 * 1024

_XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_report(content: bytes, name: str, format: str | None) -> TestEvidence:  # noqa: A002 - the contract's word
    """Return what the report called *name* says; without a *format* it is recognised.

    A report that is damaged but partly readable comes back with its reason in ``incomplete``. Raises ReportUnreadable
    when nothing can be learnt from it.
    """
    if format is not None and format not in FORMATS:
        raise ReportUnreadable(
            f'Report "{name}": the format {format[:40]!r} can\'t be read; use {" or ".join(FORMATS)}.'
        )
    if len(content) > MAX_REPORT_BYTES:
        limit = MAX_REPORT_BYTES // (1024 * 1024)
        raise ReportUnreadable(f'Report "{name}" is larger than {limit} MiB; send it in several reports.')
    start = content[:1024].lstrip()
    if not start:
        raise ReportUnreadable(f'Report "{name}" is empty; check that the test run wrote it.')
    if not start.startswith(_XML_STARTS):
        raise ReportUnreadable(f'Report "{name}" is not XML; what can be read is {" or ".join(FORMATS)}.')
    return read_junit(content, name)
