"""What is asked now, held against what was asked before: for whoever approved, or saw, the earlier of the two."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from bot.core.evidence.tests import TestEvidence

NAMED = 5
"""How many tests and parameters a difference names; it counts all of them."""

MARKED = 100
"""How many parameters are told apart by their names; what there is more of is one to them."""

_REST = "…"
_LONGEST, _SHORT = 60, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A text before and after; None is none."""

    before: str | None
    after: str | None

    def __str__(self) -> str:
        """Return both, cut where they are long, but not so short that they look the same."""
        size = _SHORT
        while self.before and self.after and self.before[:size] == self.after[:size] and self.before != self.after:
            size += 1
        return f"{_short(self.before, size)} → {_short(self.after, size)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one revision asks approval for. ``parameters`` holds a mark of each value, as :func:`marks` makes them."""

    commit: str | None
    ref: str | None
    parameters: Mapping[str, str]
    tests: TestEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed since the revision *since*. ``commit`` and ``ref`` are None where they are the same.

    ``begun`` names tests that fail now and did not, ``ended`` those that fail no longer, ``other`` those that fail for
    another reason; all three at most NAMED of them, with a count beside. Where failures come without a name only
    ``failed`` and ``total`` tell, each as before and after. ``incomplete`` likewise: whether the results were whole.
    """

    since: int
    commit: Change | None = None
    ref: Change | None = None
    begun: tuple[str, ...] = ()
    begun_count: int = 0
    ended: tuple[str, ...] = ()
    ended_count: int = 0
    other: tuple[str, ...] = ()
    other_count: int = 0
    failed: tuple[int, int] = (0, 0)
    total: tuple[int, int] = (0, 0)
    incomplete: tuple[bool, bool] = (False, False)
    parameters: tuple[str, ...] = ()
    parameters_count: int = 0

    def __str__(self) -> str:
        """Return it in words, to follow "since then: "; names in it are untrusted."""
        parts = [*_failures(self), *(f"commit {self.commit}" for _ in range(self.commit is not None))]
        if self.ref is not None:
            parts.append(f"ref {self.ref.before or 'none'} → {self.ref.after or 'none'}")
        if self.parameters_count:
            more = self.parameters_count - len(self.parameters)
            named = ", ".join(name[:_LONGEST] for name in self.parameters)
            parts.append(f"parameters changed: {named}{f' and {more} more' if more else ''}")
        if self.total[0] != self.total[1]:
            parts.append(f"{self.total[0]} → {self.total[1]} tests")
        if self.incomplete[0] != self.incomplete[1]:
            parts.append(f"the results are {'not complete' if self.incomplete[1] else 'complete'} now")
        return ", ".join(parts) or "what its tests counted"


def difference(before: Content, after: Content, since: int) -> Difference:
    """Return what changed from *before*, which was the revision *since*, to *after*."""
    old, new = _reasons(before.tests), _reasons(after.tests)
    begun, ended = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    other = sorted(test for test in old.keys() & new.keys() if old[test] != new[test])
    names = before.parameters.keys() | after.parameters.keys()
    parameters = sorted(name for name in names if before.parameters.get(name) != after.parameters.get(name))
    return Difference(
        since=since,
        commit=_changed(before.commit, after.commit),
        ref=_changed(before.ref, after.ref),
        begun=tuple(begun[:NAMED]),
        begun_count=len(begun),
        ended=tuple(ended[:NAMED]),
        ended_count=len(ended),
        other=tuple(other[:NAMED]),
        other_count=len(other),
        failed=(before.tests.failed, after.tests.failed),
        total=(before.tests.total, after.tests.total),
        incomplete=(bool(before.tests.incomplete), bool(after.tests.incomplete)),
        parameters=tuple(parameters[:NAMED]),
        parameters_count=len(parameters),
    )


def marks(parameters: Mapping[str, object]) -> Mapping[str, str]:
    """Return for each parameter a mark that is another one when its value is; enough to say which of them changed."""
    names = sorted(parameters)
    found = {name: _mark(parameters[name]) for name in names[:MARKED]}
    rest = [(name, parameters[name]) for name in names[MARKED:]]
    return {**found, _REST: _mark(rest)} if rest else found


def _mark(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _reasons(tests: TestEvidence) -> Mapping[str, frozenset[str]]:
    """Return the messages with which each test failed; the same test may stand in several reports."""
    found = dict[str, frozenset[str]]()
    for failure in tests.failures:
        found[failure.id] = found.get(failure.id, frozenset()) | {failure.message}
    return found


def _changed(before: str | None, after: str | None) -> Change | None:
    return None if before == after else Change(before=before, after=after)


def _failures(found: Difference) -> Iterable[str]:
    """Say what fails now and did not; where names don't account for the counts, the counts."""
    before, after = found.failed
    if found.begun_count - found.ended_count != after - before:
        yield f"{before} → {after} failures"
        return
    if found.begun_count:
        yield f"+{_many(found.begun_count)}"
    if found.ended_count:
        yield f"-{_many(found.ended_count)}"
    if found.other_count:
        yield f"{_many(found.other_count)} for another reason"


def _many(count: int) -> str:
    return "1 failure" if count == 1 else f"{count} failures"


def _short(text: str | None, size: int) -> str:
    if not text:
        return "none"
    return text if len(text) <= size else f"{text[:size]}…"
