"""The troubles that are not mended yet, one a thing."""

from bot.core.alarm import Alarm
from bot.store.transaction.ground import Ground


class Alarms:
    """Every look sees what the earlier use cases of the group wrote."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def of(self, about: str) -> Alarm | None:
        """Return the trouble with *about*, if there is one."""
        for wanted in (self._ground.current.alarms, self._ground.pending.alarms):
            if about in wanted:
                return wanted[about]
        found = self._ground.tools.first("alarm", about)
        if found is None:
            return None
        since = self._ground.tools.database.read_moment(found[1])
        return Alarm(about=about, what=found[0], since=since, told_in=found[2])

    def sound(self, about: str, what: str, told_in: str | None) -> bool:
        """Write down that *about* is in trouble. False: it is known, and so has been told."""
        known = self.of(about)
        if known is not None and known.what == what:
            return False
        since = self._ground.now if known is None else known.since
        self._ground.current.alarms[about] = Alarm(about=about, what=what, since=since, told_in=told_in)
        return True

    def silence(self, about: str) -> Alarm | None:
        """Write down that *about* is mended, and return what it was. None: it was in no trouble."""
        known = self.of(about)
        if known is not None:
            self._ground.current.alarms[about] = None
        return known
