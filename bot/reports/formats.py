"""The formats that can be read, in one table: callers' names, what they are recognised by, and who reads them.

From here come what docs/api.md lists, what the OpenAPI document allows, and the sentence for what can't be read.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.reports.findings import Findings
from bot.reports.from_json import ctrf, cucumber, jest, playwright, pytest_json
from bot.reports.from_lines.go_test import is_go_test, read_go_test
from bot.reports.from_lines.tap import is_tap, read_tap
from bot.reports.from_xml.junit import read_junit
from bot.reports.from_xml.nunit import read_nunit
from bot.reports.from_xml.trx import read_trx
from bot.reports.from_xml.xunit import read_xunit
from bot.reports.source import Kind, Source

Recognise = Callable[[Source], bool]
Read = Callable[[Source, Findings], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format. ``name`` is what callers say, ``writers`` who writes it and how, ``begins`` what it is known by."""

    name: str
    title: str
    writers: str
    begins: str
    kind: Kind
    recognise: Recognise
    read: Read


def _rooted(*roots: str) -> Recognise:
    return lambda source: source.root in roots


def _shaped(looks_so: Callable[[object], bool]) -> Recognise:
    return lambda source: looks_so(source.document)


def _whole(read: Callable[[object, Findings], None]) -> Read:
    return lambda source, findings: read(source.document, findings)


FORMATS = (
    Format(
        name="junit",
        title="JUnit XML",
        writers="`pytest --junitxml=F`, Maven Surefire, Gradle, GoogleTest, `go-junit-report`, and most others",
        begins="`<testsuites>` or `<testsuite>`",
        kind=Kind.XML,
        recognise=_rooted("testsuites", "testsuite"),
        read=read_junit,
    ),
    Format(
        name="trx",
        title="TRX",
        writers="`dotnet test --logger trx`, Visual Studio",
        begins="`<TestRun>`",
        kind=Kind.XML,
        recognise=_rooted("TestRun"),
        read=read_trx,
    ),
    Format(
        name="nunit",
        title="NUnit 3 XML",
        writers="`nunit3-console`, `dotnet test --logger nunit` (NunitXml.TestLogger)",
        begins="`<test-run>`",
        kind=Kind.XML,
        recognise=_rooted("test-run"),
        read=read_nunit,
    ),
    Format(
        name="xunit",
        title="xUnit.net v2 XML",
        writers="`xunit.console -xml F`, `dotnet test --logger xunit` (XunitXml.TestLogger), xUnit.net v3",
        begins="`<assemblies>` or `<assembly>`",
        kind=Kind.XML,
        recognise=_rooted("assemblies", "assembly"),
        read=read_xunit,
    ),
    Format(
        name="tap",
        title="TAP 12 to 14",
        writers="`prove -v`, `node --test --test-reporter=tap`, node-tap, tape, Mocha, `pytest --tap-combined`",
        begins="`TAP version 14`, `1..N` or `ok 1`",
        kind=Kind.TEXT,
        recognise=is_tap,
        read=read_tap,
    ),
    Format(
        name="go-test-json",
        title="go test -json",
        writers="`go test -json ./... > F`",
        begins='lines like `{"Action": …}`',
        kind=Kind.JSON,
        recognise=is_go_test,
        read=read_go_test,
    ),
    Format(
        name="ctrf",
        title="CTRF",
        writers="the `…-ctrf-json-reporter` of Jest, Playwright, Cypress …; `pytest --ctrf F`",
        begins='`{"results": {"tests": […]}}`',
        kind=Kind.JSON,
        recognise=_shaped(ctrf.is_ctrf),
        read=_whole(ctrf.read_ctrf),
    ),
    Format(
        name="playwright",
        title="Playwright JSON",
        writers="`playwright test --reporter=json`",
        begins='`{"suites": […], "stats": {…}}`',
        kind=Kind.JSON,
        recognise=_shaped(playwright.is_playwright),
        read=_whole(playwright.read_playwright),
    ),
    Format(
        name="jest",
        title="Jest and Vitest JSON",
        writers="`jest --json --outputFile=F`, `vitest run --reporter=json --outputFile=F`",
        begins='`{"testResults": […]}`',
        kind=Kind.JSON,
        recognise=_shaped(jest.is_jest),
        read=_whole(jest.read_jest),
    ),
    Format(
        name="cucumber",
        title="Cucumber JSON",
        writers="`cucumber-js --format json:F`, Cucumber-JVM, `behave --format json --outfile F`",
        begins='`[{"elements": […]}]`',
        kind=Kind.JSON,
        recognise=_shaped(cucumber.is_cucumber),
        read=_whole(cucumber.read_cucumber),
    ),
    Format(
        name="pytest-json-report",
        title="pytest-json-report",
        writers="`pytest --json-report --json-report-file=F`",
        begins='`{"exitcode": …, "tests": […]}`',
        kind=Kind.JSON,
        recognise=_shaped(pytest_json.is_pytest_json),
        read=_whole(pytest_json.read_pytest_json),
    ),
)
"""In the order in which they are tried: go test's lines are no document, so it comes before those that are."""

NAMES = tuple(format_.name for format_ in FORMATS)

KEPT = ctrf.NAMES | cucumber.NAMES | jest.NAMES | playwright.NAMES | pytest_json.NAMES
"""Names in JSON documents that some reader looks at."""
