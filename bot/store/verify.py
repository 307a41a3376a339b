"""Is the log whole, is it what was written, and does it lead to the states in the table? And: the log as lines."""

from collections.abc import Mapping
from typing import Any, BinaryIO

import orjson

from bot.canonical import sha256_digest
from bot.core.audit import Folded, Refold, entry_hash
from bot.core.digest import bound
from bot.core.evidence import TestEvidence
from bot.core.home import asker
from bot.core.judging.counting import answered_at, ruled_at, undertaking
from bot.core.judging.precedent import change_of
from bot.core.life.grouping import LAYOUT, key_of
from bot.core.life.record import of_absence, of_delegation
from bot.core.life.waiting import next_due
from bot.core.request import ApprovalRequest, RequestId
from bot.store.codec import draw_json, read_absence, read_delegation, read_evidence, read_request
from bot.store.reading import Snapshot
from bot.store.testimony import Contradicted, Testimony
from bot.store.verify_entry import AuditVerdict, Bad, read_entry, require_columns
from bot.store.verify_outbox import Owed, check_outbox
from bot.store.verify_waivers import check_waivers, require_rightly_waived


def verify_audit(snapshot: Snapshot) -> AuditVerdict:
    """Check the whole log: chain, columns, end, lifecycle, and the table of requests against what it says."""
    refold, testimony = Refold(), Testimony()
    try:
        _check_entries(snapshot, refold, testimony)
        _check_end(snapshot, refold)
        owed = _check_requests(snapshot, refold, testimony)
        check_outbox(snapshot, refold.seq, testimony, owed)
        _check_delegations(snapshot, refold)
        _check_absences(snapshot, refold)
        check_waivers(snapshot, refold.waivers(), refold.seq)
    except Bad as bad:
        return AuditVerdict(ok=False, entries=refold.seq, first_bad_seq=bad.seq, why=bad.why)
    return AuditVerdict(ok=True, entries=refold.seq)


def export_audit(snapshot: Snapshot, out: BinaryIO) -> int:
    """Write the canonical bytes of every entry, one a line, and return how many there were."""
    count = 0
    for row in snapshot.audit():
        out.write(row.canonical + b"\n")
        count += 1
    return count


def require_as_told(snapshot: Snapshot, request_id: RequestId, bodies: Mapping[str, bytes]) -> None:
    """Compare one request, and the frozen *bodies* of its callbacks by row, with the log. Raises Contradicted.

    Far cheaper than the whole log, and so done before anything is signed; it believes the chain, which
    :func:`verify_audit` alone can check.
    """
    testimony = Testimony()
    for row in snapshot.events(request_id):
        if entry_hash(row.canonical) != row.hash:
            raise Contradicted(f"entry {row.seq} of the log does not have the hash that is stored beside it")
        testimony.take(row.entry)
    found = snapshot.stored(request_id)
    if found is None:
        raise Contradicted("it is not in the books")
    key, body_hash, document = found
    request = read_request(document)
    testimony.require_request(request, document, None if key is None else (key, body_hash))
    _check_evidence(snapshot, request, testimony)
    for row_id, body in bodies.items():
        testimony.require_body(row_id, body)


def _check_entries(snapshot: Snapshot, refold: Refold, testimony: Testimony) -> None:
    for row in snapshot.audit():
        seq = refold.seq + 1
        entry = read_entry(row, seq)
        violation = refold.take(entry, row.hash)
        if violation is not None:
            raise Bad(violation.seq, violation.sentence)
        require_columns(row, entry)
        try:
            testimony.take(entry)
        except (KeyError, TypeError, AttributeError) as error:
            raise Bad(seq, f"this is no entry as this log writes them: {error!r}") from None


def _check_end(snapshot: Snapshot, refold: Refold) -> None:
    head = snapshot.head()
    if head.seq != refold.seq:
        raise Bad(min(refold.seq, max(head.seq, 0)) + 1, f"the log ends at {refold.seq}, its head says {head.seq}")
    if head.hash != refold.head:
        raise Bad(refold.seq, "the head of the log has another hash than the last entry")
    if head.at != refold.at:
        raise Bad(refold.seq, "the head of the log has another time than the last entry")
    violation = refold.finish()
    if violation is not None:
        raise Bad(violation.seq, violation.sentence)


def _check_requests(snapshot: Snapshot, refold: Refold, testimony: Testimony) -> Owed:
    """Compare the table of requests with the log; return what those owe who have to be told of their end."""
    folded, owed = refold.states(), Owed()
    end = refold.seq
    for number, request_id, key, body_hash, *columns, document in snapshot.all_requests():
        life = folded.pop(request_id, None)
        if life is None:
            raise Bad(end, f"request #{number} stands in the table, the log does not know it")
        try:
            request = read_request(document)
        except ValueError:
            raise Bad(end, f"request #{number}: its document is no request") from None
        stored = orjson.loads(draw_json(request))
        _check_document(number, request_id, stored, life, end)
        try:
            testimony.require_request(request, document, None if key is None else (key, body_hash))
            tests = _check_evidence(snapshot, request, testimony)
            require_rightly_waived(tests, refold.waivers())
        except Contradicted as error:
            raise Bad(end, f"request #{number}: {error}") from None
        _check_projection(request, columns, snapshot, end)
        owed.add(request)
    if folded:
        missing = min(life.number for life in folded.values())
        raise Bad(end, f"request #{missing} stands in the log, the table has lost it")
    return owed


def _check_evidence(snapshot: Snapshot, request: ApprovalRequest, testimony: Testimony) -> TestEvidence:
    """Compare all evidence with the log, and the digest with what people are shown; return the revision's.

    Raises Contradicted.
    """
    found = snapshot.all_evidence(request.id)
    testimony.require_evidence(request.id, found)
    try:
        tests = read_evidence(found[request.revision])
    except (KeyError, ValueError):
        raise Contradicted("its evidence cannot be read") from None
    if sha256_digest(bound(request.subject, tests)) != request.digest:
        raise Contradicted("its digest is not that of what it asks and of its evidence")
    return tests


def _check_delegations(snapshot: Snapshot, refold: Refold) -> None:
    """Compare who stands in for whom with what the log says."""
    told = {giver: loan.terms for giver, loan in refold.loans().items()}
    for giver, receiver, until, document in snapshot.all_delegations():
        try:
            held = read_delegation(document)
        except ValueError:
            raise Bad(refold.seq, f"the delegation of {giver}: its document is none") from None
        columns = (held.giver.slack_id, held.receiver.slack_id, held.until)
        if columns != (giver, receiver, snapshot.moment(until)):
            raise Bad(refold.seq, f"the delegation of {giver}: its columns are not those of its document")
        if told.pop(giver, None) != of_delegation(held):
            raise Bad(refold.seq, f"the delegation of {giver} is not what the log says")
    if told:
        raise Bad(refold.seq, f"the delegation of {min(told)} stands in the log, the table has lost it")


def _check_absences(snapshot: Snapshot, refold: Refold) -> None:
    """Compare who is away with what the log says."""
    told = {account: gap.terms for account, gap in refold.absences().items()}
    for account, until, document in snapshot.all_absences():
        try:
            held = read_absence(document)
        except ValueError:
            raise Bad(refold.seq, f"the absence of {account}: its document is none") from None
        if (held.person.slack_id, held.until) != (account, snapshot.moment(until)):
            raise Bad(refold.seq, f"the absence of {account}: its columns are not those of its document")
        if told.pop(account, None) != of_absence(held):
            raise Bad(refold.seq, f"the absence of {account} is not what the log says")
    if told:
        raise Bad(refold.seq, f"the absence of {min(told)} stands in the log, the table has lost it")


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
            raise Bad(end, f"request #{number}: the table says {name} {stored[name]}, the log says {folded}")
    settled: Mapping[str, Any] = stored.get("settled") or {}
    released = settled.get("release_at")
    if released != (life.release_at.isoformat() if life.release_at else None):
        raise Bad(end, f"request #{number}: the table says that it is released at {released}, the log says otherwise")
    if stored["number"] != number:
        raise Bad(end, f"request #{number}: its document says #{stored['number']}")


def _key_of_its_release(request: ApprovalRequest, stored: str | None) -> str | None:
    """Return the key that should be stored; what another release made can't be made again, and nobody follows it."""
    return stored if stored is not None and not stored.startswith(LAYOUT) else key_of(request)


def _check_projection(request: ApprovalRequest, columns: list[Any], snapshot: Snapshot, end: int) -> None:
    """Compare the searched columns with the document they were written with."""
    source, state, service, environment, lane, deadline, wake_at, *counted, key, leader, requester, change = columns
    subject, due = request.subject, next_due(request)
    rule, handling, ruled, alike, answered = counted
    is_answered = answered_at(request) is not None
    said = {
        "source": (source, request.source),
        "state": (state, request.state.value),
        "service": (service, subject.service),
        "environment": (environment, subject.environment),
        "lane": (lane, subject.lane),
        "deadline": (snapshot.moment(deadline), request.deadline),
        "wake_at": (snapshot.moment(wake_at), due.at if due else None),
        "rule": (rule, request.ruling.rule),
        "handling": (handling, request.ruling.handling.value),
        "ruled_at": (snapshot.moment(ruled), ruled_at(request)),
        "undertaking": (alike, undertaking(request.source, subject) if is_answered else None),
        "answered_at": (snapshot.moment(answered), answered_at(request)),
        "change": (change, change_of(request.source, subject) if is_answered else None),
        "group_key": (key, _key_of_its_release(request, key)),
        "leader": (leader, request.leader),
        "requester": (requester, asker(request)),
    }
    for column, (found, written) in said.items():
        if found != written:
            raise Bad(end, f"request #{request.number}: column {column} says {found}, its document says {written}")
