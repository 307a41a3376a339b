"""Which change a request was of, once people have answered it: the next request of it says what they said."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_PAGE = 1000


def upgrade() -> None:
    """Add the column, fill it from the documents, and index it."""
    op.add_column("requests", sa.Column("change", name))
    _fill()
    where = sa.text("change IS NOT NULL")
    op.create_index(
        "ix_requests_change", "requests", ["change", "answered_at"], sqlite_where=where, postgresql_where=where
    )


def _fill() -> None:
    """Read the document of every request that people have answered."""
    connection, last = op.get_bind(), 0
    page = sa.text(
        "SELECT number, CAST(document AS text) FROM requests WHERE number > :last AND answered_at IS NOT NULL"
        " ORDER BY number LIMIT :most"
    )
    put = sa.text("UPDATE requests SET change = :change WHERE number = :number")
    while rows := connection.execute(page, {"last": last, "most": _PAGE}).all():
        connection.execute(put, [{"number": number, "change": _change(json.loads(text))} for number, text in rows])
        last = rows[-1][0]


def _change(request: Mapping[str, Any]) -> str | None:
    subject = request["subject"]
    if subject["repository"] and subject["ref"]:
        which = ["ref", subject["repository"], subject["ref"]]
    elif subject["lane"]:
        which = ["lane", subject["lane"]]
    else:
        return None
    alike = [request["source"], subject["action"], subject["service"] or "", subject["environment"] or "", *which]
    return hashlib.sha256(json.dumps(alike).encode()).hexdigest()
