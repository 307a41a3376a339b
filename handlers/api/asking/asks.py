"""A call that asks: from its bytes to the use case's words."""

import asyncio
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from bot.core.evidence import TestEvidence
from bot.core.evidence.past import ReadPasts, nothing_known
from bot.core.judging.ownership import nobody, owned
from bot.core.judging.policy import Policy
from bot.core.people.identity import Actor, Via
from bot.core.request import Subject
from bot.usecases.submit import Ask, digest_of
from handlers.api.asking.bodies import read_documents, read_json
from handlers.api.asking.model import RequestAsked
from handlers.api.asking.reading import read_subject, read_tests
from handlers.api.asking.reports import ReportFile, ReportReader
from handlers.api.asking.triaging import triage_tests
from handlers.door.admission import Admitted
from handlers.door.authentication import Caller
from handlers.door.forms import Form, read_form
from handlers.door.raw_body import MAX_FORM_BYTES, MAX_JSON_BYTES
from handlers.problems import Fault, Problem, invalid

JSON = "application/json"
FORM = "multipart/form-data"

_KEY = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
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


def read_key(headers: Mapping[str, str], caller: Caller) -> str | None:
    """Return the idempotency key; a signed call without one has the id it was signed with. Raises Problem (422)."""
    key = headers.get("Idempotency-Key")
    if key is None:
        return caller.signed.key if caller.signed else None
    if not _KEY.fullmatch(key):
        raise invalid([Fault(pointer="/headers/Idempotency-Key", detail="must be 1 to 255 visible ASCII characters")])
    return key


class AskReader:
    """Makes asks of admitted calls."""

    def __init__(self, reports: ReportReader, pasts: ReadPasts = nothing_known) -> None:
        self._reports = reports
        self._pasts = pasts

    async def read(self, http: web.Request, admitted: Admitted, policy: Policy) -> Ask:
        """Return what is asked. Raises Problem: 400, 415, 422."""
        source = admitted.caller.source
        key = read_key(http.headers, admitted.caller)
        body = await _read_body(http.headers, admitted.body)
        asked = read_json(RequestAsked, body.json)
        read_documents({"parameters": asked.parameters, "metadata": asked.metadata}, body.json)
        subject = read_subject(asked, policy.people, source)
        tests = await _owned(await self._evidence(asked, body.files), subject, policy)
        tests = await triage_tests(tests, subject, policy.measure, self._pasts)
        return Ask(
            source=source.name,
            subject=subject,
            tests=tests,
            digest=digest_of(subject, tests),
            by=Actor(name=source.name, via=Via.API, address=http.remote),
            key=key,
            body_hash=body.hash,
            signed=admitted.caller.signed,
        )

    async def _evidence(self, asked: RequestAsked, files: Sequence[ReportFile]) -> TestEvidence:
        reports = (*_inline_reports(asked), *files)
        if asked.tests is not None:
            if reports:
                raise invalid([Fault(pointer="/tests", detail="can't stand beside reports: send one or the other")])
            return read_tests(asked.tests)
        return await self._reports.read(reports) if reports else TestEvidence()


async def _owned(tests: TestEvidence, subject: Subject, policy: Policy) -> TestEvidence:
    """Look up who owns what failed, beside the loop, which answers everybody's clicks: a caller chooses the paths."""
    if policy.owners_of is nobody or not any(failure.file and not failure.owner for failure in tests.failures):
        return tests
    return await asyncio.to_thread(owned, tests, subject.repository, policy.owners_of)


def _inline_reports(asked: RequestAsked) -> Sequence[ReportFile]:
    return [
        ReportFile(
            name=report.name or f"report {index + 1}",
            format=report.format,
            content=report.content.encode(),
            pointer=f"/reports/{index}/content",
        )
        for index, report in enumerate(asked.reports)
    ]


async def _read_body(headers: Mapping[str, str], body: bytes) -> _Body:
    match media_type(headers):
        case "application/json":
            return _Body(json=body, hash=hashlib.sha256(body).hexdigest())
        case "multipart/form-data":
            form = await read_form(headers, body)
            return _Body(json=form.request, hash=form.hashed(), files=_report_files(form))
        case _:
            detail = f"Send {JSON}, or {FORM} with the JSON in a part named request and reports as files."
            headers = {"Accept": f"{JSON}, {FORM}"}
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type", detail, headers=headers)


def _report_files(form: Form) -> tuple[ReportFile, ...]:
    return tuple(
        ReportFile(
            name=(part.filename or part.name)[:1000], format=None, content=part.content, pointer=f"/parts/{part.name}"
        )
        for part in form.files
    )
