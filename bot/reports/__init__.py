"""Test reports in, :mod:`bot.core.evidence` out: parsing only, no network. CPU-bound: call it off the event loop."""

from bot.reports.formats import FORMATS, NAMES, Format
from bot.reports.reading import MAX_REPORT_BYTES, Report, read_report, read_whole
from bot.reports.refusal import ReportUnreadable

__all__ = ["FORMATS", "MAX_REPORT_BYTES", "NAMES", "Format", "Report", "ReportUnreadable", "read_report", "read_whole"]
