"""The doctor's rounds: every group of checks, one after the other; where one trips, the others go on."""

from collections.abc import Callable, Iterator

from bot.cli.doctor.books import check_audit, check_database
from bot.cli.doctor.case import Case
from bot.cli.doctor.clocks import check_clocks
from bot.cli.doctor.duties import check_outbox, check_timers
from bot.cli.doctor.finding import Finding, Status, fail
from bot.cli.doctor.rules import PolicyFile
from bot.cli.doctor.running import check_bot
from bot.cli.doctor.settings import check_settings

Group = Callable[[Case], Iterator[Finding]]

_BY_THE_BOOKS: tuple[tuple[str, Group], ...] = (
    ("audit", check_audit),
    ("outbox", check_outbox),
    ("timers", check_timers),
    ("clock", check_clocks),
)
GROUPS = ("settings", "policy", "database", "audit", "bot", "outbox", "timers", "clock")


def make_rounds(case: Case) -> list[Finding]:
    """Return what was found, group by group in the order in which it is to be read."""
    file = PolicyFile()
    found = [*_looked("settings", check_settings, case), *_looked("policy", file.check, case)]
    database = [*_looked("database", check_database, case)]
    if all(one.status is not Status.FAIL for one in database):
        for name, group in _BY_THE_BOOKS:
            found += _looked(name, group, case)
    bot = _looked("bot", lambda it: check_bot(it, file.policy), case)
    return sorted([*found, *database, *bot], key=lambda one: GROUPS.index(one.group))


def _looked(name: str, group: Group, case: Case) -> Iterator[Finding]:
    """Yield what one group finds; what it trips over is a finding, too."""
    try:
        yield from group(case)
    except Exception as error:  # noqa: BLE001 - whatever a check trips over is what it was sent to find
        yield fail(f"{name}.check", f"could not be checked: {type(error).__name__}: {error}")
