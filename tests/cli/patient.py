"""Somebody for the doctor: a house's settings and books, with or without anybody living in it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from uuid import uuid4

from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Finding, Status
from bot.cli.doctor.rounds import make_rounds
from bot.sandbox import SandboxConfig, Workspace
from bot.settings import Settings
from bot.store import Store, StoreWiring
from bot.store.database import database_at
from tests.fakes.slack import CONFIG, running_workspace
from tests.journeys.living import POLICY, free_port, settings_for
from tests.store.owner import owner_of

CALM = POLICY.replace("timeout: 1h}", "timeout: 1h, approvers: [qa], admin_channel: '#incidents'}").replace(
    ", gus@acme.test, eve@other.test", ""
)
"""A policy that nobody has to look at twice."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """``settings`` are those of a house that talks with ``slack``, where ``url`` is its database."""

    settings: Settings
    slack: Workspace

    @property
    def url(self) -> str:
        return self.settings.database_url

    def but(self, **changes: object) -> "Patient":
        """Return the same with other settings."""
        return replace(self, settings=self.settings.model_copy(update=changes))

    def reading(self, policy: str) -> "Patient":
        """Return the same with another policy file."""
        self.settings.policy_file.write_text(policy, encoding="utf-8")
        return self

    async def examined(
        self, clock: Callable[[], datetime] = utc_now, *, whole_log: bool = False
    ) -> Mapping[str, list[Finding]]:
        """Return what the doctor finds, by check."""
        found = await asyncio.to_thread(make_rounds, Case(settings=self.settings, clock=clock, whole_log=whole_log))
        checks = {one.check: list[Finding]() for one in found}
        for one in found:
            checks[one.check].append(one)
        return checks

    def write(self, sql: str, *moments: datetime) -> None:
        """Change the books as their owner can, whatever the bot would say to it."""
        with owner_of(self.url) as run:
            run(sql, *map(database_at(self.url).moment, moments))


@asynccontextmanager
async def a_patient(folder: Path, database_url: str, config: SandboxConfig = CONFIG) -> AsyncGenerator[Patient]:
    """Give settings, and a Slack; nobody lives there."""
    (folder / "policy.yaml").write_text(CALM, encoding="utf-8")
    async with running_workspace(config, request_url="http://127.0.0.1:9/slack/events") as slack:
        yield Patient(settings=settings_for(folder, free_port(), slack, database_url), slack=slack)


@asynccontextmanager
async def books_of(patient: Patient) -> AsyncGenerator[Store]:
    """Open the books to write in them, as a bot would."""
    wiring = StoreWiring(
        clock=utc_now, monotonic=monotonic, new_id=lambda: str(uuid4()), replica="one", version="0.0.1"
    )
    store = Store.open(patient.url, wiring=wiring)
    await store.start()
    try:
        yield store
    finally:
        await store.close()


def troubles(found: Mapping[str, list[Finding]], group: str) -> dict[str, Status]:
    """Return the worst of each check of a group that is not well."""
    worst = {name: max((one.status for one in each), key=list(Status).index) for name, each in found.items()}
    return {name: status for name, status in worst.items() if name.startswith(f"{group}.") and status is not Status.OK}
