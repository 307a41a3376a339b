"""`jit doctor --repair`: has the running bot look after its cards at once, or does what can be done without one."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from prometheus_client import CollectorRegistry

from bot.cli.books import require_database
from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Finding, fail, warn, well
from bot.cli.installed import token_of
from bot.cli.operating import NobodyAnswers, NoBot, known_secret_key, order
from bot.core.people.identity import People
from bot.policy import PolicyInvalid, load_policy
from bot.relay.repair import Reconciler, RepairBooks, RepairNotices, Watcher
from bot.settings import SettingsInvalid
from bot.slack import Channels, Directory, Seal, SlackCourier, make_client, open_session
from bot.slack.workspace.sight import Sight
from bot.store import Store, StoreUnusable, look_into, occupy

CHECK = "repair.pass"


@dataclass(frozen=True, slots=True)
class Repair:
    """What came of it; ``done`` are its numbers, None: nothing was done."""

    finding: Finding
    done: Mapping[str, Any] | None = None


def repair(case: Case) -> Repair:
    """Have the cards looked after at once, before the rounds are made."""
    try:
        done = order(case.settings, "/operator/repair")
    except NobodyAnswers as nobody:
        return _alone(case, str(nobody))
    except NoBot as nobody:
        return Repair(fail(CHECK, f"nothing was repaired: {nobody}"))
    return Repair(well(CHECK, _told(done)), done)


def _alone(case: Case, why: str) -> Repair:
    """Do the same pass without a bot: what is wrong is written down, and goes out as soon as one runs."""
    says, _, remedy = why.partition(": ")
    try:
        done = asyncio.run(_pass(case))
    except (SettingsInvalid, StoreUnusable, NoBot, PolicyInvalid) as fault:
        return Repair(fail(CHECK, f"{says}, and nothing could be repaired without one: {fault}", remedy))
    return Repair(warn(CHECK, f"{says}; {_told(done)}, and goes out when one runs", remedy), done)


async def _pass(case: Case) -> Mapping[str, object]:
    """Run the pass.

    Raises SettingsInvalid, PolicyInvalid, NoBot; StoreUnusable also when a bot runs that we could not find.
    """
    require_database(case.settings)
    token, slack, seal = token_of(case.settings), case.settings.slack(), Seal(known_secret_key(case.settings))
    shared = load_policy(case.settings.policy_file).shared_channels
    look_into(case.settings.database_url, lambda snapshot: snapshot.head())  # a repair is no upgrade of the schema
    occupancy = occupy(case.settings.database_url)
    try:
        store = Store.open(case.settings.database_url, wiring=case.wiring())
        await store.start()
        try:
            async with open_session() as session:
                client = make_client(token, slack.api_url, session)
                books, notices = RepairBooks(store), RepairNotices(CollectorRegistry())
                channels = Channels(client, lambda: shared, case.clock)
                courier = SlackCourier(client, Directory(client, People, case.clock), channels, seal)
                watcher = Watcher(books, Sight(client, channels), courier, notices, case.clock)
                return await Reconciler(books, watcher, notices).repair_now()
        finally:
            await store.close()
    finally:
        if occupancy is not None:
            occupancy.leave()


def _told(done: Mapping[str, Any]) -> str:
    broken = cast("Mapping[str, int]", done["broken"])
    kinds = ", ".join(f"{count} {kind}" for kind, count in broken.items())
    found = f"what was wrong is put right: {kinds}" if broken else "none was wrong"
    again = f", {done['given_up']} deliveries are tried again" if done["given_up"] else ""
    left = f", {done['left']} are left to the slow pass" if done["left"] else ""
    return f"{done['looked']} cards were looked at, {found}{again}{left}"
