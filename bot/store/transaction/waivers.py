"""Waivers, as a use case reads and writes them; every change comes with its line of the log.

Nothing is locked here: whatever touches a waiver writes into the log, so another replica that did meanwhile has moved
its head, and the group runs once more while it holds that. So no two requests ever share the last use of one, and none
leans on one that was revoked before it was stored.
"""

from bot.core.evidence import TestEvidence
from bot.core.waivers.waiver import Site, Waiver
from bot.store.codec import read_waiver
from bot.store.transaction.ground import Ground


class WaiverBook:
    """What earlier use cases of the group wrote counts."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def next_number(self) -> int:
        """Return the number for a new waiver: they are counted without gaps."""
        found = self._ground.tools.first("last_waiver")
        return max([int(found[0] or 0) if found else 0, *self._said()]) + 1

    def by_number(self, number: int) -> Waiver | None:
        """Return the waiver that people know by *number*."""
        said = self._said()
        if number in said:
            return said[number]
        found = self._ground.tools.first("waiver", number)
        return read_waiver(found[0]) if found else None

    def covering(self, site: Site, tests: TestEvidence) -> tuple[Waiver, ...]:
        """Return those by which failures of *tests* count as waived now.

        Where nothing is waived at all, that is asked once a group, and no failure is looked up.
        """
        here = {one.number: one for one in self._said().values() if one.site == site}
        if not here and not self._is_waived_at(site):
            return ()
        ground, keys = self._ground, site.keys_of(tests)
        rows = ground.tools.rows("waivers_of", ground.tools.database.listed(sorted(keys)))
        found = {one.number: one for one in (read_waiver(row[0]) for row in rows)} | here
        meant = (found[number] for number in sorted(found))
        return tuple(one for one in meant if one.key in keys and one.holds(ground.now))

    def due(self, limit: int) -> tuple[Waiver, ...]:
        """Return up to *limit* to which the clock brings something now, the longest due first."""
        ground = self._ground
        said = self._said()
        stored = (read_waiver(row[0]) for row in ground.tools.rows("due_waivers", ground.stored_now, limit))
        return tuple(one for one in stored if one.number not in said)

    def put(self, waiver: Waiver) -> None:
        """Write it down as it is now."""
        self._ground.current.waivers[waiver.number] = waiver

    def _is_waived_at(self, site: Site) -> bool:
        counted, asked = self._ground.counted, ("is_waived_at", site.key)
        if asked not in counted:
            counted[asked] = self._ground.tools.first(*asked) or ()
        return bool(counted[asked])

    def _said(self) -> dict[int, Waiver]:
        return {**self._ground.pending.waivers, **self._ground.current.waivers}
