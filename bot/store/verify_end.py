"""Is the end of the log whole: cheap enough to be asked every time, where the whole log is asked for by night."""

from bot.core.audit.entry import GENESIS
from bot.store.reading import Snapshot
from bot.store.verify_entry import AuditVerdict, Bad, read_entry, require_columns


def verify_end(snapshot: Snapshot, most: int) -> AuditVerdict:
    """Check the last *most* entries, their chain, and the head; ``entries`` is how many the log has.

    What lies before them is believed, and so are the requests: :func:`verify_audit` alone checks those.
    """
    head = snapshot.head()
    try:
        _check_end(snapshot, max(head.seq - most, 0))
    except Bad as bad:
        return AuditVerdict(ok=False, entries=head.seq, first_bad_seq=bad.seq, why=bad.why)
    return AuditVerdict(ok=True, entries=head.seq)


def _check_end(snapshot: Snapshot, after: int) -> None:
    head, seq, at = snapshot.head(), after, None
    sealed = GENESIS if after == 0 else None
    for row in snapshot.audit(after):
        seq += 1
        entry = read_entry(row, seq)
        if sealed is not None and row.prev != sealed:
            raise Bad(seq, "it does not follow the entry before it")
        try:
            require_columns(row, entry)
        except (KeyError, TypeError) as error:
            raise Bad(seq, f"this is no entry as this log writes them: {error!r}") from None
        if at is not None and row.at < at:
            raise Bad(seq, "it is older than the entry before it")
        sealed, at = row.hash, row.at
    if head.seq != seq:
        raise Bad(min(seq, max(head.seq, 0)) + 1, f"the log ends at {seq}, its head says {head.seq}")
    if seq and (head.hash, head.at) != (sealed, at):
        raise Bad(seq, "the head of the log is not that of the last entry")
