"""Test reports in, :mod:`bot.core.evidence` out: parsing only, no network. CPU-bound: call it off the event loop."""

from bot.reports.formats import FORMATS, NAMES, Format
from bot.reports.reading import MAX_REPORT_BYTES, read_report
from bot.reports.refusal import ReportUnreadable

__all__ = ["FORMATS", "MAX_REPORT_BYTES", "NAMES", "Format", "ReportUnreadable", "read_report"]
