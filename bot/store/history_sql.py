"""The statements of the history of tests, for the writer and for those who only read."""

from collections.abc import Mapping

_COLUMNS = [
    "seen",
    "runs",
    "base_at",
    "base_commit",
    "base_failed",
    "earlier_at",
    "earlier_commit",
    "earlier_failed",
    "green_at",
    "passed_commit",
    "signs",
    "bad_at",
    "bad_commit",
    "failed_at",
    "failed_commit",
]
_PAST = ", ".join(_COLUMNS)
_NAMED = ", ".join(f":{column}" for column in _COLUMNS)
_ANEW = ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS)
_REALM = "source = :source AND repository = :repository AND environment = :environment"

WRITING_HISTORY: Mapping[str, str] = {
    "waiting_runs": "SELECT count(*) FROM run_inbox WHERE source = :source",
    "put_waiting_run": "INSERT INTO run_inbox (id, source, repository, environment, kind, commit_name, at, tests)"
    " VALUES (:id, :source, :repository, :environment, :kind, :commit_name, :at, :tests)",
    "drop_waiting_runs": "DELETE FROM run_inbox WHERE id IN"
    " (SELECT id FROM run_inbox WHERE source = :source ORDER BY id LIMIT :most)",
    "next_waiting_run": "SELECT id, source, repository, environment, kind, commit_name, at, tests FROM run_inbox"
    " ORDER BY id LIMIT 1 {skip}",
    "drop_waiting_run": "DELETE FROM run_inbox WHERE id = :id",
    "run_by_key": "SELECT run_id, body_hash FROM run_keys WHERE source = :source AND key = :key",
    "put_run_key": "INSERT INTO run_keys (source, key, body_hash, run_id, at)"
    " VALUES (:source, :key, :body_hash, :run_id, :at)",
    "forget_run_keys": "DELETE FROM run_keys WHERE at < :before",
    # Whoever counts for a realm holds its row: of two replicas the second sees what the first has written.
    "lock_realm": f"SELECT id FROM past_realms WHERE {_REALM} {{lock}}",  # noqa: S608 - our own text
    "add_realm": "INSERT INTO past_realms (id, source, repository, environment, tests, seen)"
    " SELECT coalesce(max(id), 0) + 1, CAST(:source AS text), CAST(:repository AS text), CAST(:environment AS text),"
    " 0, 0 FROM past_realms",
    "grow_realm": "UPDATE past_realms SET tests = tests + :more,"
    " seen = CASE WHEN seen > :seen THEN seen ELSE :seen END WHERE id = :realm",
    "commit_number": "SELECT id FROM past_commits WHERE name = :name",
    "add_commit": "INSERT INTO past_commits (id, name, seen)"
    " SELECT coalesce(max(id), 0) + 1, CAST(:name AS text), CAST(:seen AS bigint) FROM past_commits",
    "see_commit": "UPDATE past_commits SET seen = :seen WHERE id = :id AND seen < :seen",
    "pasts": f"SELECT test, {_PAST} FROM pasts WHERE realm = :realm AND {{test among numbers tests}}",  # noqa: S608 - the same
    "put_past": f"INSERT INTO pasts (realm, test, {_PAST}) VALUES (:realm, :test, {_NAMED})"  # noqa: S608 - the same
    f" ON CONFLICT (realm, test) DO UPDATE SET {_ANEW}",
    "drop_past": "DELETE FROM pasts WHERE realm = :realm AND test = :test AND seen < :before",
    # Numbers are the last one and one more: the last stays, so that none is ever given twice.
    "drop_commit": "DELETE FROM past_commits WHERE id = :id AND seen < :before"
    " AND id < (SELECT max(id) FROM past_commits)",
    "drop_realm": "DELETE FROM past_realms WHERE id = :id AND seen < :before"
    " AND id < (SELECT max(id) FROM past_realms) AND NOT EXISTS (SELECT 1 FROM pasts WHERE realm = :id)",
}

READING_HISTORY: Mapping[str, str] = {
    "realm_number": f"SELECT id FROM past_realms WHERE {_REALM}",  # noqa: S608 - the same
    "pasts": WRITING_HISTORY["pasts"],
    "commit_names": "SELECT id, name FROM past_commits WHERE {id among numbers ids}",
    "first_waiting_run": "SELECT id FROM run_inbox ORDER BY id LIMIT 1",
    "waiting_runs": "SELECT count(*), min(at) FROM run_inbox",
    "history_size": "SELECT count(*), coalesce(sum(tests), 0) FROM past_realms",
    "realms_of": "SELECT source, environment FROM past_realms WHERE repository = :repository"
    " ORDER BY source, environment",
    # A stretch of each table in the order of its key, wherever the last one ended: however many rows there are.
    "past_stretch": "SELECT realm, test, seen FROM pasts WHERE (realm, test) > (:realm, :test)"
    " ORDER BY realm, test LIMIT :most",
    "commit_stretch": "SELECT id, seen FROM past_commits WHERE id > :id ORDER BY id LIMIT :most",
    "realm_stretch": "SELECT id, seen FROM past_realms WHERE id > :id ORDER BY id LIMIT :most",
    "last_realm": "SELECT max(id) FROM past_realms",
    "has_old_run_keys": "SELECT 1 FROM run_keys WHERE at < :before LIMIT 1",
}
