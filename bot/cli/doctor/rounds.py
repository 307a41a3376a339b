"""The doctor's rounds: every group of checks, one after the other; where one trips, the others go on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

from bot.cli.doctor.books import check_audit, check_database
from bot.cli.doctor.calendars import check_calendars
from bot.cli.doctor.cards import check_cards, check_repairs
from bot.cli.doctor.case import Case
from bot.cli.doctor.clocks import check_clocks
from bot.cli.doctor.drawings import check_drawings
from bot.cli.doctor.duties import check_outbox, check_timers
from bot.cli.doctor.finding import Finding, Status, fail
from bot.cli.doctor.rules import PolicyFile
from bot.cli.doctor.running import check_bot
from bot.cli.doctor.settings import check_settings
from bot.cli.doctor.workspace import check_slack
from bot.cli.installed import token_of
from bot.cli.operating import NoBot, known_secret_key
from bot.core.judging.policy import Policy
from bot.settings import SettingsInvalid
from bot.slack import make_client, open_session
from bot.store import StoreUnusable

Group = Callable[[Case], Iterator[Finding]]

_BY_THE_BOOKS: tuple[tuple[str, Group], ...] = (
    ("audit", check_audit),
    ("outbox", check_outbox),
    ("timers", check_timers),
    ("clock", check_clocks),
    ("cards", check_repairs),
)
GROUPS = (
    "repair",
    "settings",
    "policy",
    "database",
    "audit",
    "bot",
    "slack",
    "cards",
    "outbox",
    "timers",
    "calendars",
    "clock",
)


def make_rounds(case: Case) -> list[Finding]:
    """Return what was found, group by group in the order in which it is to be read."""
    file = PolicyFile()
    found = [*_looked("settings", check_settings, case), *_looked("policy", file.check, case)]
    database = [*_looked("database", check_database, case)]
    has_books = all(one.status is not Status.FAIL for one in database)
    for name, group in _BY_THE_BOOKS if has_books else ():
        found += _looked(name, group, case)
    bot = _looked("bot", lambda it: check_bot(it, file.policy), case)
    outside = asyncio.run(_asked_outside(case, file.policy, has_books=has_books))
    return sorted([*found, *database, *bot, *outside], key=lambda one: GROUPS.index(one.group))


async def _asked_outside(case: Case, policy: Policy | None, *, has_books: bool) -> list[Finding]:
    """Ask Slack, and whoever serves calendars."""
    found, token = await _heard("calendars", check_calendars(case, policy)), _token(case)
    if not isinstance(token, str):
        return [*found, *token]
    async with open_session() as session:
        client = make_client(token, case.settings.slack_api_url, session)
        slack = await _heard("slack", check_slack(case, client, policy))
        key = _secret_key(case)
        answers = all(one.status is Status.OK for one in slack if one.check == "slack.token")
        # Without one of these nothing can be said of cards; all have been complained of by now.
        if key is not None and has_books and answers:
            found += await _heard("cards", check_cards(case, client, policy, key))
            found += await _heard("cards", check_drawings(case, client, key))
    return found + slack


def _token(case: Case) -> str | list[Finding]:
    """Return the bot token, or what is wrong with it; that nothing is set at all is told of the settings."""
    try:
        return token_of(case.settings)
    except (SettingsInvalid, StoreUnusable, NoBot) as fault:
        says, _, remedy = str(fault).partition("; ")
        return [fail("slack.token", says, remedy or None)] if case.settings.slack_client_id else []


def _secret_key(case: Case) -> str | None:
    try:
        return known_secret_key(case.settings)
    except (NoBot, OSError):
        return None


def _looked(name: str, group: Group, case: Case) -> Iterator[Finding]:
    """Yield what one group finds; what it trips over is a finding, too."""
    try:
        yield from group(case)
    except Exception as error:  # noqa: BLE001 - whatever a check trips over is what it was sent to find
        yield _tripped(name, error)


async def _heard(name: str, group: AsyncIterator[Finding]) -> list[Finding]:
    """Return the same of a group that asks others."""
    found = list[Finding]()
    try:
        async for one in group:
            found.append(one)
    except Exception as error:  # noqa: BLE001 - as above
        found.append(_tripped(name, error))
    return found


def _tripped(name: str, error: Exception) -> Finding:
    return fail(f"{name}.check", f"could not be checked: {type(error).__name__}: {error}")
