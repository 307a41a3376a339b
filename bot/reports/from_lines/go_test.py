"""What ``go test -json`` writes, one event a line: https://pkg.go.dev/cmd/test2json."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.reports.case import Case, Result, named
from bot.reports.findings import Findings
from bot.reports.from_json.fields import text
from bot.reports.from_lines.lines import lines_of, one_object
from bot.reports.source import Source

_ENDS = {"pass": Result.PASSED, "fail": Result.FAILED, "skip": Result.SKIPPED}
_PLACE = re.compile(r"^\s*([^\s:]+\.go):(\d{1,7}):(?:\d+:)? (.*)", re.MULTILINE)
"""Where it failed, as ``t.Errorf`` and the compiler say it: ``    pay_test.go:41: want 200``."""

_NOISE = ("=== ", "--- ", "FAIL", "PASS", "ok  ")


def is_go_test(source: Source) -> bool:
    """Tell whether it looks like one: the first line is an event."""
    return bool(text(source.first_value, "Action"))


def read_go_test(source: Source, findings: Findings) -> None:
    """Take over every test. One with subtests counts itself only when it failed and none of them did.

    A package that failed without a failed test (it could not be built, or it panicked) counts as one.
    """
    run = _Run(findings)
    strays = 0
    for line in lines_of(source, findings):
        event = one_object(line)
        if event is None:
            strays += 1
        else:
            run.take(event)
    if strays:
        findings.doubt(f"{strays} lines are no events of go test")
    run.end()


@dataclass(slots=True)
class _Package:
    """What is open in one package, and what came of its tests so far."""

    output: list[str] = field(default_factory=list[str])
    running: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    parents: set[str] = field(default_factory=set[str])
    failed: set[str] = field(default_factory=set[str])
    has_ended: bool = False


@dataclass(slots=True)
class _Run:
    findings: Findings
    _packages: dict[str, _Package] = field(default_factory=dict[str, _Package])
    _builds: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def take(self, event: object) -> None:
        """Look at one event. Those of a build name what is built and no package."""
        action, output = text(event, "Action"), text(event, "Output")
        if action.startswith("build-"):
            self._builds.setdefault(text(event, "ImportPath"), []).append(output)
            return
        name, test = text(event, "Package"), text(event, "Test")
        package = self._packages.setdefault(name, _Package())
        if action == "run":
            package.running[test] = []
            package.parents.update(_parents(test))
        elif action == "output":
            (package.running.get(test, package.output) if test else package.output).append(output)
        elif action in _ENDS and test:
            self._end_test(name, package, test, _ENDS[action])
        elif action in _ENDS:
            self._end_package(name, package, event)

    def end(self) -> None:
        """Note what began and never ended."""
        tests = sum(len(package.running) for package in self._packages.values())
        packages = sum(1 for package in self._packages.values() if not package.has_ended)
        if tests:
            self.findings.doubt(f"{tests} tests began and did not end")
        if packages:
            self.findings.doubt(f"{packages} packages began and did not end")

    def _end_test(self, name: str, package: _Package, test: str, result: Result) -> None:
        output = package.running.pop(test, [])
        is_failed, is_below = result is Result.FAILED, test in package.failed
        if is_failed:
            package.failed.update((test, *_parents(test)))
        if test in package.parents and not (is_failed and not is_below):
            return
        id_ = named(name, test)
        self.findings.count(_failure(id_, name, output) if is_failed else Case(id=id_, result=result))

    def _end_package(self, name: str, package: _Package, event: object) -> None:
        package.has_ended = True
        if text(event, "Action") == "fail" and not package.failed:
            built = self._builds.get(text(event, "FailedBuild"), [])
            self.findings.count(_failure(name or "unnamed package", name, built or package.output))
        package.output.clear()


def _parents(test: str) -> Iterator[str]:
    """Yield the tests that *test* may be a subtest of; a name may hold slashes of its own."""
    at = test.rfind("/")
    while at > 0:
        yield test[:at]
        at = test.rfind("/", 0, at)


def _failure(id_: str, package: str, output: list[str]) -> Case:
    said = "".join(line for line in output if not line.lstrip().startswith(_NOISE))
    place = _PLACE.search(said)
    return Case(
        id=id_,
        result=Result.FAILED,
        problems=1,
        message=place[3] if place else "",
        detail=said.strip("\n"),
        file=place[1] if place else None,
        line=int(place[2]) if place else None,
        suite=package,
    )
