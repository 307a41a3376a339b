"""One small report of each format, in parts to repeat, cut and spoil: two tests, of which the first failed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.reports import FORMATS, NAMES

BAD = "\\u0000 \\ud800 \\u001b[31mred"
"""What JSON lets into a text and nobody can keep, or show."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A report as text: *head*, *failed* and *passed* tests (``%s`` is a name), *tail* (``%n`` is how many)."""

    head: str
    failed: str
    passed: str
    tail: str
    between: str = ""
    nested: tuple[str, str] | None = None
    most: int = 199_000

    def of(self, tests: Iterable[str]) -> bytes:
        all_of_them = list(tests)
        tail = self.tail.replace("%n", str(len(all_of_them)))
        return (self.head + self.between.join(all_of_them) + tail).encode()

    def failing(self, name: str) -> str:
        return self.failed.replace("%s", name)

    def passing(self, name: str) -> str:
        return self.passed.replace("%s", name)

    def whole(self) -> bytes:
        return self.of([self.failing("a"), self.passing("b")])

    def largest(self) -> bytes:
        """Return nearly as many tests as there may be, in nearly as many bytes."""
        return self.many(
            min(self.most, (10 * 1024 * 1024 - 1000) // (len(self.passing("t199000")) + len(self.between)))
        )

    def many(self, count: int) -> bytes:
        return self.of(self.passing(f"t{number}") for number in range(count))


def _go(action: str, test: str = "", output: str = "") -> str:
    event = {
        "Action": action,
        "Package": "p",
        **({"Test": test} if test else {}),
        **({"Output": output} if output else {}),
    }
    return json.dumps(event) + "\n"


SAMPLES = {
    "junit": Sample(
        head='<testsuites><testsuite name="s">',
        failed='<testcase classname="c" name="%s"><failure message="no"/></testcase>',
        passed='<testcase classname="c" name="%s"/>',
        tail="</testsuite></testsuites>",
        nested=("<testsuite>", "</testsuite>"),
    ),
    "trx": Sample(
        head='<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>',
        failed='<UnitTestResult testName="%s" outcome="Failed"><Output><ErrorInfo><Message>no</Message></ErrorInfo>'
        "</Output></UnitTestResult>",
        passed='<UnitTestResult testName="%s" outcome="Passed"/>',
        tail="</Results></TestRun>",
        nested=("<UnitTestResult><InnerResults>", "</InnerResults></UnitTestResult>"),
    ),
    "nunit": Sample(
        head="<test-run><test-suite>",
        failed='<test-case name="%s" classname="c" result="Failed"><failure><message>no</message></failure>'
        "</test-case>",
        passed='<test-case name="%s" classname="c" result="Passed"/>',
        tail="</test-suite></test-run>",
        nested=("<test-suite>", "</test-suite>"),
    ),
    "xunit": Sample(
        head="<assemblies><assembly><collection>",
        failed='<test name="c.%s" type="c" result="Fail"><failure><message>no</message></failure></test>',
        passed='<test name="c.%s" type="c" result="Pass"/>',
        tail="</collection></assembly></assemblies>",
        nested=("<collection>", "</collection>"),
    ),
    "tap": Sample(
        head="TAP version 14\n",
        failed="not ok - %s\n  ---\n  message: no\n  ...\n",
        passed="ok - %s\n",
        tail="1..%n\n",
    ),
    "ctrf": Sample(
        head='{"reportFormat": "CTRF", "results": {"tool": {"name": "t"}, "tests": [',
        failed='{"name": "%s", "status": "failed", "message": "no"}',
        passed='{"name": "%s", "status": "passed"}',
        between=",",
        tail="]}}",
        nested=('{"a": [', "]}"),
    ),
    "playwright": Sample(
        head='{"suites": [{"title": "f", "specs": [',
        failed='{"title": "%s", "file": "f", "tests": ['
        '{"status": "unexpected", "results": [{"error": {"message": "no"}}]}]}',
        passed='{"title": "%s", "file": "f", "tests": [{"status": "expected"}]}',
        between=",",
        tail=']}], "errors": []}',
        nested=('{"suites": [', "]}"),
        most=130_000,
    ),
    "jest": Sample(
        head='{"testResults": [{"name": "/app/f.js", "assertionResults": [',
        failed='{"title": "%s", "status": "failed", "failureMessages": ["no"]}',
        passed='{"title": "%s", "status": "passed"}',
        between=",",
        tail="]}]}",
        nested=('{"location": [', "]}"),
    ),
    "go-test-json": Sample(
        head=_go("start"),
        failed=_go("run", "%s") + _go("output", "%s", "no\n") + _go("fail", "%s"),
        passed=_go("run", "%s") + _go("pass", "%s"),
        tail=_go("fail"),
    ),
    "cucumber": Sample(
        head='[{"name": "f", "elements": [',
        failed='{"name": "%s", "steps": [{"result": {"status": "failed", "error_message": "no"}}]}',
        passed='{"name": "%s", "steps": [{"result": {"status": "passed"}}]}',
        between=",",
        tail="]}]",
        nested=('{"steps": [', "]}"),
        most=95_000,
    ),
    "pytest-json-report": Sample(
        head='{"exitcode": 0, "tests": [',
        failed='{"nodeid": "%s", "outcome": "failed", "call": {"outcome": "failed", "crash": {"message": "no"}}}',
        passed='{"nodeid": "%s", "outcome": "passed"}',
        between=",",
        tail="]}",
        nested=('{"call": [', "]}"),
    ),
}

JSON = [name for name in SAMPLES if SAMPLES[name].head[:1] in "[{"]


def of_other_kinds(name: str) -> Iterator[str]:
    """Names of formats that begin like another kind of text."""
    kinds = {format_.name: format_.kind for format_ in FORMATS}
    return (other for other in NAMES if kinds[other] is not kinds[name])
