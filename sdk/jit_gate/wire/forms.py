"""multipart/form-data (RFC 7578): the JSON in a part ``request``, and every report as a file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from jit_gate.asking import Report


def draw_form(request: bytes, reports: Sequence[Report]) -> tuple[str, bytes]:
    """Return the Content-Type and the body. The same parts make the same bytes, at every attempt."""
    boundary = _boundary(request, reports)
    parts = [_part(boundary, b'name="request"', b"application/json", request)]
    parts += [
        _part(
            boundary,
            b'name="report"; filename="%b"' % _quoted(report.name),
            b"application/octet-stream",
            report.content,
        )
        for report in reports
    ]
    return f"multipart/form-data; boundary={boundary.decode()}", b"".join((*parts, b"--", boundary, b"--\r\n"))


def _boundary(request: bytes, reports: Sequence[Report]) -> bytes:
    """Return a boundary that nobody can put into a report: it depends on all of them."""
    whole = hashlib.sha256(request)
    for report in reports:
        whole.update(hashlib.sha256(report.content).digest())
    return b"jit-" + whole.hexdigest().encode()


def _part(boundary: bytes, disposition: bytes, content_type: bytes, content: bytes) -> bytes:
    head = b"Content-Disposition: form-data; %b\r\nContent-Type: %b\r\n\r\n" % (disposition, content_type)
    return b"".join((b"--", boundary, b"\r\n", head, content, b"\r\n"))


def _quoted(name: str) -> bytes:
    """Return a file name for between quotes, escaped as browsers do."""
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.encode("utf-8", "replace")
