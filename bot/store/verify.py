"""Is the log whole, is it what was written, and does it lead to the states in the table? And: the log as lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from bot.core import record
from bot.core.audit import Folded, Refold, entry_hash
from bot.core.moments import draw_moment
from bot.core.request import ApprovalRequest
from bot.core.waiting import next_due
from bot.store.codec import draw_json, read_request
from bot.store.reading import Snapshot
from bot.store.values import AuditRow

_ASKING = frozenset({"request.submitted", "request.revised"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """What was found. ``why`` says what is wrong, ``first_bad_seq`` where it was noticed first."""

    ok: bool
    entries: int
    first_bad_seq: int | None = None
    why: str | None = None


class _Bad(Exception):
    """The first thing that is wrong."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(why)
        self.seq = seq
        self.why = why


def verify_audit(snapshot: Snapshot) -> AuditVerdict:
    """Check the whole log: chain, columns, end, lifecycle, and the table of requests against what it says."""
    refold, asked = Refold(), dict[str, bytes]()
    try:
        _check_entries(snapshot, refold, asked)
        _check_end(snapshot, refold)
        _check_requests(snapshot, refold, asked)
    except _Bad as bad:
        return AuditVerdict(ok=False, entries=refold.seq, first_bad_seq=bad.seq, why=bad.why)
    return AuditVerdict(ok=True, entries=refold.seq)


def export_audit(snapshot: Snapshot, out: BinaryIO) -> int:
    """Write the canonical bytes of every entry, one a line, and return how many there were."""
    count = 0
    for row in snapshot.audit():
        out.write(row.canonical + b"\n")
        count += 1
    return count


def _check_entries(snapshot: Snapshot, refold: Refold, asked: dict[str, bytes]) -> None:
    """Check the entries, and keep in *asked* the hash of what each request asks and is judged by."""
    for row in snapshot.audit():
        seq = refold.seq + 1
        if row.seq != seq:
            raise _Bad(seq, f"entry {seq} is missing: the next one is {row.seq}")
        hashed = entry_hash(row.canonical)
        if row.hash != hashed:
            raise _Bad(seq, "its bytes do not have the hash that is stored beside them")
        try:
            entry = orjson.loads(row.canonical)
        except orjson.JSONDecodeError:
            raise _Bad(seq, "its bytes are no JSON") from None
        violation = refold.take(entry, hashed)
        if violation is not None:
            raise _Bad(violation.seq, violation.sentence)
        _check_columns(row, entry)
        if row.event in _ASKING and row.request is not None:
            asked[row.request] = _hash_of_asked(entry["detail"])


def _check_columns(row: AuditRow, entry: Mapping[str, Any]) -> None:
    """Compare every column with the bytes; the chain has already compared them with each other."""
    said = {
        "seq": (row.seq, entry["seq"]),
        "prev": (row.prev.hex(), entry["prev"]),
        "at": (draw_moment(row.at), entry["at"]),
        "event": (row.event, entry["event"]),
        "request_id": (row.request, entry["request"]),
    }
    for column, (stored, hashed) in said.items():
        if stored != hashed:
            raise _Bad(row.seq, f"column {column} says {stored}, its bytes say {hashed}")


def _check_end(snapshot: Snapshot, refold: Refold) -> None:
    head = snapshot.head()
    if head.seq != refold.seq:
        raise _Bad(min(refold.seq, max(head.seq, 0)) + 1, f"the log ends at {refold.seq}, its head says {head.seq}")
    if head.hash != refold.head:
        raise _Bad(refold.seq, "the head of the log has another hash than the last entry")
    violation = refold.finish()
    if violation is not None:
        raise _Bad(violation.seq, violation.sentence)


def _check_requests(snapshot: Snapshot, refold: Refold, asked: Mapping[str, bytes]) -> None:
    folded = refold.states()
    end = refold.seq
    for number, request_id, *columns, document in snapshot.all_requests():
        life = folded.pop(request_id, None)
        if life is None:
            raise _Bad(end, f"request #{number} stands in the table, the log does not know it")
        try:
            request = read_request(document)
        except ValueError:
            raise _Bad(end, f"request #{number}: its document is no request") from None
        stored = orjson.loads(draw_json(request))
        _check_document(number, request_id, stored, life, end)
        _check_projection(request, columns, snapshot, end)
        if _hash_of_asked(record.of_submission(request)) != asked[request_id]:
            raise _Bad(end, f"request #{number}: what it asks, or its rule, is not what the log says")
    if folded:
        missing = min(life.number for life in folded.values())
        raise _Bad(end, f"request #{missing} stands in the log, the table has lost it")


def _hash_of_asked(detail: Mapping[str, Any]) -> bytes:
    """Return a hash of what was asked and frozen with it; the deadline is compared by itself."""
    kept = {name: value for name, value in detail.items() if name != "deadline"}
    return entry_hash(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS))


def _check_document(number: int, request_id: str, stored: Mapping[str, Any], life: Folded, end: int) -> None:
    """Compare what is stored of a request with where the log says it stands."""
    deadline = life.deadline.isoformat() if life.deadline else None
    said = {
        "id": request_id,
        "number": life.number,
        "state": life.state,
        "revision": life.revision,
        "stage": life.stage,
        "digest": life.digest,
        "deadline": deadline,
    }
    for name, folded in said.items():
        if stored[name] != folded:
            raise _Bad(end, f"request #{number}: the table says {name} {stored[name]}, the log says {folded}")
    if stored["number"] != number:
        raise _Bad(end, f"request #{number}: its document says #{stored['number']}")


def _check_projection(request: ApprovalRequest, columns: list[Any], snapshot: Snapshot, end: int) -> None:
    """Compare the searched columns with the document they were written with."""
    source, state, service, environment, lane, deadline, wake_at = columns
    subject, due = request.subject, next_due(request)
    said = {
        "source": (source, request.source),
        "state": (state, request.state.value),
        "service": (service, subject.service),
        "environment": (environment, subject.environment),
        "lane": (lane, subject.lane),
        "deadline": (snapshot.moment(deadline), request.deadline),
        "wake_at": (snapshot.moment(wake_at), due.at if due else None),
    }
    for column, (found, written) in said.items():
        if found != written:
            raise _Bad(end, f"request #{request.number}: column {column} says {found}, its document says {written}")
