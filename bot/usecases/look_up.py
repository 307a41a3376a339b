"""Reading: what the API, `/jit` and the command line show. Nothing here changes anything."""

import re
from datetime import timedelta

from bot.core.errors import Refusal, Refused
from bot.core.evidence import TestEvidence
from bot.core.judging.keyless import is_of
from bot.core.proof import Proof
from bot.core.request import ApprovalRequest, RequestId
from bot.core.statistics import Statistics, fold
from bot.core.view import RequestView
from bot.store import AuditRow, Page, RequestFilter, Snapshot

__all__ = ["AuditRow", "Page", "RequestFilter", "asked", "find", "history", "page", "statistics", "view"]

MOST_COUNTED = 10_000
"""How many requests statistics look at, the newest: no more, however many there were."""

_NUMBER = re.compile(r"#?([0-9]{1,15})")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def view(snapshot: Snapshot, request_id: str, source: str | None = None, proof: Proof | None = None) -> RequestView:
    """Return the request with everything needed to show it.

    With *source*, somebody else's request is as good as none, and with *proof* one about another repository than that
    proves. Raises Refused (NOT_FOUND).
    """
    found = snapshot.view(RequestId(request_id)) if _UUID.fullmatch(request_id) else None
    if found is None or source not in {None, found.request.source} or not is_of(found.request.subject, proof):
        raise Refused(Refusal.NOT_FOUND, "There is no such request.")
    return found


def asked(
    snapshot: Snapshot, request_id: str, source: str, proof: Proof | None = None
) -> tuple[ApprovalRequest, dict[int, TestEvidence]]:
    """Return a request of *source*, and everything its tests said, by revision. Raises Refused (NOT_FOUND)."""
    found = snapshot.request(RequestId(request_id)) if _UUID.fullmatch(request_id) else None
    if found is None or found.source != source or not is_of(found.subject, proof):
        raise Refused(Refusal.NOT_FOUND, "There is no such request.")
    return found, {found.revision: found.tests, **snapshot.history.evidence(found)}


def find(snapshot: Snapshot, word: str) -> ApprovalRequest:
    """Return the request that a person means by ``12``, ``#12`` or an id. Raises Refused (NOT_FOUND)."""
    number = _NUMBER.fullmatch(word.strip())
    if number is not None:
        found = snapshot.by_number(int(number[1]))
    else:
        found = snapshot.request(RequestId(word.strip())) if _UUID.fullmatch(word.strip()) else None
    if found is None:
        raise Refused(Refusal.NOT_FOUND, f"There is no request {word.strip()[:40]}.")
    return found


def page(snapshot: Snapshot, wanted: RequestFilter, cursor: str | None, limit: int) -> Page:
    """Return requests, newest first."""
    return snapshot.requests(wanted, cursor, limit)


def history(snapshot: Snapshot, request_id: RequestId, after: int = 0) -> tuple[AuditRow, ...]:
    """Return the log's entries about a request, oldest first, from sequence number *after* on."""
    return snapshot.events(request_id, after)


def statistics(snapshot: Snapshot, span: timedelta) -> tuple[Statistics, int | None]:
    """Return what came of the requests of the last *span*; with it, how many were looked at, where some were not."""
    since, traces = snapshot.now() - span, snapshot.history.newest(MOST_COUNTED)
    is_cut = len(traces) == MOST_COUNTED and traces[-1].ruled_at > since
    return fold(traces, since), MOST_COUNTED if is_cut else None
