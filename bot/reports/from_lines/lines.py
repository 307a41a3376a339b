"""Lines of a report, one by one, and JSON in one of them."""

import json
from collections.abc import Iterator, Sequence
from typing import NoReturn

from bot.reports.findings import Findings
from bot.reports.refusal import Damaged
from bot.reports.source import Source

MAX_LINE = 1024 * 1024
MAX_LINES = 1_500_000
"""What bounds the time: 10 MiB could be ten million empty lines."""


def lines_of(source: Source, findings: Findings) -> Iterator[str]:
    """Yield every line that is not empty, without its end. Raises Damaged for what was made to exhaust the reader."""
    if source.misread:
        findings.doubt(source.misread)
    text = source.text
    if text.count("\n") > MAX_LINES:
        raise Damaged("holds too many lines; send it in several reports")
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end - start > MAX_LINE:
            raise Damaged(f"has a line longer than {MAX_LINE // (1024 * 1024)} MiB")
        line = text[start:end].rstrip("\r")
        start = end + 1
        if line.strip():
            yield line


def one_object(line: str) -> dict[str, object] | None:
    """Return the JSON object that *line* is, or None. A name that is written twice is refused, as is NaN."""
    try:
        found: object = json.loads(line, object_pairs_hook=_once, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None  # pyright: ignore[reportUnknownVariableType] - JSON's names are texts


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is written twice")
    return found


def _no_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
