"""Triage of what failed: before the door, beside the loop, and once: what it said then stands in the request."""

import asyncio

from bot.core.evidence import TestEvidence
from bot.core.evidence.past import ReadPasts, Scope
from bot.core.evidence.triage import Measure, Terms, triaged
from bot.core.request import Subject


async def triage_tests(
    tests: TestEvidence, subject: Subject, source: str, measure: Measure, pasts: ReadPasts
) -> TestEvidence:
    """Return *tests* with every failure compared with the *pasts* of its test, as *source* knows them now."""
    if not tests.failures:
        return tests
    scope = Scope(source=source, repository=subject.repository, environment=subject.environment, commit=subject.commit)
    known = await pasts(scope, {failure.id for failure in tests.failures})
    return await asyncio.to_thread(triaged, tests, known, Terms(commit=subject.commit, measure=measure))
