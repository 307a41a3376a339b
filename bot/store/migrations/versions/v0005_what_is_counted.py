"""What policies count: by which rule a request was judged, and when people answered it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

moment = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_PAGE = 1000


def upgrade() -> None:
    """Add the columns, fill them from the documents, and index them."""
    for column, kind in (
        ("rule", name),
        ("handling", sa.Text()),
        ("ruled_at", moment),
        ("undertaking", name),
        ("answered_at", moment),
    ):
        op.add_column("requests", sa.Column(column, kind))
    _fill()
    where = sa.text("answered_at IS NOT NULL")
    op.create_index("ix_requests_used_rule", "requests", ["rule", "handling", "ruled_at"])
    op.create_index(
        "ix_requests_answered",
        "requests",
        ["undertaking", "state", "answered_at"],
        sqlite_where=where,
        postgresql_where=where,
    )


def _fill() -> None:
    """Read every document once, so that a policy that counts from today on knows what was before."""
    connection, last = op.get_bind(), 0
    page = sa.text(
        "SELECT number, CAST(document AS text) FROM requests WHERE number > :last ORDER BY number LIMIT :most"
    )
    put = sa.text(
        "UPDATE requests SET rule = :rule, handling = :handling, ruled_at = :ruled_at, undertaking = :undertaking,"
        " answered_at = :answered_at WHERE number = :number"
    ).bindparams(sa.bindparam("ruled_at", type_=moment), sa.bindparam("answered_at", type_=moment))
    while rows := connection.execute(page, {"last": last, "most": _PAGE}).all():
        is_text = connection.dialect.name == "sqlite"
        connection.execute(put, [{"number": number, **_counted(json.loads(text), is_text)} for number, text in rows])
        last = rows[-1][0]


def _counted(request: Mapping[str, Any], is_text: bool) -> dict[str, object]:  # noqa: FBT001 - what the dialect is
    decision, subject = request["decision"], request["subject"]
    via = decision["by"]["via"] if decision else None
    is_answered = decision and decision["verdict"] and not decision["break_glass"] and via not in {"policy", "timer"}
    alike = [request["source"], subject["service"] or "", subject["environment"] or "", subject["action"]]
    return {
        "rule": request["ruling"]["rule"],
        "handling": request["ruling"]["handling"],
        "ruled_at": _moment(decision["at"] if via == "policy" else request["created_at"], is_text),
        "undertaking": hashlib.sha256(json.dumps(alike).encode()).hexdigest() if is_answered else None,
        "answered_at": _moment(decision["at"], is_text) if is_answered else None,
    }


def _moment(text: str, is_text: bool) -> object:  # noqa: FBT001 - what the dialect is
    at = datetime.fromisoformat(text).astimezone(UTC)
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z") if is_text else at
