"""What a database itself says of its tables, columns, indexes, constraints, triggers and functions."""

import re

from tests.store.owner import Run, owner_of

_CLAUSE = re.compile(r", (?=CONSTRAINT )")

Structure = dict[str, object]

_COLUMNS = """
    SELECT c.relname || '.' || a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, l.collname,
           pg_get_expr(d.adbin, d.adrelid), a.attidentity
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0
"""
_CONSTRAINTS = """
    SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace AND contype <> 'n'
"""
_INDEXES = "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid FROM pg_index"
_TRIGGERS = "SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(t.oid), tgenabled FROM pg_trigger t"
_RIGHTS = """
    SELECT relname, relacl::text FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'S')
"""
_FUNCTIONS = "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
_SEQUENCES = """
    SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle
    FROM pg_sequences WHERE schemaname = current_schema()
"""


def structure_of(url: str) -> Structure:
    """Return everything there is, by its name, but for Alembic's own table."""
    with owner_of(url) as run:
        found = _of_sqlite(run) if url.startswith("sqlite") else _of_postgres(run)
    return {name: said for name, said in found.items() if "alembic_version" not in name}


def _of_sqlite(run: Run) -> Structure:
    found: Structure = {}
    for kind, name, sql in run("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"):
        # In whatever order: what a table's constraints are does not hang on which of them was written first.
        found[f"{kind} {name}"] = sorted(_CLAUSE.split(" ".join(sql.split()).removesuffix(" )")))
        if kind == "table":
            found[f"columns of {name}"] = run(f"PRAGMA table_xinfo({name})")
            found[f"references of {name}"] = run(f"PRAGMA foreign_key_list({name})")
            for index in run(f"PRAGMA index_list({name})"):
                found[f"index {index[1]} of {name}"] = (index[2:], run(f"PRAGMA index_xinfo({index[1]})"))
    return found


def _of_postgres(run: Run) -> Structure:
    ((schema,),) = run("SELECT current_schema()")
    mine = " JOIN pg_class c ON c.oid = {} WHERE c.relnamespace = current_schema()::regnamespace"
    queries = {
        "column": _COLUMNS,
        "constraint": _CONSTRAINTS,
        "index": _INDEXES + mine.format("indrelid"),
        "trigger": _TRIGGERS + mine.format("tgrelid") + " AND NOT tgisinternal",
        "function": _FUNCTIONS,
        "sequence": _SEQUENCES,
        "rights on": _RIGHTS,
    }
    found: Structure = {}
    for kind, query in queries.items():
        for name, *said in run(query):
            found[f"{kind} {name}"] = [s.replace(f"{schema}.", "") if isinstance(s, str) else s for s in said]
    return found
