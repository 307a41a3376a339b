"""A call that asks: from its bytes to the use case's words."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from bot.core.evidence.past import ReadPasts, nothing_known
from bot.core.judging.keyless import filled
from bot.core.judging.policy import Policy
from bot.core.proof import Proof
from bot.usecases.submit import Ask, digest_of
from handlers.api.asking.bodies import read_documents, read_json
from handlers.api.asking.model import RequestAsked
from handlers.api.asking.payload import owned_by, read_body, read_evidence
from handlers.api.asking.reading import read_subject
from handlers.api.asking.reports import ReportReader
from handlers.api.asking.running import read_ran
from handlers.api.asking.triaging import triage_tests
from handlers.door.admission import Admitted
from handlers.door.authentication import Caller
from handlers.problems import Fault, invalid

_KEY = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")


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
        body = await read_body(http.headers, admitted.body)
        asked = read_json(RequestAsked, body.json)
        read_documents({"parameters": asked.parameters, "metadata": asked.metadata}, body.json)
        proof = admitted.caller.proof
        subject = filled(read_subject(asked, policy.people, source), proof)
        report = await read_evidence(self._reports, asked, body.files)
        tests = await owned_by(report.tests, subject.repository, policy)
        tests = await triage_tests(tests, subject, source.name, policy.measure, self._pasts)
        return Ask(
            source=source.name,
            subject=subject,
            tests=tests,
            digest=digest_of(subject, tests),
            by=admitted.caller.actor(http.remote),
            key=_key_of(key, proof),
            body_hash=_hash_with(body.hash, proof),
            signed=admitted.caller.signed,
            ran=await read_ran(source.name, subject, replace(report, tests=tests), policy.measure),
        )


def _key_of(key: str | None, proof: Proof | None) -> str | None:
    """Return *key* as it is remembered: each repository has keys of its own, and none can take or learn another's."""
    if key is None or proof is None:
        return key
    return "oidc:" + hashlib.sha256(f"{proof.bound.get('repository', '')}\n{key}".encode()).hexdigest()


def _hash_with(body_hash: str, proof: Proof | None) -> str:
    """Return what tells one ask from another: what was proven is asked, too, though the body may say nothing of it."""
    if proof is None:
        return body_hash
    said = "".join(f"\n{name}={value}" for name, value in sorted(proof.bound.items()))
    return hashlib.sha256(f"{body_hash}{said}".encode()).hexdigest()
