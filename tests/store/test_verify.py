"""What `verify_audit` finds, when the owner of the database took the guards away and changed what they liked."""

import io
import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import orjson
import pytest

from bot.canonical import canonical_bytes
from bot.core.audit import GENESIS, entry_hash
from bot.core.moments import draw_moment
from bot.store import AuditVerdict, Store, export_audit, verify_audit
from tests.factories import ANA, BO, CHEN, ID, NOON, a_ruling, a_subject, approval
from tests.store.asks import a_line, a_stored_request, advancing
from tests.store.owner import Run, drop_guards, owner_of

Entry = dict[str, Any]
Tamper = Callable[[Run], object]


@pytest.fixture
async def log(store: Store, url: str) -> str:
    """A log of six entries with no guards left: one request approved (1-3), one half approved (4, 5), and a note."""
    first = await a_stored_request(store, subject=a_subject(requester=ANA), key="build 7")
    await store.committer.run(advancing(first.id, approval(BO)))
    second = await a_stored_request(store, ruling=a_ruling(quorum=2))
    await store.committer.run(advancing(second.id, approval(CHEN)))
    await store.committer.run(lambda tx, now: tx.note(a_line(now), None))
    drop_guards(url)
    return url


TABLES = ("requests", "evidence", "outbox", "audit_entries", "audit_head")
"""In the order in which they may be filled; emptied the other way round."""


async def verdict_after(store: Store, url: str, tamper: Tamper) -> AuditVerdict:
    """Return what verify says after *tamper*, and put everything back as it was."""
    assert (await store.read(verify_audit)).ok
    with owner_of(url) as run:
        for table in TABLES:
            run(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")  # noqa: S608 - our own tables
        tamper(run)
        verdict = await store.read(verify_audit)
        for table in reversed(TABLES):
            run(f"DELETE FROM {table}")  # noqa: S608 - our own tables
        for table in TABLES:
            run(f"INSERT INTO {table} SELECT * FROM kept_{table}")  # noqa: S608 - our own tables
            run(f"DROP TABLE kept_{table}")
    assert not verdict.ok
    return verdict


def sql(*statements: str) -> Tamper:
    def tamper(run: Run) -> None:
        for statement in statements:
            run(statement)

    return tamper


IN_THE_LOG: Sequence[tuple[Tamper, int, str]] = [
    (sql("UPDATE audit_entries SET event = 'request.cancelled' WHERE seq = 2"), 2, "column event"),
    (sql("UPDATE audit_entries SET request_id = NULL WHERE seq = 4"), 4, "column request_id"),
    (sql("UPDATE audit_entries SET prev = hash WHERE seq = 5"), 5, "column prev"),
    (sql("UPDATE audit_entries SET hash = prev WHERE seq = 5"), 5, "do not have the hash"),
    (sql("DELETE FROM audit_entries WHERE seq = 1"), 1, "entry 1 is missing: the next one is 2"),
    (sql("DELETE FROM audit_entries WHERE seq = 3"), 3, "entry 3 is missing: the next one is 4"),
    (sql("DELETE FROM audit_entries WHERE seq = 6"), 6, "the log ends at 5, its head says 6"),
    (sql("DELETE FROM audit_entries WHERE seq > 4"), 5, "the log ends at 4, its head says 6"),
    (sql("DELETE FROM audit_entries"), 1, "the log ends at 0, its head says 6"),
    (sql("DELETE FROM audit_head"), 1, "its head says -1"),
    (sql("UPDATE audit_head SET seq = 7"), 7, "the log ends at 6, its head says 7"),
    (sql("UPDATE audit_head SET hash = (SELECT prev FROM audit_entries WHERE seq = 6)"), 6, "another hash"),
    (
        sql(
            "UPDATE audit_entries SET seq = 9 WHERE seq = 4",
            "UPDATE audit_entries SET seq = 4 WHERE seq = 5",
            "UPDATE audit_entries SET seq = 5 WHERE seq = 9",
        ),
        4,
        "entry 4 should stand here, this one says 5",
    ),
]


async def test_the_first_bad_entry_is_named(store: Store, log: str) -> None:
    for tamper, seq, why in IN_THE_LOG:
        verdict = await verdict_after(store, log, tamper)
        assert (verdict.first_bad_seq, why in str(verdict.why)) == (seq, True), verdict


async def test_a_changed_time_is_found(store: Store, log: str) -> None:
    earlier = NOON - timedelta(hours=1)
    moment = draw_moment(earlier) if log.startswith("sqlite") else earlier

    verdict = await verdict_after(store, log, lambda run: run("UPDATE audit_entries SET at = ? WHERE seq = 2", moment))

    assert (verdict.first_bad_seq, "column at" in str(verdict.why)) == (2, True)


async def test_a_head_that_says_another_time_is_found_for_the_house_goes_by_it(store: Store, log: str) -> None:
    later = NOON + timedelta(days=365)
    moment = draw_moment(later) if log.startswith("sqlite") else later

    verdict = await verdict_after(store, log, lambda run: run("UPDATE audit_head SET at = ?", moment))

    assert (verdict.first_bad_seq, verdict.why) == (6, "the head of the log has another time than the last entry")


def rewritten(change: Callable[[list[Entry]], object], *, relink: bool = True) -> Tamper:
    """Rewrite the whole log, hashes, columns and head too: all that then is wrong is what it says."""

    def tamper(run: Run) -> None:
        entries = [orjson.loads(bytes(row[0])) for row in run("SELECT canonical FROM audit_entries ORDER BY seq")]
        at = run("SELECT at FROM audit_head")[0][0]
        change(entries)
        run("DELETE FROM audit_entries")
        prev = GENESIS
        for seq, entry in enumerate(entries, start=1):
            if relink:
                entry |= {"seq": seq, "prev": prev.hex()}
            written = canonical_bytes(entry)
            link, prev = bytes.fromhex(entry["prev"]), entry_hash(written)
            values = (seq, at, entry["event"], entry["request"], link, prev, written)
            run("INSERT INTO audit_entries VALUES (?, ?, ?, ?, ?, ?, ?)", *values)
        run("UPDATE audit_head SET seq = ?, hash = ?", len(entries), prev)

    return tamper


def approved_by_the_requester(entries: list[Entry]) -> None:
    entries[1]["actor"] = entries[1]["actor"] | {"person": "ana", "email": "ana@acme.test", "slack_id": "U0ANA0000"}


def rejected_although_approved(entries: list[Entry]) -> None:
    entries[2]["detail"]["verdict"] = "reject"
    entries[2]["state"] = "rejected"


def approved_with_one_of_two(entries: list[Entry]) -> None:
    decided = orjson.loads(orjson.dumps(entries[2]))
    about = ("request", "number", "digest", "rule", "policy_hash", "source")
    entries.insert(5, decided | {name: entries[4][name] for name in about})


def twice_the_same_person(entries: list[Entry]) -> None:
    entries.insert(5, orjson.loads(orjson.dumps(entries[4])))


WHAT_CANNOT_HAVE_HAPPENED: Sequence[tuple[Callable[[list[Entry]], object], int, str]] = [
    (approved_by_the_requester, 2, "the requester answered"),
    (rejected_although_approved, 3, "approve was due"),
    (approved_with_one_of_two, 6, "before the deadline"),
    (twice_the_same_person, 6, "the same person is counted twice"),
    (lambda entries: entries.pop(2), 2, "settled (approve) and left open"),
    (lambda entries: entries.pop(1), 2, "before the deadline"),
    (lambda entries: entries.append(entries[1]), 7, "there is no road from approved"),
]


async def test_a_log_that_hangs_together_but_cannot_have_happened_is_found(store: Store, log: str) -> None:
    for change, seq, why in WHAT_CANNOT_HAVE_HAPPENED:
        verdict = await verdict_after(store, log, rewritten(change))
        assert (verdict.first_bad_seq, why in str(verdict.why)) == (seq, True), verdict


async def test_a_rewritten_entry_breaks_the_chain_behind_it(store: Store, log: str) -> None:
    def reword(entries: list[Entry]) -> None:
        entries[3]["actor"]["name"] = "somebody else"

    verdict = await verdict_after(store, log, rewritten(reword, relink=False))

    assert (verdict.first_bad_seq, "does not follow" in str(verdict.why)) == (5, True)


async def test_a_tail_cut_together_with_its_head_is_found_by_the_requests(store: Store, log: str) -> None:
    verdict = await verdict_after(store, log, rewritten(lambda entries: entries.__delitem__(slice(3, None))))

    assert (verdict.first_bad_seq, verdict.why) == (3, "request #2 stands in the table, the log does not know it")


OF_2 = "WHERE request_id = (SELECT id FROM requests WHERE number = 2)"
OF_A_REQUEST = [
    ("UPDATE requests SET state = 'rejected' WHERE number = 1", "column state"),
    ("UPDATE requests SET state = 'approved', deadline = NULL, wake_at = NULL WHERE number = 2", "column state"),
    ("UPDATE requests SET source = 'cd' WHERE number = 2", "column source"),
    ("UPDATE requests SET service = 'search' WHERE number = 1", "column service"),
    ("UPDATE requests SET environment = NULL WHERE number = 1", "column environment"),
    ("UPDATE requests SET lane = 'x' WHERE number = 2", "column lane"),
    ("UPDATE requests SET deadline = (SELECT at FROM audit_head) WHERE number = 2", "column deadline"),
    ("UPDATE requests SET wake_at = (SELECT at FROM audit_head) WHERE number = 2", "column wake_at"),
    ("UPDATE requests SET number = 77 WHERE number = 1", "#77"),
    (f"DELETE FROM outbox; DELETE FROM evidence {OF_2}; DELETE FROM requests WHERE number = 2", "#2 stands in the log"),  # noqa: S608 - our own text
]


async def test_a_changed_column_of_a_request_is_found(store: Store, log: str) -> None:
    for statement, why in OF_A_REQUEST:
        verdict = await verdict_after(store, log, sql(*statement.split("; ")))
        assert why in str(verdict.why), verdict


async def test_a_changed_document_of_a_request_is_found(store: Store, log: str) -> None:
    changed = {"state": "approved", "deadline": "2027-01-01T00:00:00+00:00", "digest": "sha256:0", "id": ID}
    changed |= dict.fromkeys(("number", "revision", "stage"), 7)
    for name, value in changed.items():
        verdict = await verdict_after(store, log, changing_the_document(lambda d, n=name, v=value: d.update({n: v})))
        assert f"the table says {name}" in str(verdict.why), verdict


def with_a_softer_quorum(document: Entry) -> None:
    document["ruling"]["stages"][0]["quorum"] = 1


def with_nobody_forbidden(document: Entry) -> None:
    document["ruling"]["forbid"] = []


def with_another_title(document: Entry) -> None:
    document["subject"]["title"] = "Something else"


def with_another_commit(document: Entry) -> None:
    document["subject"]["commit"] = "0" * 40


async def test_a_changed_question_or_a_softened_rule_is_found(store: Store, log: str) -> None:
    for change in (with_a_softer_quorum, with_nobody_forbidden, with_another_title, with_another_commit):
        verdict = await verdict_after(store, log, changing_the_document(change))
        assert verdict.why == "request #2: what it asks, or its rule, is not what the log says"


def by_somebody_else(document: Entry) -> None:
    document["decision"]["by"]["person"]["key"] = document["decision"]["by"]["name"] = "the-ciso"


def with_another_verdict(document: Entry) -> None:
    document["decision"]["verdict"] = "reject"


def for_another_reason(document: Entry) -> None:
    document["decision"]["reason"] = "The CISO said so."


def without_its_decision(document: Entry) -> None:
    document["decision"] = None


HOW_IT_ENDED = (by_somebody_else, with_another_verdict, for_another_reason, without_its_decision)


async def test_a_changed_decision_is_found(store: Store, log: str) -> None:
    for change in HOW_IT_ENDED:
        verdict = await verdict_after(store, log, changing_the_document(change, number=1))
        assert verdict.why == "request #1: how it ended, or by whom, is not what the log says", change


def reviewed_by_somebody_else(document: Entry) -> None:
    document["reviews"][0]["by"]["person"]["key"] = document["reviews"][0]["by"]["name"] = "the-ciso"


def without_reviews(document: Entry) -> None:
    document["reviews"] = []


def with_a_void_review(document: Entry) -> None:
    document["reviews"][0]["void"] = True


def with_one_review_more(document: Entry) -> None:
    document["reviews"] *= 2


WHO_ANSWERED = (reviewed_by_somebody_else, without_reviews, with_a_void_review, with_one_review_more)


async def test_changed_reviews_are_found(store: Store, log: str) -> None:
    for change, number in itertools.product(WHO_ANSWERED, (1, 2)):
        verdict = await verdict_after(store, log, changing_the_document(change, number=number))
        assert verdict.why == f"request #{number}: who answered, and how, is not what the log says", change


def with_another_callback(document: Entry) -> None:
    document["subject"]["callback_url"] = "https://evil.test/"


def with_other_counts(document: Entry) -> None:
    document["tests"]["failed"] = 0


async def test_a_callback_that_would_tell_of_another_request_is_found(store: Store, log: str) -> None:
    other = "(SELECT id FROM requests WHERE number = 2)"
    old = "(SELECT id FROM requests WHERE number = 1)"
    text = "CAST(payload AS text)" if log.startswith("postgresql") else "payload"
    json = "::json" if log.startswith("postgresql") else ""
    swapped = f"UPDATE outbox SET payload = (replace({text}, {old}, {other})){json} WHERE kind = 'call_back'"  # noqa: S608 - our own text

    for change in (swapped, "UPDATE outbox SET payload = '7' WHERE kind = 'call_back'"):
        verdict = await verdict_after(store, log, sql(change))
        assert str(verdict.why).endswith("it would tell of another request, or of nothing"), verdict


async def test_another_caller_to_be_told_and_other_counts_are_found(store: Store, log: str) -> None:
    for change in (with_another_callback, with_other_counts):
        verdict = await verdict_after(store, log, changing_the_document(change, number=1))
        assert verdict.why == "request #1: what it asks, or its rule, is not what the log says", change


def with_another_label(document: Entry) -> None:
    document["subject"]["labels"] = ["harmless"]


def with_fewer_failures_on_the_card(document: Entry) -> None:
    document["tests"]["failures"] = []


def made_at_another_time(document: Entry) -> None:
    document["created_at"] = "2020-01-01T00:00:00+00:00"


def with_other_parameters(document: Entry) -> None:
    document["subject"]["parameters"] = {"version": "6.6.6"}


async def test_any_other_change_of_a_document_is_found(store: Store, log: str) -> None:
    for change in (with_another_label, with_fewer_failures_on_the_card, made_at_another_time, with_other_parameters):
        verdict = await verdict_after(store, log, changing_the_document(change, number=1))
        assert verdict.why == "request #1: its document was changed since the log's last entry about it", change


async def test_parameters_changed_before_a_click_are_found_after_it(store: Store, url: str) -> None:
    """The click writes the forged document again, and its hash: but not what the submission was a hash of."""
    request = await a_stored_request(store, ruling=a_ruling(quorum=2))
    with owner_of(url) as run:
        changing_the_document(with_other_parameters, number=1)(run)
    await store.committer.run(advancing(request.id, approval(CHEN)))

    verdict = await store.read(verify_audit)

    assert verdict.why == "request #1: its digest is not that of what it asks and of its evidence"


WITH_A_KEY = [
    "UPDATE requests SET idempotency_key = 'build 8' WHERE number = 1",
    "UPDATE requests SET body_hash = 'another' WHERE number = 1",
    "UPDATE requests SET idempotency_key = NULL, body_hash = NULL WHERE number = 1",
    "UPDATE requests SET idempotency_key = 'build 8', body_hash = 'one' WHERE number = 2",
]


async def test_a_changed_idempotency_key_is_found(store: Store, log: str) -> None:
    for statement in WITH_A_KEY:
        verdict = await verdict_after(store, log, sql(statement))
        assert "its idempotency key, or what that came with" in str(verdict.why), statement


OF_THE_EVIDENCE = [
    ("UPDATE evidence SET document = '{}'", "#1: the evidence of revision 1 was changed"),
    ("DELETE FROM evidence", "#1: the evidence of revision 1 was lost, or added"),
    (
        "INSERT INTO evidence SELECT id, 2, document FROM requests WHERE number = 2",
        "#2: the evidence of revision 2 was lost, or added",
    ),
]


async def test_changed_evidence_is_found(store: Store, log: str) -> None:
    for statement, why in OF_THE_EVIDENCE:
        verdict = await verdict_after(store, log, sql(statement))
        assert verdict.why == f"request {why}"


async def test_an_entry_of_ours_without_its_detail_is_no_entry(store: Store, log: str) -> None:
    def forget(entries: list[Entry]) -> None:
        entries[5] |= {"event": "callback.drawn", "detail": {}}

    verdict = await verdict_after(store, log, rewritten(forget))

    assert (verdict.first_bad_seq, "no entry as this log writes them" in str(verdict.why)) == (6, True)


@pytest.mark.parametrize("document", ["{}", "[]", "7"])
async def test_a_document_that_is_none_is_found(store: Store, log: str, document: str) -> None:
    verdict = await verdict_after(store, log, lambda run: run("UPDATE requests SET document = ?", document))

    assert verdict.why == "request #1: its document is no request"


def changing_the_document(change: Callable[[Entry], object], number: int = 2) -> Tamper:
    def tamper(run: Run) -> None:
        text: Any = run("SELECT document FROM requests WHERE number = ?", number)[0][0]
        document = orjson.loads(text) if isinstance(text, str) else text
        change(document)
        run("UPDATE requests SET document = ? WHERE number = ?", orjson.dumps(document).decode(), number)

    return tamper


async def test_an_export_is_one_entry_a_line_and_chains_again(store: Store, log: str) -> None:
    out = io.BytesIO()
    count = await store.read(lambda s: export_audit(s, out))

    prev = GENESIS
    for seq, line in enumerate(out.getvalue().splitlines(), start=1):
        entry = orjson.loads(line)
        assert (entry["seq"], entry["prev"]) == (seq, prev.hex())
        assert canonical_bytes(entry) == line
        prev = entry_hash(line)
    head = await store.read(lambda s: s.head())
    assert (count, head.hash) == (6, prev)
    assert out.getvalue().endswith(b"\n")
    assert log
