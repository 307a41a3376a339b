"""What each failure means, by what earlier runs say of its test: new, known, flaky, or unknown.

In doubt a failure counts for more, never for less: what would make a yes easier has to be shown, and whoever can show
it by failing once more has shown nothing. docs/decisions say which word wins where several hold.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from bot.core.evidence.past import Past, is_same_commit
from bot.core.evidence.refs import BASE_REFS
from bot.core.evidence.signature import signature_of
from bot.core.evidence.tests import Failure, TestEvidence, Triage

MANY_TURNS = 4
"""Red and green again twice, on the base ref: a test that broke and was repaired turned twice."""

_ORDER = {triage: place for place, triage in enumerate(Triage)}
_NO_PAST = Past()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a policy says of triage: which refs are the base, and which share of at least how many runs is flaky."""

    base_refs: tuple[str, ...] = BASE_REFS
    flaky_percent: int = 10
    flaky_runs: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the failures of one request are triaged by: its ``commit``, and the measure of its policy."""

    commit: str | None = None
    measure: Measure = Measure()


def triage(failure: Failure, past: Past, terms: Terms) -> Triage:
    """Return what *failure*, with its signature, means; never WAIVED, for a waiver is somebody's word and no past.

    Flaky is only what fails as it did when it was seen to come and go by itself; then the base tells nothing. Else it
    is new where the base ref is green or red with another signature, known where that was red alike before what is
    asked came, and unknown.
    """
    if _is_flaky(failure, past, terms):
        return Triage.FLAKY
    if past.base is None:
        return Triage.UNKNOWN
    if not past.base.failed or failure.signature is None or failure.signature != past.base_signature:
        return Triage.NEW
    return Triage.KNOWN if _is_another(past.base.commit, terms.commit) else Triage.UNKNOWN


def triaged(tests: TestEvidence, pasts: Mapping[str, Past], terms: Terms) -> TestEvidence:
    """Return *tests* with every named failure signed and triaged, the most telling first, and all of them counted."""
    return counted(tests, [_triaged(failure, pasts.get(failure.id, _NO_PAST), terms) for failure in tests.failures])


def counted(tests: TestEvidence, failures: Collection[Failure]) -> TestEvidence:
    """Return *tests* with *failures*, which are triaged, counted and as people look at them: what is waived last."""
    counts = Counter(failure.triage for failure in failures)
    return replace(
        tests,
        failures=tuple(sorted(failures, key=lambda failure: _ORDER[failure.triage])),
        new=counts[Triage.NEW],
        known=counts[Triage.KNOWN],
        flaky=counts[Triage.FLAKY],
        waived=counts[Triage.WAIVED],
    )


def _triaged(failure: Failure, past: Past, terms: Terms) -> Failure:
    signed = replace(failure, signature=signature_of(failure.message, failure.detail))
    return replace(signed, triage=triage(signed, past, terms), first_bad=past.first_bad, last_failed=past.last_failed)


def _is_flaky(failure: Failure, past: Past, terms: Terms) -> bool:
    """Tell whether it fails as at another commit of the base ref where it passed, too, and still comes and goes.

    It does while such a commit is among the kept runs, or while it fails often and turns on the base ref. A rate alone
    would take the pushes of somebody who repairs a test for a flaky one, and a break that was repaired. Where nobody
    said for which commit it is asked, it may be that very one.
    """
    is_alike = failure.signature is not None and failure.signature in past.signatures
    return (
        is_alike
        and terms.commit is not None
        and (past.mixed or (past.turns >= MANY_TURNS and _fails_often(past, terms.measure)))
    )


def _fails_often(past: Past, measure: Measure) -> bool:
    return past.runs >= measure.flaky_runs and past.failures * 100 >= measure.flaky_percent * past.runs


def _is_another(commit: str | None, asked: str | None) -> bool:
    """Tell whether it failed before what is asked came: at the same commit, or who knows at which, proves nothing."""
    return commit is not None and asked is not None and not is_same_commit(commit, asked)
