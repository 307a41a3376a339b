"""Who owns the tests that failed: as the caller says, or else as the code owners of the repository do."""

from collections.abc import Callable
from dataclasses import replace

from bot.core.evidence import Failure, TestEvidence

OwnersOf = Callable[[str | None, str], tuple[str, ...]]
"""Repository, as the caller names it, and path of a file in it: who owns that. Never raises."""

_BETWEEN = ", "


def nobody(_repository: str | None, _file: str) -> tuple[str, ...]:
    """Know no owners at all."""
    return ()


def owned(tests: TestEvidence, repository: str | None, owners_of: OwnersOf) -> TestEvidence:
    """Return *tests* with the owners of every failure that has a file, where the caller named none."""
    if not any(failure.file and not failure.owner for failure in tests.failures):
        return tests
    return replace(tests, failures=tuple(_owned(failure, repository, owners_of) for failure in tests.failures))


def owners(tests: TestEvidence) -> list[str]:
    """Return everybody who owns a failed test, once, in the order of their names."""
    named = (owner.strip() for failure in tests.failures for owner in (failure.owner or "").split(","))
    return sorted({owner for owner in named if owner})


def _owned(failure: Failure, repository: str | None, owners_of: OwnersOf) -> Failure:
    if failure.owner or not failure.file:
        return failure
    found = owners_of(repository, failure.file)
    return replace(failure, owner=_BETWEEN.join(found)) if found else failure
