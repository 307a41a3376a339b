"""What the database itself refuses, as of this migration (see ``bot/store/triggers.py`` for why)."""

from alembic import op

revision = "0002"
down_revision = "0001"

SQLITE = (
    "INSERT INTO audit_head (id, seq, hash, at) VALUES (1, 0, zeroblob(32), NULL)",
    """
    CREATE TRIGGER audit_entries_only_the_next BEFORE INSERT ON audit_entries
    WHEN NOT EXISTS (SELECT 1 FROM audit_head WHERE seq = NEW.seq - 1 AND hash = NEW.prev)
    BEGIN SELECT RAISE(ABORT, 'an audit entry must follow the head of the log'); END
    """,
    """
    CREATE TRIGGER audit_entries_move_the_head AFTER INSERT ON audit_entries
    BEGIN UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash, at = NEW.at; END
    """,
    """
    CREATE TRIGGER audit_entries_never_change BEFORE UPDATE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
    """,
    """
    CREATE TRIGGER audit_entries_never_go BEFORE DELETE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END
    """,
    """
    CREATE TRIGGER audit_head_only_grows BEFORE UPDATE ON audit_head
    WHEN NEW.seq <> OLD.seq + 1 OR NOT EXISTS (
        SELECT 1 FROM audit_entries WHERE seq = NEW.seq AND prev = OLD.hash AND hash = NEW.hash AND at = NEW.at
    )
    BEGIN SELECT RAISE(ABORT, 'the head of the log only follows its entries'); END
    """,
    """
    CREATE TRIGGER audit_head_is_one BEFORE INSERT ON audit_head
    BEGIN SELECT RAISE(ABORT, 'the log has one head'); END
    """,
    """
    CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
    BEGIN SELECT RAISE(ABORT, 'the log has one head'); END
    """,
    """
    CREATE TRIGGER requests_end_once BEFORE UPDATE ON requests
    WHEN OLD.state NOT IN ('pending', 'needs_info') AND NEW.state <> OLD.state
    BEGIN SELECT RAISE(ABORT, 'a final state never changes'); END
    """,
)

POSTGRESQL = (
    "INSERT INTO audit_head (id, seq, hash, at) VALUES (1, 0, decode(repeat('00', 32), 'hex'), NULL)",
    """
    CREATE FUNCTION jit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '% on % is refused: the log is append-only', TG_OP, TG_TABLE_NAME; END $$
    """,
    """
    CREATE FUNCTION jit_follow_the_head() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        head audit_head%ROWTYPE;
        entry record;
    BEGIN
        SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
        FOR entry IN SELECT seq, prev, hash, at FROM arrived ORDER BY seq LOOP
            IF entry.seq <> head.seq + 1 OR entry.prev <> head.hash THEN
                RAISE EXCEPTION 'an audit entry must follow the head of the log';
            END IF;
            head.seq := entry.seq;
            head.hash := entry.hash;
            head.at := entry.at;
        END LOOP;
        UPDATE audit_head SET seq = head.seq, hash = head.hash, at = head.at WHERE seq <> head.seq;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION jit_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.seq <= OLD.seq OR NOT EXISTS (
            SELECT 1 FROM audit_entries e WHERE e.seq = NEW.seq AND e.hash = NEW.hash AND e.at = NEW.at
        ) THEN
            RAISE EXCEPTION 'the head of the log only follows its entries';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION jit_end_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'a final state never changes'; END $$
    """,
    """
    CREATE TRIGGER audit_entries_follow_the_head AFTER INSERT ON audit_entries
    REFERENCING NEW TABLE AS arrived FOR EACH STATEMENT EXECUTE FUNCTION jit_follow_the_head()
    """,
    """
    CREATE TRIGGER audit_entries_never_change BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION jit_refuse()
    """,
    """
    CREATE TRIGGER audit_entries_never_go BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION jit_refuse()
    """,
    """
    CREATE TRIGGER audit_head_only_grows BEFORE UPDATE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION jit_only_grow()
    """,
    """
    CREATE TRIGGER audit_head_stays BEFORE INSERT OR DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION jit_refuse()
    """,
    """
    CREATE TRIGGER audit_head_never_goes BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION jit_refuse()
    """,
    """
    CREATE TRIGGER requests_end_once BEFORE UPDATE ON requests
    FOR EACH ROW WHEN (OLD.state NOT IN ('pending', 'needs_info') AND NEW.state <> OLD.state)
    EXECUTE FUNCTION jit_end_once()
    """,
    # Belt and braces where the role is no superuser: even the owner has to grant it to itself first.
    "REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries FROM PUBLIC, CURRENT_USER",
)


def upgrade() -> None:
    """Create the guards, and the one head row before them."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
