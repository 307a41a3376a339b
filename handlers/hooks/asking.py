"""From what a native source asks to the use case's words: by the same limits as everything that is asked."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import orjson

from bot.core.evidence import TestEvidence
from bot.core.judging.policy import Policy
from bot.core.judging.source import Source
from bot.core.people.identity import Actor
from bot.core.receiver import Receiver, ReturnAddress
from bot.usecases.submit import Ask, digest_of
from handlers.api.asking.bodies import read_documents, read_json
from handlers.api.asking.model import RequestAsked
from handlers.api.asking.reading import read_subject, read_tests
from handlers.hooks.meanings import Asked

_OURS = "\N{SECTION SIGN}"
"""Begins the keys of what a webhook asked: no Idempotency-Key of a caller can, so none takes such a key before."""

Seal = Callable[[str, Mapping[str, object]], str]
"""Encrypts where a source is answered, for that source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, by which policy it is judged, and who encrypts."""

    source: Source
    policy: Policy
    by: Actor
    seal: Seal


def read_ask(asked: Asked, asking: Asking) -> Ask:
    """Return what is asked. Raises Problem (422)."""
    body = orjson.dumps({name: value for name, value in asked.fields.items() if value is not None})
    checked = read_json(RequestAsked, body)
    read_documents({"parameters": checked.parameters, "metadata": checked.metadata}, body)
    subject = read_subject(checked, asking.policy.people, asking.source)
    address = _address(asked, asking)
    if address is not None:
        receiver = Receiver(kind=asking.source.kind, seal=address.seal, is_kept_posted=asked.is_kept_posted)
        subject = replace(subject, receiver=receiver)
    tests = TestEvidence() if checked.tests is None else read_tests(checked.tests)
    return Ask(
        source=asking.source.name,
        subject=subject,
        tests=tests,
        digest=digest_of(subject, tests),
        by=asking.by,
        key=f"{_OURS}{asked.key}",
        # The key alone says which question it is: what else is told of it may differ from one delivery to the next.
        body_hash=hashlib.sha256(asked.key.encode()).hexdigest(),
        address=address,
    )


def _address(asked: Asked, asking: Asking) -> ReturnAddress | None:
    if asked.address is None:
        return None
    name = asking.source.name
    sealed = asking.seal(name, asked.address)
    return ReturnAddress(source=name, matter=asked.matter, sealed=sealed, since=asked.since)
