"""What the log says of the tables: kept while it is read, then held against every row."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from bot.core.audit import ROADS, draw_actor, draw_where, seal
from bot.core.life import record
from bot.core.moments import draw_moment
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest, Decision, Review

Entry = Mapping[str, Any]

_DELIVERED = "callback.delivered"
CALLBACK_DRAWN = "callback.drawn"
"""The event by which the log remembers the body of a callback, in the commit that keeps it."""

_BIRTH = "request.submitted"
_ASKING = frozenset({_BIRTH, "request.revised"})
_ANSWERED, _WITHDRAWN = "request.reviewed", "request.review_withdrawn"
ASKING = "request.submitted"
"""What the log calls the making of a request."""

ENDINGS = frozenset({"request.decided", "request.expired", "request.cancelled", "request.superseded"})
"""The events with which a request ends; what else is written about it afterwards changes nothing of that."""


class Contradicted(Exception):
    """A row is not what the log says; the sentence says what is wrong with it."""


@dataclass(slots=True)
class Told:
    """What the log has told of one request: hashes, so that a long log needs little memory.

    Where an older version wrote an entry without a hash, that one thing is not compared.
    """

    asked: Entry = field(default_factory=dict[str, Any])
    document: str | None = None
    key: str | None = None
    evidence: dict[int, str | None] = field(default_factory=dict[int, str | None])
    answers: str = ""
    withdrawn: list[str] = field(default_factory=list[str])
    ending: str | None = None


class Testimony:
    """Takes every entry of a log that hangs together, oldest first."""

    __test__ = False  # the name starts with "Test", and pytest would try to collect it

    def __init__(self) -> None:
        self._told: dict[str, Told] = {}
        self._bodies: dict[str, str] = {}
        self._delivered: set[str] = set()

    def take(self, entry: Entry) -> None:
        """Keep what the tables must say after *entry*."""
        event = entry["event"]
        if event == CALLBACK_DRAWN:
            self._bodies.setdefault(entry["detail"]["id"], entry["detail"]["body"])
        if event == _DELIVERED:
            self._delivered.add(entry["detail"]["id"])
        if event in ROADS:
            _add(self._told.setdefault(entry["request"], Told()), event, entry)

    def require_request(self, request: ApprovalRequest, document: str | bytes, key: tuple[str, str] | None) -> None:
        """Compare a row of the table of requests. Raises Contradicted."""
        told = self._told.get(request.id)
        if told is None:
            raise Contradicted("the log does not know it")
        if not _says(record.of_revision(request), told.asked):
            raise Contradicted("what it asks, or its rule, is not what the log says")
        if _chained(map(_draw_review, request.reviews)) != told.answers or not _are_rightly_void(request):
            raise Contradicted("who answered, and how, is not what the log says")
        if sorted(map(_hash, _draw_withdrawals(request))) != sorted(told.withdrawn):
            raise Contradicted("which answers were taken back, and by whom, is not what the log says")
        decision = request.decision
        if (None if decision is None else _hash(_draw_decision(request, decision))) != told.ending:
            raise Contradicted("how it ended, or by whom, is not what the log says")
        if told.document is not None and seal(document) != told.document:
            raise Contradicted("its document was changed since the log's last entry about it")
        if told.document is not None and (None if key is None else seal(orjson.dumps(key))) != told.key:
            raise Contradicted("its idempotency key, or what that came with, is not what the log says")

    def require_evidence(self, request_id: str, found: Mapping[int, str | bytes]) -> None:
        """Compare all evidence of a request. Raises Contradicted."""
        told = self._told[request_id].evidence
        for revision in sorted(told.keys() | found.keys()):
            if revision not in found or revision not in told:
                raise Contradicted(f"the evidence of revision {revision} was lost, or added")
            if told[revision] is not None and seal(found[revision]) != told[revision]:
                raise Contradicted(f"the evidence of revision {revision} was changed")

    def require_delivered(self, row_id: str) -> None:
        """Raise Contradicted when a callback that is done never arrived, by what the log says."""
        if row_id not in self._delivered:
            raise Contradicted("it is marked as done, the log says nothing of its arrival")

    def require_body(self, row_id: str, body: bytes) -> None:
        """Compare the frozen body of a callback. Raises Contradicted."""
        if self._bodies.get(row_id) != seal(body):
            raise Contradicted("its body is not the one that was drawn for it")


_MOVING = frozenset({"deadline", "follows"})
"""What a question, or whoever it followed, may change of what was asked; the document's hash vouches for it."""


def _add(told: Told, event: str, entry: Entry) -> None:
    sealed: Entry = entry.get("sealed") or {}
    detail: Entry = entry["detail"]
    told.document = sealed.get("document")
    if event in _ASKING:
        told.asked = {name: _hash(value) for name, value in detail.items() if name not in _MOVING}
        told.evidence[entry["revision"]] = sealed.get("evidence")
    if event == _BIRTH:
        told.key = sealed.get("key")
    who = {name: entry[name] for name in ("at", "actor", "where")}
    about = {name: entry[name] for name in ("revision", "digest")}
    if event == _WITHDRAWN:
        told.withdrawn.append(_hash({**who, **about, **{name: detail[name] for name in ("verdict", "stage")}}))
    if event == _ANSWERED:
        told.answers = _after(told.answers, {**who, **about, **_said(detail)})
    if event in ENDINGS:
        told.ending = _hash({**who, **detail})


def _says(written: Mapping[str, object], asked: Entry) -> bool:
    """Tell whether *written* is what was asked; what moves is compared by itself."""
    return all(name in written and _hash(written[name]) == hashed for name, hashed in asked.items())


def _said(detail: Entry) -> Entry:
    return {
        **{name: detail[name] for name in ("verdict", "stage", "reason", "category")},
        **{name: detail[name] for name in ("condition", "environment", "on_behalf_of") if name in detail},
    }


def _draw_review(review: Review) -> Mapping[str, object]:
    return {
        **_draw_who(review.by, review.at),
        "verdict": review.verdict.value,
        "stage": review.stage,
        "revision": review.revision,
        "digest": review.digest,
        "reason": review.reason,
        "category": review.category,
        **record.of_terms(review),
        **record.of_giver(review.on_behalf_of, review.lent_through),
    }


def _draw_withdrawals(request: ApprovalRequest) -> Iterator[Mapping[str, object]]:
    for review in request.reviews:
        if review.withdrawn is not None:
            about = {"revision": review.revision, "digest": review.digest}
            what = {"verdict": review.verdict.value, "stage": review.stage}
            yield {**_draw_who(review.withdrawn.by, review.withdrawn.at), **about, **what}


def _are_rightly_void(request: ApprovalRequest) -> bool:
    return all(review.void is (review.revision < request.revision) for review in request.reviews)


def _draw_decision(request: ApprovalRequest, decision: Decision) -> Mapping[str, object]:
    return {**_draw_who(decision.by, decision.at), **record.of_decision(request, decision)}


def _draw_who(actor: Actor, at: datetime) -> Mapping[str, object]:
    return {"actor": draw_actor(actor), "where": draw_where(actor), "at": draw_moment(at)}


def _chained(lines: Iterable[Mapping[str, object]]) -> str:
    chain = ""
    for line in lines:
        chain = _after(chain, line)
    return chain


def _after(chain: str, line: Mapping[str, object]) -> str:
    return hashlib.sha256(chain.encode() + _bytes(line)).hexdigest()


def _hash(value: object) -> str:
    return hashlib.sha256(_bytes(value)).hexdigest()


def _bytes(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
