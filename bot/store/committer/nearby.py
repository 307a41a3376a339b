"""Chooses where use cases run: on the event loop where that is quick, else in the writer's thread.

Loop and thread share one interpreter: what the loop does itself needs no hand-over, which costs more than SQLite does.
Only the commit waits for the disk, and is left to the thread. Decision 0023 says what was measured.
"""

from collections.abc import Callable, Sequence

from bot.store.committer.group import GroupRunner, Job, Prepared
from bot.store.transaction import Hurry

AT_ONCE = 32
"""How many use cases are run at most before the loop goes on; the others come next."""

BRIEF = 0.005
"""Seconds after which no further use case of a group is begun."""

LONGEST = 0.02
"""Seconds after which a use case that still goes on is dropped, and run again in the thread, with all of its group."""

SLOW = 0.1
"""Seconds that only a disk takes, or a machine in trouble, where use cases are stopped long before."""

SHY = 3.0
"""Seconds for which everything is left to the thread after something was slow."""


class Nearby:
    """Runs groups on the event loop. ``monotonic`` answers seconds that only grow."""

    def __init__(self, runner: GroupRunner, monotonic: Callable[[], float]) -> None:
        self._runner = runner
        self._monotonic = monotonic
        self._shy_until: float | None = None

    def prepare(self, jobs: Sequence[Job]) -> Prepared | None:
        """Run *jobs*, or as many of them as is quick, and leave only the commit to be done.

        None when all of them are the thread's to run: the database is busy or far away, or something in it takes long.
        """
        began = self._monotonic()
        if self._shy_until is not None and began < self._shy_until:
            return None
        hurry = Hurry(self._monotonic, brief=began + BRIEF, longest=began + LONGEST)
        prepared = self._runner.prepare(jobs[:AT_ONCE], hurry)
        ended = self._monotonic()
        self._shy_until = ended + SHY if ended - began > SLOW else None
        return prepared
