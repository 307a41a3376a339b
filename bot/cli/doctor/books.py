"""Whether the database can be read, is the one that we know, and holds a log that is whole."""

from collections.abc import Iterator

from bot.cli.books import require_database
from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Finding, fail, well
from bot.settings import SettingsInvalid
from bot.store import AuditVerdict, StoreUnusable, schema_seen, verify_audit, verify_end

TAIL = 500
"""How many of the log's last entries are checked each time."""


def check_database(case: Case) -> Iterator[Finding]:
    """Look at the database itself; where that fails, nothing more can be asked of it."""
    try:
        require_database(case.settings)
        schema = schema_seen(case.settings.database_url)
    except SettingsInvalid as invalid:
        says, _, remedy = str(invalid).partition("; ")
        yield fail("database.reachable", says, f"{remedy}, or start it for the first time: jit serve makes one")
        return
    except StoreUnusable as unusable:
        yield fail("database.reachable", str(unusable), "see to it that it runs, and look at JIT_DATABASE_URL")
        return
    yield well("database.reachable", "it answers")
    if schema.is_current:
        yield well("database.schema", f"up to date: {schema.stored}")
        return
    is_newer = schema.stored is not None and schema.stored > schema.needed
    remedy = "run the version that wrote it, or a newer one" if is_newer else "jit db upgrade, or start the bot"
    yield fail("database.schema", f"it is at schema {schema.stored or 'none'}, needed is {schema.needed}", remedy)


def check_audit(case: Case) -> Iterator[Finding]:
    """Look at the end of the log, or at all of it and at what it leads to."""
    if case.whole_log:
        verdict = case.signs(lambda signs: verify_audit(signs.snapshot))
        yield _judged("audit.whole", verdict, "one chain, and every request stands where they say")
    else:
        verdict = case.signs(lambda signs: verify_end(signs.snapshot, TAIL))
        yield _judged("audit.end", verdict, f"the last {min(TAIL, max(verdict.entries, 0))} are whole")


def _judged(check: str, verdict: AuditVerdict, good: str) -> Finding:
    if verdict.ok:
        return well(check, f"{verdict.entries} entries, {good}")
    return fail(
        check,
        f"entry {verdict.first_bad_seq}: {verdict.why}",
        "somebody went round the bot: keep a copy of the database, stop releases, and compare with a backup",
    )
