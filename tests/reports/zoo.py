"""Reports made to break a reader. Each is refused, or read and marked: never taken as whole."""

from collections.abc import Callable, Mapping

from bot.reports import MAX_REPORT_BYTES


def _padded(head: bytes, filler: bytes, tail: bytes = b"") -> bytes:
    """Return as much of *filler* as a report may hold."""
    return head + filler * ((MAX_REPORT_BYTES - len(head) - len(tail)) // len(filler)) + tail


def entity_bomb() -> bytes:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<!DOCTYPE a [<!ENTITY e0 "ha">{levels}]><testsuite name="&e9;"><testcase name="&e9;"/></testsuite>'.encode()
    )


ZOO: Mapping[str, Callable[[], bytes]] = {
    "an entity bomb": entity_bomb,
    "a DOCTYPE that reaches out": lambda: b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><testsuite/>',
    "XML 100 000 deep": lambda: b"<testsuite>" * 100_000,
    "XML of one element with a million attributes": lambda: _padded(b"<testsuite", b" a=''", b"/>"),
    "XML of nothing but tags": lambda: _padded(b"<testsuite>", b"<a/>", b"</testsuite>"),
    "XML of nothing but suites": lambda: _padded(b"<testsuite>", b"<testsuite/>", b"</testsuite>"),
    "XML of one long text": lambda: _padded(b"<testsuite><testcase><failure>", b"x", b"</failure></testcase>"),
    "XML that says it is something else": lambda: b"<?xml version='1.0' encoding='utf-16'?><testsuite/>",
    "JSON a million deep": lambda: b"[" * 1_000_000,
    "JSON of objects in objects": lambda: _padded(b"", b'{"suites":[', b""),
    "JSON of empty lists": lambda: _padded(b'{"suites":[', b"[],", b'0],"errors":[]}'),
    "JSON of small objects": lambda: _padded(b'{"testResults":[', b'{"name":1},', b"0]}"),
    "JSON of passed over objects": lambda: _padded(b'{"x":[', b'{"a":1},', b"0]}"),
    "JSON of small numbers": lambda: _padded(b'{"testResults":[', b"1,", b"0]}"),
    "JSON of many texts": lambda: _padded(b'{"testResults":[', b'"ab",', b"0]}"),
    "JSON of one long text": lambda: _padded(b'["', b"x", b'"]'),
    "JSON of one long number": lambda: _padded(b"[", b"9", b"]"),
    "JSON with a number past all": lambda: b'{"testResults": [], "numTotalTests": ' + b"9" * 5_000 + b"}",
    "JSON with NaN": lambda: b'{"results": {"tests": [{"name": "a", "status": "passed", "duration": NaN}]}}',
    "JSON with a name twice": lambda: (
        b'{"results": {"tests": [{"name": "a", "status": "failed", "status": "passed"}]}}'
    ),
    "JSON with a root twice": lambda: b'{"testResults": [1], "testResults": []}',
    "JSON and more": lambda: b'{"testResults": []} []',
    "lines that are empty": lambda: _padded(b'{"Action": "start"}\n', b"\n"),
    "lines of one character": lambda: _padded(b'{"Action": "start"}\n', b"x\n"),
    "lines that nest": lambda: b'{"Action": "start"}\n' + b'{"Action":' * 100_000 + b"\n",
    "a line of 10 MiB": lambda: _padded(b'{"Action": "start"}\n{"Output": "', b"x", b'"}\n'),
    "lines with a name twice": lambda: b'{"Action": "pass", "Package": "p", "Test": "a", "Action": "fail"}\n',
    "nothing": lambda: b"",
    "spaces": lambda: b" \n\t ",
    "only a byte order mark": lambda: b"\xef\xbb\xbf",
    "bytes": lambda: bytes(range(256)) * 100,
    "zeros": lambda: bytes(100_000),
    "a ZIP": lambda: b"PK\x03\x04" + bytes(100),
    "a gzip": lambda: b"\x1f\x8b\x08\x00" + bytes(100),
    "prose": lambda: b"All tests passed.\n" * 100,
    "null": lambda: b"null",
    "a page": lambda: b"<!DOCTYPE html><html><body>504 Gateway Timeout</body></html>",
    "more than is taken": lambda: b"<" + b"x" * MAX_REPORT_BYTES,
}
