"""TAP, versions 12 to 14, with subtests: https://testanything.org/tap-version-14-specification.html."""

import re
from dataclasses import dataclass, field, replace

from bot.reports.case import Case, Result, named, path_of
from bot.reports.findings import Findings
from bot.reports.from_lines.lines import lines_of
from bot.reports.from_lines.tap_details import Details
from bot.reports.source import Source

_VERSION = re.compile(r"TAP version \d+$")
_PLAN = re.compile(r"1\.\.(\d{1,9})(?:\s*#.*)?$")
_POINT = re.compile(r"(not )?ok\b(?:\s+(\d+))?(?:\s*-\s)?\s*(.*)$")
_NUMBERED = re.compile(r"(?:not )?ok \d+\b")
_BAIL = re.compile(r"Bail out!\s*(.*)$")
_SUBTEST = re.compile(r"# Subtest(?:: (.*))?$")
_DIRECTIVE = re.compile(r"(?<!\\)#\s*(SKIP|TODO)\b", re.IGNORECASE)
_REMARK = re.compile(r"\s(?<!\\)#\s(.*)$")
"""What some add to a name: node-tap how long it took, which is something else at every run."""

_ESCAPED = re.compile(r"\\([#\\])")
_STEP = 4
_MAX_LEVELS = 100


def is_tap(source: Source) -> bool:
    """Tell whether it looks like one: a version, a plan or a numbered test is among the first lines."""
    return any(_VERSION.match(line) or _PLAN.match(line) or _NUMBERED.match(line) for line in source.first_lines)


def read_tap(source: Source, findings: Findings) -> None:
    """Take over every test. One with subtests counts only when it failed and none of them did.

    What is TODO has not failed, and nothing below it has. A plan that is missing, or is not kept, makes it doubtful.
    """
    stream = _Stream(findings)
    for line in lines_of(source, findings):
        stream.take(line)
    stream.end()


@dataclass(slots=True)
class _Level:
    """One stream of tests; those below it stand four spaces further in."""

    title: str = ""
    plan: int | None = None
    points: int = 0
    cases: list[Case] = field(default_factory=list[Case])

    def complaint(self) -> str | None:
        """Say how the plan was not kept."""
        if self.plan is None:
            return "has no plan, so tests may be missing" if self.points else None
        return None if self.plan == self.points else f"planned {self.plan} tests, but holds {self.points}"


class _Stream:
    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._levels = [_Level()]
        self._failed: tuple[_Level, Case] | None = None
        self._details = Details()
        self._complaints = 0

    def take(self, line: str) -> None:
        """Look at one line. What is none of TAP's belongs to the failure before it."""
        if self._details.is_open:
            self._details.add(line)
            return
        text = line.lstrip(" ")
        depth, odd = divmod(len(line) - len(text), _STEP)
        if self._details.opens(line) or odd or depth > _MAX_LEVELS or not self._understands(text, depth):
            self._details.add(line)

    def end(self) -> None:
        """Close what is open, and note what is missing."""
        self._settle()
        if self._details.is_open:
            self._findings.doubt("its last block of details never ends")
        while len(self._levels) > 1:
            self._close(None)
        if why := self._levels[0].complaint():
            self._findings.doubt(why)
        if self._complaints:
            self._findings.doubt(f"{self._complaints} subtests did not keep their plan")

    def _understands(self, text: str, depth: int) -> bool:
        """Act on a line of TAP; tell whether it was one."""
        if found := _POINT.match(text):
            self._point(found, depth)
        elif found := _PLAN.match(text):
            self._level(depth).plan = int(found[1])
        elif found := _SUBTEST.match(text):
            self._level(depth).title = found[1] or ""
        elif found := _BAIL.match(text):
            self._findings.doubt(f"the run bailed out: {found[1][:200] or 'no reason given'}")
        else:
            return bool(_VERSION.match(text)) or text.startswith("pragma ")
        return True

    def _level(self, depth: int) -> _Level:
        """Return the stream at *depth*, with everything further in closed and everything up to it open."""
        self._settle()
        while len(self._levels) > depth + 1:
            self._close(None)
        while len(self._levels) <= depth:
            self._levels.append(_Level())
        return self._levels[depth]

    def _point(self, found: re.Match[str], depth: int) -> None:
        self._settle()
        while len(self._levels) > depth + 2:
            self._close(None)
        below = self._levels[depth + 1].cases if len(self._levels) == depth + 2 else []
        name, remark, directive = _named(found[3])
        result = _result(is_ok=not found[1], directive=directive)
        if len(self._levels) == depth + 2:
            self._close(result)
        level = self._level(depth)
        level.points += 1
        around = [each.title or "subtest" for each in self._levels[:depth]]
        id_ = named(path_of(around), name or f"test {level.points}")
        said = name if remark.startswith("time=") else remark or name
        case = Case(id=id_, result=result, message=said, suite=path_of(around))
        level.title = ""
        has_failed_below = any(each.result is Result.FAILED for each in below)
        if below and (result is not Result.FAILED or has_failed_below):
            self._details = Details()
        elif result is Result.FAILED:
            self._failed, self._details = (level, case), Details()
        else:
            self._keep(level, case)

    def _settle(self) -> None:
        """Count the last failure with what was said of it since."""
        if self._failed is not None:
            level, case = self._failed
            self._failed = None
            message, file, line = self._details.told()
            words = {"message": message or case.message, "detail": self._details.text()}
            self._keep(level, replace(case, problems=1, file=file, line=line, **words))
        if not self._details.is_open:
            self._details = Details()

    def _keep(self, level: _Level, case: Case) -> None:
        """Count at once what stands outermost; what is below waits for the word of the test that it is in."""
        if level is self._levels[0]:
            self._findings.count(case)
        else:
            level.cases.append(case)

    def _close(self, around: Result | None) -> None:
        """Take the innermost stream's tests over. Below what is TODO or skipped nothing has failed."""
        level = self._levels.pop()
        self._complaints += level.complaint() is not None
        for case in level.cases:
            is_excused = around is Result.SKIPPED and case.result is Result.FAILED
            self._keep(self._levels[-1], Case(id=case.id, result=Result.SKIPPED) if is_excused else case)


def _named(description: str) -> tuple[str, str, str]:
    """Return name, remark and directive: what follows an unescaped # and is one of the two known words."""
    found = _DIRECTIVE.search(description)
    name = description[: found.start()] if found else description
    remark = _REMARK.search(name)
    name = name[: remark.start()] if remark else name
    return _ESCAPED.sub(r"\1", name.strip()), remark[1] if remark else "", found[1].upper() if found else ""


def _result(*, is_ok: bool, directive: str) -> Result:
    if directive == "TODO":
        return Result.SKIPPED
    if not is_ok:
        return Result.FAILED
    return Result.SKIPPED if directive else Result.PASSED
