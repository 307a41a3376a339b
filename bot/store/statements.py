"""Every statement of the hot paths, made once per database. ``:name`` is a value, never text put together."""

from collections.abc import Mapping

from sqlalchemy import text

from bot.store.database import Database, Prepared, insertion, prepare
from bot.store.history_sql import WRITING_HISTORY
from bot.store.tables import AUDIT_ENTRIES, EVIDENCE, REQUESTS

FORGOTTEN_UP_TO = "forgotten up to"
"""The key of the row that says when the latest of the messages was signed that are forgotten; no message has this."""

_SIGNED_AT = "SELECT signed_at FROM replays WHERE key ="

_FORGETTABLE = (
    f"SELECT key, signed_at FROM replays WHERE signed_at <= :before AND key <> '{FORGOTTEN_UP_TO}'"  # noqa: S608 - ours
    " ORDER BY signed_at LIMIT :most"
)

_CARD = "channel, channel_id, ts, permalink, revision, detour, detour_why, host, drawn, kept"

_WRITING: Mapping[str, str] = {
    **WRITING_HISTORY,
    # {lock}: the row is locked for all other writers, until this transaction ends. SQLite has one writer anyway.
    "lock_request": "SELECT document FROM requests WHERE id = :id {lock}",
    "lock_requests": "SELECT id, document FROM requests WHERE {id among ids} ORDER BY id {lock}",
    "request": "SELECT document FROM requests WHERE id = :id",
    "request_by_key": "SELECT id, body_hash FROM requests WHERE source = :source AND idempotency_key = :key",
    "last_number": "SELECT max(number) FROM requests",
    "due_requests": "SELECT id FROM requests WHERE wake_at <= :now ORDER BY wake_at LIMIT :most {skip}",
    "open_in_lane": "SELECT id FROM requests WHERE source = :source AND lane = :lane AND deadline IS NOT NULL",
    "update_request": "UPDATE requests SET state = :state, service = :service, environment = :environment,"
    " lane = :lane, deadline = :deadline, wake_at = :wake_at, document = :document, rule = :rule, handling = :handling,"
    " ruled_at = :ruled_at, undertaking = :undertaking, answered_at = :answered_at, group_key = :group_key,"
    " leader = :leader, change = :change WHERE id = :id",
    "joinable": "SELECT id FROM requests WHERE group_key = :key",
    "followers": "SELECT id FROM requests WHERE leader = :leader",
    # Each looks at no more rows than it may count: what has happened before that costs nothing.
    "answers": "SELECT count(*) FROM (SELECT 1 FROM requests WHERE undertaking = :undertaking AND state = :state"
    " AND answered_at > :after ORDER BY answered_at DESC LIMIT :most) AS answered",
    "answered_last": "SELECT document FROM requests WHERE change = :change ORDER BY answered_at DESC LIMIT 1",
    "uses": "SELECT count(*), min(ruled_at) FROM (SELECT ruled_at FROM requests WHERE rule = :rule"
    " AND handling = :handling AND ruled_at > :after ORDER BY ruled_at DESC LIMIT :most) AS used",
    "open_count": "SELECT count(*) FROM (SELECT 1 FROM requests WHERE source = :source AND lane = :lane"
    " AND deadline IS NOT NULL LIMIT :most) AS open",
    "head": "SELECT seq, hash, at FROM audit_head",
    "lock_head": "SELECT seq, hash, at FROM audit_head {lock}",
    "card": f"SELECT {_CARD} FROM cards WHERE request_id = :request AND channel = :channel",  # noqa: S608 - our own columns
    "permalink": "SELECT permalink FROM cards WHERE request_id = :request AND permalink IS NOT NULL"
    " ORDER BY channel LIMIT 1",
    "put_card": f"INSERT INTO cards (request_id, {_CARD}, look_at)"  # noqa: S608 - the same
    " VALUES (:request, :channel, :channel_id, :ts, :permalink, :revision, :detour, :detour_why, :host, :drawn, :kept,"
    " :look_at) ON CONFLICT (request_id, channel) DO UPDATE"
    " SET channel_id = excluded.channel_id, ts = excluded.ts, permalink = excluded.permalink,"
    " revision = excluded.revision, detour = excluded.detour, detour_why = excluded.detour_why, host = excluded.host,"
    " drawn = excluded.drawn, kept = excluded.kept, look_at = excluded.look_at",
    "due_looks": f"SELECT request_id, odd, {_CARD} FROM cards"  # noqa: S608 - the same
    " WHERE look_at <= :now ORDER BY look_at LIMIT :most {skip}",
    # Each only while nobody has looked, or delivered, since: the moment itself is the claim.
    "take_look": "UPDATE cards SET look_at = :until WHERE request_id = :request AND channel = :channel",
    "end_look": "UPDATE cards SET look_at = :next, odd = :odd, kept = coalesce(kept, CAST(:kept AS text))"
    " WHERE request_id = :request AND channel = :channel AND ts = :ts AND look_at = :until",
    "look_soon": "UPDATE cards SET look_at = :now WHERE look_at > :now",
    "delegation_of": "SELECT document FROM delegations WHERE giver = :giver",
    "delegations_to": "SELECT document FROM delegations WHERE receiver = :receiver AND until > :now",
    "put_delegation": "INSERT INTO delegations (giver, receiver, until, document)"
    " VALUES (:giver, :receiver, :until, :document) ON CONFLICT (giver) DO UPDATE"
    " SET receiver = excluded.receiver, until = excluded.until, document = excluded.document",
    "drop_delegation": "DELETE FROM delegations WHERE giver = :giver",
    "home": "SELECT document FROM homes WHERE slack_id = :slack_id",
    "put_home": "INSERT INTO homes (slack_id, opened_at, document) VALUES (:slack_id, :opened_at, :document)"
    " ON CONFLICT (slack_id) DO UPDATE SET opened_at = excluded.opened_at, document = excluded.document",
    "followed": "SELECT h.slack_id, h.document, d.document FROM"
    " (SELECT slack_id, opened_at, document FROM homes WHERE opened_at > :since ORDER BY opened_at DESC LIMIT :most) h"
    " LEFT JOIN delegations d ON d.receiver = h.slack_id AND d.until > :now ORDER BY h.opened_at DESC",
    # Who is not there now: both small, both by the index of their ends, and asked once a group.
    "gone": "SELECT 'absence' AS kind, document FROM absences WHERE until > :now"
    " UNION ALL SELECT 'delegation' AS kind, document FROM delegations WHERE until > :now",
    "absence_of": "SELECT document FROM absences WHERE account = :account",
    "put_absence": "INSERT INTO absences (account, until, document) VALUES (:account, :until, :document)"
    " ON CONFLICT (account) DO UPDATE SET until = excluded.until, document = excluded.document",
    "drop_absence": "DELETE FROM absences WHERE account = :account",
    "due_musters": "SELECT id, after FROM musters WHERE at <= :now ORDER BY at DESC, id DESC",
    "put_muster": "INSERT INTO musters (id, at, after) VALUES (:id, :at, :after)"
    " ON CONFLICT (id) DO UPDATE SET after = excluded.after",
    "drop_muster": "DELETE FROM musters WHERE id = :id",
    "roll_call": "SELECT at FROM roll_calls WHERE request_id = :request_id",
    "put_roll_call": "INSERT INTO roll_calls (request_id, at) VALUES (:request_id, :at)"
    " ON CONFLICT (request_id) DO UPDATE SET at = excluded.at",
    "drop_roll_call": "DELETE FROM roll_calls WHERE request_id = :request_id",
    # The partial index has the open ones; adding nothing keeps the planners from walking all that ever was.
    "open_after": "SELECT number, document FROM requests WHERE wake_at IS NOT NULL AND number + 0 > :after"
    " ORDER BY number + 0 LIMIT :most",
    "lock_installation": "SELECT document FROM installations WHERE team_id = :team {lock}",
    "other_installations": "SELECT document FROM installations WHERE team_id <> :team",
    "put_installation": "INSERT INTO installations (team_id, document) VALUES (:team, :document)"
    " ON CONFLICT (team_id) DO UPDATE SET document = excluded.document",
    "last_waiver": "SELECT max(number) FROM waivers",
    "waiver": "SELECT document FROM waivers WHERE number = :number",
    "is_waived_at": "SELECT 1 FROM waivers WHERE site = :site AND wake_at IS NOT NULL LIMIT 1",
    "waivers_of": "SELECT document FROM waivers WHERE wake_at IS NOT NULL AND {key among keys}",
    "due_waivers": "SELECT document FROM waivers WHERE wake_at <= :now ORDER BY wake_at LIMIT :most",
    "put_waiver": "INSERT INTO waivers (number, site, key, wake_at, document)"
    " VALUES (:number, :site, :key, :wake_at, :document)"
    " ON CONFLICT (number) DO UPDATE SET wake_at = excluded.wake_at, document = excluded.document",
    "receivers_about": "SELECT v.request_id, v.sealed, v.since FROM receivers v JOIN requests r ON r.id = v.request_id"
    " WHERE v.source = :source AND v.matter = :matter AND r.deadline IS NOT NULL",
    "insert_receiver": "INSERT INTO receivers (request_id, source, matter, since, sealed)"
    " VALUES (:request, :source, :matter, :since, :sealed)",
    "remember_receiver": "UPDATE receivers SET memo = :memo WHERE request_id = :request",
    "alarm": "SELECT what, since, told_in FROM alarms WHERE about = :about",
    "put_alarm": "INSERT INTO alarms (about, what, since, told_in) VALUES (:about, :what, :since, :told_in)"
    " ON CONFLICT (about) DO UPDATE SET what = excluded.what, since = excluded.since, told_in = excluded.told_in",
    "drop_alarm": "DELETE FROM alarms WHERE about = :about",
    "seen": f"SELECT ({_SIGNED_AT} :key), ({_SIGNED_AT} '{FORGOTTEN_UP_TO}')",
    # A few at a time: after a quiet while there may be as many as were sent in twelve busy minutes.
    "forgettable": f"SELECT max(signed_at) FROM ({_FORGETTABLE}) AS oldest",  # noqa: S608 - the same
    "forget": f"DELETE FROM replays WHERE key IN (SELECT key FROM ({_FORGETTABLE}) AS oldest)",  # noqa: S608 - the same
    "insert_replays": "INSERT INTO replays (key, signed_at) VALUES (:key, :signed_at) ON CONFLICT (key) DO UPDATE"
    " SET signed_at = CASE WHEN replays.signed_at > excluded.signed_at THEN replays.signed_at"
    " ELSE excluded.signed_at END",
    "post": "INSERT INTO outbox (id, destination, rank, kind, request_id, key, payload, due_at, created_at)"
    " VALUES (:id, :destination, :rank, :kind, :request, :key, :payload, :due_at, :now)",
    "is_mine": "SELECT 1 FROM outbox WHERE id = :id AND status = 'claimed' AND claimed_by = :replica {lock}",
    "is_bodiless": "SELECT 1 FROM outbox WHERE id = :id AND status = 'claimed' AND claimed_by = :replica"
    " AND body IS NULL {lock}",
    "dead_row": "SELECT id, destination, kind, request_id, key, payload, attempts, nonce, body, created_at, last_error"
    " FROM outbox WHERE id = :id AND status = 'dead' {lock}",
    "claim": "UPDATE outbox SET status = 'claimed', claimed_by = :replica, claimed_until = :until, nonce = :nonce,"
    " attempts = attempts + 1 WHERE id = :id",
    "merge": "UPDATE outbox SET status = 'done', done_at = :now, last_error = 'merged into ' || CAST(:into AS text)"
    " WHERE key = :key AND status = 'due' AND id <> :id",
    "intend": "UPDATE outbox SET nonce = :nonce WHERE id = :id",
    "freeze": "UPDATE outbox SET body = :body WHERE id = :id",
    "done": "UPDATE outbox SET status = 'done', done_at = :now, claimed_by = NULL, claimed_until = NULL WHERE id = :id",
    "dead": "UPDATE outbox SET status = 'dead', done_at = :now, last_error = :why, claimed_by = NULL,"
    " claimed_until = NULL WHERE id = :id",
    "later": "UPDATE outbox SET status = 'due', due_at = :due_at, last_error = :why, nonce = :nonce,"
    " claimed_by = NULL, claimed_until = NULL WHERE id = :id",
    "divert": "UPDATE outbox SET status = 'due', due_at = :due_at, payload = :payload, last_error = :why,"
    " nonce = :nonce, claimed_by = NULL, claimed_until = NULL WHERE id = :id",
    "recover": "UPDATE outbox SET status = 'due', due_at = :now, claimed_by = NULL, claimed_until = NULL"
    " WHERE status = 'claimed' AND (claimed_by = :replica OR :everybody)",
    "revive": "UPDATE outbox SET status = 'due', due_at = :now, done_at = NULL, attempts = 0 WHERE id = :id",
    # Of requests that are open, or owe a review, and only what belongs to a card: an old callback is nobody's to send.
    "revive_cards": "UPDATE outbox SET status = 'due', due_at = :now, done_at = NULL, attempts = 0"
    " WHERE status = 'dead' AND kind IN ('show_card', 'tell_thread', 'send_digest')"
    " AND request_id IN (SELECT id FROM requests WHERE wake_at IS NOT NULL)",
    "retry_cards": "UPDATE outbox SET status = 'due', due_at = :now, done_at = NULL, attempts = 0"
    " WHERE status = 'dead' AND done_at <= :before AND kind = 'show_card'"
    " AND request_id IN (SELECT id FROM requests WHERE wake_at IS NOT NULL)",
    "retry_lines": "UPDATE outbox SET status = 'due', due_at = :now, done_at = NULL, attempts = 0"
    " WHERE status = 'dead' AND done_at <= :before AND kind IN ('tell_thread', 'send_digest')"
    " AND request_id IN (SELECT id FROM requests WHERE wake_at IS NOT NULL)",
    "is_given_up": "SELECT 1 FROM outbox WHERE status = 'dead' AND key = :key",
    "is_on_its_way": "SELECT 1 FROM outbox WHERE status = 'due' AND key = :due"
    " UNION ALL SELECT 1 FROM outbox WHERE status = 'claimed' AND key = :claimed",
    "hurry": "UPDATE outbox SET due_at = :now WHERE status = 'due' AND due_at > :now AND attempts > 0"
    " AND destination >= :scope AND destination < :beyond",
    "expire_claims": "UPDATE outbox SET status = 'due', due_at = :now, claimed_by = NULL, claimed_until = NULL"
    " WHERE id IN (SELECT id FROM outbox WHERE status = 'claimed' AND claimed_until <= :now"
    " AND destination >= :scope AND destination < :beyond {skip})",
    "first_due": """
        WITH RECURSIVE line(destination) AS (
            SELECT min(destination) FROM outbox
            WHERE status = 'due' AND destination >= :scope AND destination < :beyond
          UNION ALL
            SELECT (
                SELECT min(o.destination) FROM outbox o
                WHERE o.status = 'due' AND o.destination > line.destination AND o.destination < :beyond
            ) FROM line WHERE line.destination IS NOT NULL
        )
        SELECT f.id, f.key FROM line JOIN outbox f ON f.status = 'due' AND f.id = (
            SELECT o.id FROM outbox o
            WHERE o.status = 'due' AND o.destination = line.destination AND o.due_at <= :now
            ORDER BY o.rank, o.id LIMIT 1
        )
        WHERE NOT {line.destination among blocked}
          AND (f.rank = 0 OR NOT {line.destination among paced})
          AND NOT EXISTS (SELECT 1 FROM outbox c WHERE c.status = 'claimed' AND c.destination = line.destination)
        ORDER BY f.rank, f.id LIMIT :most
    """,
    "siblings": "SELECT id, key FROM outbox WHERE status = 'due' AND {key among keys}",
    "take": "SELECT id, destination, kind, request_id, key, payload, attempts, nonce, body, created_at, last_error"
    " FROM outbox WHERE status = 'due' AND {id among ids} {skip}",
}

_POSTGRESQL: Mapping[str, str] = {
    "clock": "SELECT clock_timestamp()",
    "numbers": "SELECT nextval('request_numbers') FROM generate_series(1, :count)",
    "notify": "SELECT pg_notify('jit_commit', :text)",
}


class Statements:
    """Prepared statements by name, for one database."""

    def __init__(self, database: Database) -> None:
        texts = {**_WRITING, **(_POSTGRESQL if database.is_shared else {})}
        self._prepared = {name: prepare(text(database.spell(sql)), database.dialect) for name, sql in texts.items()}
        for table in (REQUESTS, EVIDENCE, AUDIT_ENTRIES):
            self._prepared[f"insert_{table.name}"] = prepare(insertion(table), database.dialect)

    def __getitem__(self, name: str) -> Prepared:
        """Return the statement called *name*."""
        return self._prepared[name]
