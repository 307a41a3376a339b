"""What carries evidence: a JSON body, or a form with report files beside it; and what its tests say together."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from bot.core.evidence import Outcomes, TestEvidence
from bot.core.judging.ownership import nobody, owned
from bot.core.judging.policy import Policy
from bot.reports import Report
from handlers.api.asking.model import EvidenceAsked, RequestAsked
from handlers.api.asking.reading import read_tests
from handlers.api.asking.reports import ReportFile, ReportReader
from handlers.door.forms import Form, read_form
from handlers.door.raw_body import MAX_FORM_BYTES, MAX_JSON_BYTES
from handlers.problems import Fault, Problem, invalid

JSON = "application/json"
FORM = "multipart/form-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What came: the JSON, the files beside it, and the hash that tells one call's body from another's."""

    json: bytes
    hash: str
    files: tuple[ReportFile, ...] = ()


def media_type(headers: Mapping[str, str]) -> str:
    """Return the Content-Type without its parameters; empty when there is none."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()


def size_limit(headers: Mapping[str, str]) -> int:
    """Return how many bytes a body of this Content-Type may have."""
    return MAX_FORM_BYTES if media_type(headers) == FORM else MAX_JSON_BYTES


async def read_body(headers: Mapping[str, str], body: bytes) -> Body:
    """Return what came, by its Content-Type. Raises Problem: 400, 415, 422."""
    match media_type(headers):
        case "application/json":
            return Body(json=body, hash=hashlib.sha256(body).hexdigest())
        case "multipart/form-data":
            form = await read_form(headers, body)
            return Body(json=form.request, hash=form.hashed(), files=_report_files(form))
        case _:
            detail = f"Send {JSON}, or {FORM} with the JSON in a part named request and reports as files."
            headers = {"Accept": f"{JSON}, {FORM}"}
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type", detail, headers=headers)


async def read_evidence(
    reports: ReportReader, asked: RequestAsked | EvidenceAsked, files: Sequence[ReportFile]
) -> Report:
    """Return what the tests said, counted by the caller or read from its reports. Raises Problem (422)."""
    given = (*_inline_reports(asked), *files)
    if asked.tests is not None:
        if given:
            raise invalid([Fault(pointer="/tests", detail="can't stand beside reports: send one or the other")])
        return Report(tests=read_tests(asked.tests), outcomes=Outcomes())
    return await reports.read(given)


async def owned_by(tests: TestEvidence, repository: str | None, policy: Policy) -> TestEvidence:
    """Look up who owns what failed, beside the loop, which answers everybody's clicks: a caller chooses the paths."""
    if policy.owners_of is nobody or not any(failure.file and not failure.owner for failure in tests.failures):
        return tests
    return await asyncio.to_thread(owned, tests, repository, policy.owners_of)


def _inline_reports(asked: RequestAsked | EvidenceAsked) -> Sequence[ReportFile]:
    return [
        ReportFile(
            name=report.name or f"report {index + 1}",
            format=report.format,
            content=report.content.encode(),
            pointer=f"/reports/{index}/content",
        )
        for index, report in enumerate(asked.reports)
    ]


def _report_files(form: Form) -> tuple[ReportFile, ...]:
    return tuple(
        ReportFile(
            name=(part.filename or part.name)[:1000], format=None, content=part.content, pointer=f"/parts/{part.name}"
        )
        for part in form.files
    )
