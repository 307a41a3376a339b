"""A store under a clock of its own, made quickly: each history begins in an empty one."""

import itertools
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from bot.core.errors import Refused
from bot.core.request import ApprovalRequest, RequestId, Subject
from bot.core.ruling import Ruling
from bot.store import Store, StoreWiring, Timekeeper, Transaction, upgrade_schema
from bot.usecases.submit import submit
from tests.factories import NOON
from tests.store.sharing import ask_of, policy_of


@dataclass
class House:
    """A store under a clock of its own, and the requests made in it."""

    store: Store
    ruling: Ruling
    clock: list[datetime]
    url: str
    made: list[RequestId] = field(default_factory=list[RequestId])

    async def run(self, use_case: Callable[[Transaction, datetime], Any]) -> bool:
        try:
            await self.store.committer.run(use_case)
        except Refused:
            return False
        return True

    async def ask(self, subject: Subject | None = None) -> None:
        ask, policy = ask_of(subject), replace(policy_of(self.ruling), fallback=self.ruling.fallback)
        asked = await self.store.committer.run(lambda tx, now: submit(tx, ask, policy, now))
        self.made.append(asked.request.id)

    async def look(self, which: int) -> ApprovalRequest:
        return (await self.look_at_all([self.made[which]]))[0]

    async def look_at_all(self, made: Sequence[RequestId] | None = None) -> list[ApprovalRequest]:
        """Return these, or all that were made here, as they were at one moment."""
        wanted = self.made if made is None else made
        found = await self.store.read(lambda snapshot: [snapshot.request(one) for one in wanted])
        return [request for request in found if request is not None]


@cache
def _empty() -> Path:
    path = Path(mkdtemp(prefix="jit-model-")) / "jit.db"
    upgrade_schema(f"sqlite:///{path}")
    return path


async def a_house(folder: Path, name: str, ruling: Ruling) -> House:
    shutil.copy(_empty(), folder / f"{name}.db")
    clock, numbers = [NOON], itertools.count(1)

    def ticking() -> float:
        return (clock[0] - NOON).total_seconds()

    wiring = StoreWiring(
        clock=lambda: clock[0],
        monotonic=ticking,
        new_id=lambda: f"019b0000-0000-7000-8000-{next(numbers):012x}",
        replica="one",
        version="0.0.1",
        timekeeper=Timekeeper.WIRING,
    )
    url = f"sqlite:///{folder / name}.db"
    store = Store.open(url, wiring=wiring)
    await store.start()
    return House(store, ruling, clock, url)
