"""The lines that rows wait in, one a destination: who is being served, and which destination needs a rest."""

from datetime import datetime, timedelta

_LONGEST_REST = timedelta(minutes=1)
_DOUBLINGS = 6


class Lines:
    """What this process knows of the destinations. Lost with it: a restart merely asks each of them once more."""

    def __init__(self) -> None:
        self._served: set[str] = set()
        self._resting: dict[str, datetime] = {}
        self._failures: dict[str, int] = {}

    def __len__(self) -> int:
        """Return how many rows are on their way."""
        return len(self._served)

    def serve(self, destination: str) -> None:
        """Remember that a row for *destination* is on its way. Two at once would be a fault of the claim."""
        if destination in self._served:
            raise RuntimeError(f"two rows at once for {destination}")
        self._served.add(destination)

    def leave(self, destination: str) -> None:
        """Take the destination's next row from now on."""
        self._served.discard(destination)

    def worked(self, destination: str) -> None:
        """Forget earlier failures: it answers."""
        self._failures.pop(destination, None)
        self._resting.pop(destination, None)

    def forget_rests(self) -> None:
        """Try everybody again: somebody says that it is mended."""
        self._resting.clear()
        self._failures.clear()

    def failed(self, destination: str, asked: timedelta | None, chance: float, now: datetime) -> datetime:
        """Leave *destination* alone for as long as it *asked*, else for a rest that doubles with each failure.

        Return when it is tried again.
        """
        failures = self._failures[destination] = self._failures.get(destination, 0) + 1
        rest = min(timedelta(seconds=1) * 2 ** min(failures - 1, _DOUBLINGS), _LONGEST_REST) * (1 - chance / 2)
        until = now + (rest if asked is None else asked)
        until = self._resting[destination] = max(until, self._resting.get(destination, until))
        return until

    def blocked(self, now: datetime) -> dict[str, datetime | None]:
        """Return where nothing can be sent now, each with when that ends: None when only its row's return ends it."""
        self._resting = {line: until for line, until in self._resting.items() if until > now}
        return {**self._resting, **dict.fromkeys(self._served, None)}
