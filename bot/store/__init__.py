"""The store: the only SQL in the house. Use cases go through the committer, everything else is read."""

from bot.store.committer import Committer
from bot.store.faults import CommitUnknown, SchemaTooNew, StoreClosed, StoreUnreachable, StoreUnusable
from bot.store.looking import examine, look_into, schema_seen, whereabouts
from bot.store.occupancy import Occupancy, Occupied, occupy
from bot.store.reading import BEGINNING, Pile, Signs, Snapshot, Stretch
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
    RunKey,
    StoreWiring,
    Timekeeper,
)
from bot.store.verify import export_audit, require_as_told, verify_audit
from bot.store.verify_end import verify_end
from bot.store.verify_entry import AuditVerdict

__all__ = [
    "BEGINNING",
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
    "Pile",
    "RequestFilter",
    "RunKey",
    "SchemaStatus",
    "SchemaTooNew",
    "Signs",
    "Snapshot",
    "Store",
    "StoreClosed",
    "StoreUnreachable",
    "StoreUnusable",
    "StoreWiring",
    "Stretch",
    "Timekeeper",
    "Transaction",
    "examine",
    "export_audit",
    "look_into",
    "occupy",
    "require_as_told",
    "schema_seen",
    "schema_status",
    "upgrade_schema",
    "verify_audit",
    "verify_end",
    "whereabouts",
]
