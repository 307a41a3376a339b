"""A CODEOWNERS file in, and who owns a path out: GitHub's rules, but nothing in it is passed over in silence.

The last line that matches a path says who owns it; one without owners says that nobody does. Patterns are a part of
gitignore's: ``*`` and ``?`` stay inside one name, ``**`` goes through any number of folders, a pattern with a slash at
its start or in its middle is anchored at the root, and whatever matches a folder holds for all that is in it, but for a
pattern that ends in ``/*``. There are no negations, no character ranges, and no sections.
https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_BYTES = 3 * 1024 * 1024
"""GitHub reads no larger file."""

_LONGEST_PATH = 4096
_DEEPEST = 64
"""Names in a path; whoever sends one of more, made to be compared at length, is told of no owner."""

_MOST_REMEMBERED = 4096

Step = str | re.Pattern[str] | None
"""One name of a path: as it is, a pattern for it, or None for any number of folders."""

_OWNER = re.compile(r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:/[A-Za-z0-9._-]+)?|[^@\s]+@[^@\s]+\.[^@\s]+")
_WORDS = re.compile(r"(?:\\.|[^\s\\])+|\\$")
_MARKS = re.compile(r"\\.|.", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that says nothing we could go by. Line and column count from 1."""

    line: int
    column: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One line: what is left to match below the folder it is kept under, and whose that is."""

    line: int
    steps: tuple[Step, ...]
    owners: tuple[str, ...]


class CodeOwners:
    """Who owns what. Lines are kept by the folder their pattern names, so that a path is compared with few of them."""

    def __init__(self, text: str) -> None:
        self.faults: list[BadLine] = []
        self._under: dict[str, list[_Entry]] = {}
        self._floating: list[_Entry] = []
        self._floating_by = lru_cache(_MOST_REMEMBERED)(self._hooked)
        self.of = lru_cache(_MOST_REMEMBERED)(self._of)
        for number, line in enumerate(text.splitlines(), start=1):
            try:
                self._keep(line, number)
            except _Bad as bad:
                self.faults.append(BadLine(line=number, column=bad.column, sentence=bad.sentence))

    def _of(self, path: str) -> tuple[str, ...]:
        """Return who owns the file at *path*, as somebody's test tool spells it; nobody when no line says."""
        names = _names(path)
        matching = [entry for depth, entry in self._near(names) if _matches(entry.steps, names[depth:])]
        return max(matching, key=lambda entry: entry.line).owners if matching else ()

    def _hooked(self, name: str) -> tuple[_Entry, ...]:
        """Return the lines that may begin anywhere, and have *name* first in what they name: names come again."""
        return tuple(entry for entry in self._floating if _fits(entry.steps[1], name))

    def _near(self, names: tuple[str, ...]) -> Iterator[tuple[int, _Entry]]:
        """Yield every line whose named folders are those of the path, with how many of them there are."""
        for depth in range(len(names) + 1):
            for entry in self._under.get("/".join(names[:depth]), ()):
                yield depth, entry
        floating = {entry.line: entry for name in dict.fromkeys(names) for entry in self._floating_by(name)}
        yield from ((0, entry) for entry in floating.values())

    def _keep(self, line: str, number: int) -> None:
        words = list(_words(line))
        if not words:
            return
        (_, pattern), owners = words[0], words[1:]
        _require_pattern(pattern)
        for column, owner in owners:
            if _OWNER.fullmatch(owner) is None:
                raise _Bad(column, f'"{owner[:60]}" is no owner; write @user, @organisation/team or an e-mail address')
        steps = _steps(pattern)
        named = next((i for i, step in enumerate(steps) if not isinstance(step, str)), len(steps))
        entry = _Entry(line=number, steps=steps[named:], owners=tuple(owner for _, owner in owners))
        if len(entry.steps) > 1 and entry.steps[0] is None and entry.steps[1] is not None and not named:
            self._floating.append(entry)
        else:
            self._under.setdefault("/".join(map(str, steps[:named])), []).append(entry)


class _Bad(Exception):
    def __init__(self, column: int, sentence: str) -> None:
        super().__init__(sentence)
        self.column = column
        self.sentence = sentence


def _words(line: str) -> Iterator[tuple[int, str]]:
    """Yield the words of a line and their columns, up to a comment; a backslash keeps a space inside a word."""
    for found in _WORDS.finditer(line):
        if found[0].startswith("#"):
            return
        yield found.start() + 1, found[0]


def _require_pattern(pattern: str) -> None:
    if pattern.startswith("["):
        raise _Bad(1, "sections and character ranges ([ ]) are not read, as on GitHub; write the paths out")
    if pattern.startswith("!"):
        raise _Bad(1, "a pattern can't be negated (!), as on GitHub; write a later line without owners")
    if pattern.startswith("\\#"):
        raise _Bad(1, "a pattern can't start with #, as on GitHub")
    if "[" in pattern or "]" in pattern:
        raise _Bad(1, "character ranges ([ ]) are not read, as on GitHub; use * or ?")
    if pattern.endswith("\\"):
        raise _Bad(len(pattern), "a backslash keeps the character after it, and there is none")
    if "//" in pattern or pattern == "/":
        raise _Bad(1, "an empty name in a path matches nothing; * is everything")
    if any("**" in name and name != "**" for name in pattern.split("/")):
        raise _Bad(1, "** stands alone between slashes, such as docs/**/*.md")


def _steps(pattern: str) -> tuple[Step, ...]:
    """Return what a path is compared with, name by name."""
    names = pattern.removeprefix("/").split("/")
    is_folder = names[-1] == ""
    names = names[:-1] if is_folder else names
    is_anchored = pattern.startswith("/") or len(names) > 1
    steps: list[Step] = [] if is_anchored else [None]
    steps += [None if name == "**" else _step(name) for name in names]
    if is_folder or names[-1] == "**":
        steps += [_ANY_NAME, None]  # what is in the folder, and not the folder's own name
    elif names[-1] != "*":
        steps.append(None)
    return tuple(steps)


def _step(name: str) -> Step:
    marks = _MARKS.findall(name)
    if not {"*", "?"}.intersection(marks):
        return "".join(mark.removeprefix("\\") or mark for mark in marks)
    # Each part is found at its first place and then kept: no name makes this slow.
    parts = [""]
    for mark in marks:
        if mark == "*":
            parts.append("")
        else:
            parts[-1] += "[^/]" if mark == "?" else re.escape(mark.removeprefix("\\") or mark)
    first, *middle = parts
    if not middle:
        return re.compile(first, re.DOTALL)
    found = "".join(f"(?>[^/]*?{part})" for part in middle[:-1] if part)
    return re.compile(f"{first}{found}[^/]*{middle[-1]}", re.DOTALL)


_ANY_NAME = re.compile(r"[^/]+", re.DOTALL)


def _names(path: str) -> tuple[str, ...]:
    """Return the names a path is made of; one that leads out of the repository has none."""
    names = tuple(name for name in path[:_LONGEST_PATH].replace("\\", "/").split("/") if name not in {"", "."})
    return () if ".." in names or len(names) > _DEEPEST else names


def _matches(steps: tuple[Step, ...], names: tuple[str, ...]) -> bool:
    """Compare name by name. Where it fails, the last ``**`` takes in one folder more: earlier ones need not."""
    at, step, back, from_ = 0, 0, -1, 0
    while at < len(names):
        if step < len(steps) and steps[step] is None:
            back, from_, step = step, at, step + 1
        elif step < len(steps) and _fits(steps[step], names[at]):
            at, step = at + 1, step + 1
        elif back >= 0:
            from_, step = from_ + 1, back + 1
            at = from_
        else:
            return False
    return all(rest is None for rest in steps[step:])


def _fits(step: Step, name: str) -> bool:
    if isinstance(step, re.Pattern):
        return step.fullmatch(name) is not None
    return step == name
