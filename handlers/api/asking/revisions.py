"""Other evidence for a request that is open: from the bytes of a call to the use case's words."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from aiohttp import web

from bot.core.evidence import TestEvidence
from bot.core.evidence.past import ReadPasts, nothing_known
from bot.core.judging.keyless import proven_anew
from bot.core.judging.policy import Policy
from bot.core.life.revising import compared
from bot.core.people.identity import Actor, Person
from bot.core.request import ApprovalRequest, Link, RequestId, Subject
from bot.reports import Report
from bot.usecases.revise import Revision
from bot.usecases.submit import digest_of
from handlers.api.asking.bodies import read_documents, read_json
from handlers.api.asking.model import EvidenceAsked
from handlers.api.asking.payload import owned_by, read_body, read_evidence
from handlers.api.asking.plain import SHOWN
from handlers.api.asking.reading import read_authors
from handlers.api.asking.reports import ReportReader
from handlers.api.asking.running import read_ran
from handlers.api.asking.sight import sight_faults_of_evidence
from handlers.api.asking.triaging import triage_tests
from handlers.api.queries import read_id
from handlers.door.admission import Admitted
from handlers.door.authentication import Caller
from handlers.problems import Fault, invalid

MOST_AUTHORS = 100
_QUICK = 50
"""Up to how many failures are compared at once; more are, beside the loop, which answers everybody's clicks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a call brings for the request *request_id*; what it changes is known only with that request."""

    request_id: RequestId
    caller: Caller
    by: Actor
    asked: EvidenceAsked
    authors: tuple[Person, ...]
    report: Report
    pasts: ReadPasts

    async def against(self, request: ApprovalRequest, whole: Mapping[int, TestEvidence], policy: Policy) -> Revision:
        """Return what it asks instead of what *request* asks now; *whole* has what its tests said, by revision."""
        subject = self._subject(request.subject)
        source = self.caller.source.name
        tests = await owned_by(self.report.tests, subject.repository, policy)
        tests = await triage_tests(tests, subject, source, policy.measure, self.pasts)
        ran = await read_ran(source, subject, replace(self.report, tests=tests), policy.measure)
        if sum(len(one.failures) for one in (tests, *whole.values())) <= _QUICK:
            return replace(self._revision(request, subject, tests, whole), ran=ran)
        return replace(await asyncio.to_thread(self._revision, request, subject, tests, whole), ran=ran)

    def _revision(
        self, request: ApprovalRequest, subject: Subject, tests: TestEvidence, whole: Mapping[int, TestEvidence]
    ) -> Revision:
        return Revision(
            request_id=request.id,
            source=self.caller.source.name,
            by=self.by,
            seen=request.revision,
            subject=subject,
            tests=tests,
            digest=digest_of(subject, tests),
            differences=compared(request, subject, tests, whole),
            expected=self.asked.revision,
            signed=self.caller.signed,
        )

    def _subject(self, before: Subject) -> Subject:
        """Return what is asked instead; whoever wrote part of it before still did."""
        asked = self.asked
        given: dict[str, Any] = {
            "commit": asked.commit,
            "ref": asked.ref,
            "parameters": asked.parameters,
            "reason": asked.reason,
            "links": tuple(Link(label=one.label, url=one.url) for one in asked.links) or None,
        }
        authors = tuple(dict.fromkeys((*before.authors, *self.authors)))
        if len(authors) > MOST_AUTHORS:
            raise invalid([Fault(pointer="/authors", detail=f"would make more than {MOST_AUTHORS} of them")])
        changed = {name: value for name, value in given.items() if value is not None}
        return proven_anew(replace(before, authors=authors, **changed), self.caller.proof, frozenset(changed))


class RevisionReader:
    """Makes revisions of admitted calls."""

    def __init__(self, reports: ReportReader, pasts: ReadPasts = nothing_known) -> None:
        self._reports = reports
        self._pasts = pasts

    async def read(self, http: web.Request, admitted: Admitted, policy: Policy) -> Brought:
        """Return what is brought. Raises Problem: 400, 404, 415, 422."""
        request_id = read_id(http.match_info["id"])
        body = await read_body(http.headers, admitted.body)
        asked = read_json(EvidenceAsked, body.json)
        read_documents({"parameters": asked.parameters or {}}, body.json)
        faults = list(islice(sight_faults_of_evidence(asked), SHOWN))
        authors = tuple(read_authors(asked.authors, policy.people, faults))
        if asked.tests is None and not asked.reports and not body.files:
            why = "is required, or reports: evidence is replaced as a whole; where nothing was tested send zeros"
            faults.append(Fault(pointer="/tests", detail=why))
        if faults:
            raise invalid(faults)
        return Brought(
            request_id=request_id,
            caller=admitted.caller,
            by=admitted.caller.actor(http.remote),
            asked=asked,
            authors=authors,
            report=await read_evidence(self._reports, asked, body.files),
            pasts=self._pasts,
        )
