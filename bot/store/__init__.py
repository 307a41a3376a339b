"""The store: the only SQL in the house. Use cases go through the committer, everything else is read."""

from bot.store.committer import Committer
from bot.store.faults import CommitUnknown, SchemaTooNew, StoreClosed, StoreUnreachable, StoreUnusable
from bot.store.looking import look_into
from bot.store.occupancy import Occupancy, Occupied, occupy
from bot.store.reading import Snapshot
from bot.store.schema import SchemaStatus, schema_status, upgrade_schema
from bot.store.store import Store
from bot.store.testimony import CALLBACK_DRAWN, Contradicted
from bot.store.transaction import Look, Transaction
from bot.store.values import (
    AuditRow,
    Commit,
    Head,
    Keyed,
    OutboxRow,
    Page,
    RequestFilter,
    StoreWiring,
    Timekeeper,
)
from bot.store.verify import AuditVerdict, export_audit, require_as_told, verify_audit

__all__ = [
    "CALLBACK_DRAWN",
    "AuditRow",
    "AuditVerdict",
    "Commit",
    "CommitUnknown",
    "Committer",
    "Contradicted",
    "Head",
    "Keyed",
    "Look",
    "Occupancy",
    "Occupied",
    "OutboxRow",
    "Page",
    "RequestFilter",
    "SchemaStatus",
    "SchemaTooNew",
    "Snapshot",
    "Store",
    "StoreClosed",
    "StoreUnreachable",
    "StoreUnusable",
    "StoreWiring",
    "Timekeeper",
    "Transaction",
    "export_audit",
    "look_into",
    "occupy",
    "require_as_told",
    "schema_status",
    "upgrade_schema",
    "verify_audit",
]
