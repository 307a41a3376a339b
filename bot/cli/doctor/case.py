"""What the doctor is called to: the settings, the clock, and how thoroughly to look."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TypeVar

from bot import __version__
from bot.cli.books import require_database
from bot.machine import new_id
from bot.settings import Settings
from bot.store import Signs, StoreWiring, examine

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``clock`` is this machine's, aware UTC. With ``whole_log`` every entry of the log is checked."""

    settings: Settings
    clock: Callable[[], datetime]
    whole_log: bool = False

    def signs(self, query: Callable[[Signs], T]) -> T:
        """Return what *query* finds in the database, which stays as it is. Raises SettingsInvalid, StoreUnusable."""
        require_database(self.settings)
        return examine(self.settings.database_url, query, self.wiring())

    def wiring(self) -> StoreWiring:
        """Return what our own look at the books is wired with."""
        replica = f"{platform.node()}:doctor"
        return StoreWiring(clock=self.clock, monotonic=monotonic, new_id=new_id, replica=replica, version=__version__)
