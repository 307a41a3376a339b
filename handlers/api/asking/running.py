"""What came of each test of a call's reports, for the history: of whole reports only, and of what has a repository."""

import asyncio

from bot.core.evidence.outcomes import HASH_BYTES
from bot.core.evidence.refs import ref_kind
from bot.core.evidence.runs import Realm, pieces_of
from bot.core.evidence.triage import Measure
from bot.core.request import Subject
from bot.reports import Report
from bot.usecases.past_runs import Ran

_QUICK = 1_000
"""How many tests are packed on the loop, which takes a millisecond or two."""


async def read_ran(source: str, subject: Subject, report: Report, measure: Measure) -> Ran | None:
    """Return the run that *report* is of; None where it says nothing that others may be compared with.

    A report that is incomplete may have lost what failed, and counts its callers made themselves have no names.
    """
    tests, outcomes = report.tests, report.outcomes
    if not subject.repository or tests.incomplete:
        return None
    signatures = {failure.id: failure.signature for failure in tests.failures}
    if len(outcomes.passed) + len(outcomes.failed) > _QUICK * HASH_BYTES:
        pieces = await asyncio.to_thread(pieces_of, outcomes, signatures)
    else:
        pieces = pieces_of(outcomes, signatures)
    if not pieces:
        return None
    return Ran(
        realm=Realm(source=source, repository=subject.repository, environment=subject.environment or ""),
        kind=ref_kind(subject.ref, measure.base_refs),
        commit=subject.commit,
        pieces=pieces,
    )
