"""Where our app is installed, as a use case reads and writes it; every change comes with its line of the log."""

from bot.core.installation import Installation
from bot.store.codec import read_installation
from bot.store.transaction.ground import Ground


class Installations:
    """One a workspace; what earlier use cases of the group wrote counts."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def lock(self, team: str) -> Installation | None:
        """Return our installation in a workspace, which no other replica changes before this is committed."""
        for written in (self._ground.current.installations, self._ground.pending.installations):
            if team in written:
                return written[team]
        found = self._ground.tools.first("lock_installation", team)
        return read_installation(found[0]) if found else None

    def elsewhere(self, team: str) -> Installation | None:
        """Return our installation in another workspace than *team*, also one that took the app away again."""
        stored = (read_installation(row[0]) for row in self._ground.tools.rows("other_installations", team))
        found = {one.team: one for one in stored}
        known = {**found, **self._ground.pending.installations, **self._ground.current.installations}
        return next((one for name, one in known.items() if name != team), None)

    def put(self, installation: Installation) -> None:
        """Write it down as it is now."""
        self._ground.current.installations[installation.team] = installation
