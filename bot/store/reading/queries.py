"""What is asked of the read-only connections."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import text

from bot.store.database import Database, Prepared, prepare
from bot.store.history_sql import READING_HISTORY

_ENTRY = "SELECT seq, at, event, request_id, prev, hash, canonical FROM audit_entries"
_OUTBOX = "SELECT id, destination, request_id, kind, payload, attempts, nonce, body, created_at, last_error FROM outbox"

_READING: Mapping[str, str] = {
    **READING_HISTORY,
    "request": "SELECT document FROM requests WHERE id = :id",
    "by_number": "SELECT document FROM requests WHERE number = :number",
    "evidence": "SELECT document FROM evidence WHERE request_id = :request AND revision = :revision",
    "cards": "SELECT channel, channel_id, ts, permalink, revision, detour, detour_why, host, drawn, kept FROM cards"
    " WHERE request_id = :request ORDER BY channel",
    "events": f"{_ENTRY} WHERE request_id = :request AND seq > :after ORDER BY seq",
    "audit": f"{_ENTRY} WHERE seq > :after ORDER BY seq",
    "head": "SELECT seq, hash, at FROM audit_head",
    "all_requests": "SELECT number, id, idempotency_key, body_hash, source, state, service, environment, lane,"
    " deadline, wake_at, rule, handling, ruled_at, undertaking, answered_at, group_key, leader, requester, change,"
    " document FROM requests"
    " ORDER BY number",
    # What a Home tab shows. Each reads as many rows as it may show, however much has ended.
    "home": "SELECT document FROM homes WHERE slack_id = :slack_id",
    "open_oldest": "SELECT document FROM requests WHERE wake_at IS NOT NULL AND deadline IS NOT NULL"
    " ORDER BY number LIMIT :most",
    "asked_by": "SELECT document FROM requests WHERE requester = :name ORDER BY number DESC LIMIT :most",
    "decided_last": "SELECT document FROM requests WHERE answered_at IS NOT NULL ORDER BY answered_at DESC LIMIT :most",
    "company": "SELECT document FROM requests WHERE leader = :leader ORDER BY id",
    "stored": "SELECT idempotency_key, body_hash, document FROM requests WHERE id = :id",
    "all_evidence": "SELECT revision, document FROM evidence WHERE request_id = :request",
    "all_callbacks": "SELECT id, request_id, destination, status, payload FROM outbox"
    " WHERE kind = 'call_back' ORDER BY id",
    "all_answers": "SELECT id, request_id, destination, status, payload FROM outbox"
    " WHERE kind = 'answer_source' ORDER BY id",
    "receiver": "SELECT source, matter, since, sealed, memo FROM receivers WHERE request_id = :request",
    "receivers_beside": "SELECT r.document, v.since FROM receivers v JOIN requests r ON r.id = v.request_id"
    " WHERE v.source = :source AND v.matter = :matter AND v.request_id <> :request",
    "all_receivers": "SELECT request_id, source, matter, since, sealed, memo FROM receivers ORDER BY request_id",
    "all_bodies": "SELECT id, body FROM outbox WHERE body IS NOT NULL ORDER BY id",
    "dead": f"{_OUTBOX} WHERE status = 'dead' ORDER BY id LIMIT :most",
    "all_open": "SELECT document FROM requests WHERE wake_at IS NOT NULL ORDER BY number",
    "next_wake": "SELECT min(wake_at) FROM requests WHERE wake_at IS NOT NULL",
    "card_is_dead": "SELECT 1 FROM outbox WHERE status = 'dead' AND key = :key"
    " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.status = 'due' AND o.key = :key)"
    " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.status = 'claimed' AND o.key = :key) LIMIT 1",
    # Each by its partial index, as they are written: an IN matches none, and reads all that was ever delivered.
    "delegation_of": "SELECT document FROM delegations WHERE giver = :giver",
    "delegations_to": "SELECT document FROM delegations WHERE receiver = :receiver AND until > :now",
    "gone": "SELECT 'absence' AS kind, document FROM absences WHERE until > :now"
    " UNION ALL SELECT 'delegation' AS kind, document FROM delegations WHERE until > :now",
    "absence_of": "SELECT document FROM absences WHERE account = :account",
    "all_absences": "SELECT account, until, document FROM absences ORDER BY account",
    "next_muster": "SELECT min(at) FROM musters",
    "due_roll_calls": "SELECT c.request_id, r.document FROM roll_calls c JOIN requests r ON r.id = c.request_id"
    " WHERE c.at <= :now ORDER BY c.at LIMIT :most",
    "all_delegations": "SELECT giver, receiver, until, document FROM delegations ORDER BY giver",
    "next_look": "SELECT min(look_at) FROM cards WHERE look_at IS NOT NULL",
    "looks_due": "SELECT count(*) FROM cards WHERE look_at <= :now",
    "first_dead_card": "SELECT min(o.done_at) FROM outbox o JOIN requests r ON r.id = o.request_id"
    " WHERE o.status = 'dead' AND o.kind IN ('show_card', 'tell_thread', 'send_digest') AND r.wake_at IS NOT NULL",
    "cardless": "SELECT r.id FROM requests r WHERE r.deadline IS NOT NULL AND r.wake_at IS NOT NULL"
    " AND r.leader IS NULL AND NOT EXISTS (SELECT 1 FROM cards c WHERE c.request_id = r.id)"
    # None of its cards may be on its way, or be given up, which is tried again in its own time.
    " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.status = 'due'"
    " AND o.key >= 'card:' || r.id || ':' AND o.key < 'card:' || r.id || ';')"
    " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.status = 'claimed'"
    " AND o.key >= 'card:' || r.id || ':' AND o.key < 'card:' || r.id || ';')"
    " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.status = 'dead'"
    " AND o.key >= 'card:' || r.id || ':' AND o.key < 'card:' || r.id || ';')"
    " ORDER BY r.id LIMIT :most",
    "installation": "SELECT document FROM installations WHERE team_id = :team",
    "waiver": "SELECT document FROM waivers WHERE number = :number",
    "live_waivers": "SELECT document FROM waivers WHERE wake_at IS NOT NULL ORDER BY wake_at, number LIMIT :most",
    "newest_waivers": "SELECT document FROM waivers ORDER BY number DESC LIMIT :most",
    "next_waiver": "SELECT min(wake_at) FROM waivers WHERE wake_at IS NOT NULL",
    "all_waivers": "SELECT number, site, key, wake_at, document FROM waivers ORDER BY number",
    "questions_at": "SELECT r.document FROM requests r JOIN cards c ON c.request_id = r.id"
    " WHERE r.state = 'needs_info' AND c.channel_id = :channel AND c.ts = :ts ORDER BY r.number",
    "heard": "SELECT 1 FROM replays WHERE key = :key",
    "open_in": "SELECT r.document FROM requests r WHERE r.wake_at IS NOT NULL AND r.deadline IS NOT NULL"
    " AND EXISTS (SELECT 1 FROM cards c WHERE c.request_id = r.id AND c.channel_id = :channel)"
    " ORDER BY r.number DESC LIMIT :most",
    "newest": "SELECT rule, handling, state, ruled_at, answered_at FROM requests ORDER BY number DESC LIMIT :most",
    "depth": "SELECT (SELECT count(*) FROM outbox WHERE status = 'due')"
    " + (SELECT count(*) FROM outbox WHERE status = 'claimed')",
    "dead_count": "SELECT count(*) FROM outbox WHERE status = 'dead'",
    # Whether the house is well: all by partial indexes, for what was delivered and has ended is as it should be.
    "late_rows": "SELECT count(*), min(moment) FROM (SELECT due_at AS moment FROM outbox"
    " WHERE status = 'due' AND due_at <= :before UNION ALL SELECT claimed_until AS moment FROM outbox"
    " WHERE status = 'claimed' AND claimed_until <= :before_too) late",
    "put_off_rows": "SELECT count(*), min(created_at) FROM outbox WHERE (status = 'due' AND due_at > :after"
    " AND kind <> 'send_digest') OR (status = 'claimed' AND claimed_until > :after_too)",
    "failing_rows": "SELECT count(*), min(created_at), (SELECT last_error FROM outbox"
    " WHERE status = 'due' AND attempts > 0 AND last_error IS NOT NULL ORDER BY created_at LIMIT 1)"
    " FROM outbox WHERE status = 'due' AND attempts > 0",
    "dead_rows": "SELECT count(*), min(done_at) FROM outbox WHERE status = 'dead'",
    "dead_of_open": "SELECT count(*), min(o.done_at) FROM outbox o JOIN requests r ON r.id = o.request_id"
    " WHERE o.status = 'dead' AND r.deadline IS NOT NULL",
    "overdue_requests": "SELECT count(*), min(wake_at) FROM requests WHERE wake_at <= :before",
    "open_cards": "SELECT c.request_id, c.odd, c.channel, c.channel_id, c.ts, c.permalink, c.revision, c.detour,"
    " c.detour_why, c.host, c.drawn, c.kept, r.number FROM requests r JOIN cards c ON c.request_id = r.id"
    " WHERE r.deadline IS NOT NULL AND r.wake_at IS NOT NULL AND c.host IS NULL"
    " ORDER BY r.number DESC LIMIT :most",
    "is_on_its_way": "SELECT 1 FROM outbox WHERE status = 'due' AND key = :due"
    " UNION ALL SELECT 1 FROM outbox WHERE status = 'claimed' AND key = :claimed",
    "is_given_up": "SELECT 1 FROM outbox WHERE status = 'dead' AND key = :key",
    "unlooked_cards": "SELECT count(*), min(look_at) FROM cards WHERE look_at <= :before",
    "version": "SELECT version_num FROM alembic_version",
    "clock": "SELECT clock_timestamp()",
    "next_due": """
        WITH RECURSIVE line(destination) AS (
            SELECT min(destination) FROM outbox
            WHERE status = 'due' AND destination >= :scope AND destination < :beyond
          UNION ALL
            SELECT (
                SELECT min(o.destination) FROM outbox o
                WHERE o.status = 'due' AND o.destination > line.destination AND o.destination < :beyond
            ) FROM line WHERE line.destination IS NOT NULL
        ), free(destination, turn) AS (
            SELECT line.destination, r.turn FROM line CROSS JOIN (SELECT 0 AS turn UNION SELECT 1 UNION SELECT 2) r
            WHERE NOT {line.destination among blocked}
              AND (r.turn = 0 OR NOT {line.destination among paced})
              AND NOT EXISTS (SELECT 1 FROM outbox c WHERE c.status = 'claimed' AND c.destination = line.destination)
        )
        SELECT min(moment) FROM (
            SELECT (
                SELECT min(o.due_at) FROM outbox o
                WHERE o.status = 'due' AND o.destination = free.destination AND o.rank = free.turn
            ) AS moment FROM free
          UNION ALL
            SELECT min(claimed_until) FROM outbox o
            WHERE o.status = 'claimed' AND o.destination >= :scope AND o.destination < :beyond
              AND NOT {o.destination among blocked}
        ) moments
    """,
}


class Queries:
    """Prepared queries by name, for one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._prepared = {name: self._prepare(sql) for name, sql in _READING.items()}
        self.page = cache(self._page)

    def __getitem__(self, name: str) -> Prepared:
        """Return the query called *name*."""
        return self._prepared[name]

    def _page(self, columns: tuple[str, ...], *, open_only: bool) -> Prepared:
        """Return the query for a page of requests where each of *columns* has a given value; one is made per kind."""
        tests = [f"{column} = :{column}" for column in columns]
        if open_only:
            # Written like the partial index: however much has ended, only what is open, or owes a review, is looked at.
            tests.append("wake_at IS NOT NULL AND deadline IS NOT NULL")
        where = " AND ".join([*tests, "number < :before"])
        sql = f"SELECT number, document FROM requests WHERE {where} ORDER BY number DESC LIMIT :most"  # noqa: S608 - our own columns
        return self._prepare(sql)

    def _prepare(self, sql: str) -> Prepared:
        return prepare(text(self._database.spell(sql)), self._database.dialect)
