"""Home tabs: who has opened theirs, what they look at there, and whose is out of date after a step."""

from collections.abc import Iterable
from datetime import timedelta

from bot.core.home import HomeTab, concerned
from bot.core.request import ApprovalRequest
from bot.store.codec import read_delegation, read_home
from bot.store.transaction.ground import Followed, Ground

FOLLOWED = timedelta(days=14)
"""For how long after its last opening a Home tab follows; then it is drawn again when it is opened."""

MOST_FOLLOWED = 200
"""How many Home tabs follow at all: those opened last."""

MOST_TOLD = 50
"""How many Home tabs one step brings up to date; what concerns more people reaches the others when they open it."""

PAUSE = timedelta(seconds=1)
"""How long after a step a tab is drawn, so that a burst of them costs one drawing a tab."""


class Homes:
    """Asks the database once for a group of use cases, and not at all while nothing is recorded in it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def of(self, slack_id: str) -> HomeTab | None:
        """Return somebody's Home tab as this group sees it; None when they have never opened it."""
        known = self._ground.current.homes.get(slack_id) or self._ground.pending.homes.get(slack_id)
        if known is not None:
            return known
        found = self._ground.tools.first("home", slack_id)
        return read_home(found[0]) if found else None

    def put(self, home: HomeTab) -> None:
        """Write down what somebody looks at."""
        self._ground.current.homes[home.slack_id] = home

    def out_of_date(self, request: ApprovalRequest) -> tuple[str, ...]:
        """Return whose Home tab may show *request*, and is not on its way to be drawn already; last opened first."""
        followed = self._followed()
        if not followed:
            return ()
        handles = concerned(request)
        meant = (one for one in followed if handles is None or not one.handles.isdisjoint(handles))
        return self._untold([one.slack_id for one in meant][:MOST_TOLD])

    def among(self, accounts: Iterable[str | None]) -> tuple[str, ...]:
        """Return which of *accounts* have a Home tab that follows, and is not on its way already."""
        followed = {one.slack_id for one in self._followed()}
        return self._untold(account for account in accounts if account is not None and account in followed)

    def _untold(self, accounts: Iterable[str]) -> tuple[str, ...]:
        told = self._ground.pending.told | self._ground.current.told
        fresh = tuple(account for account in accounts if account not in told)
        self._ground.current.told.update(fresh)
        return fresh

    def _followed(self) -> tuple[Followed, ...]:
        ground = self._ground
        if ground.followed is None:
            since = ground.tools.database.moment(ground.now - FOLLOWED)
            handles: dict[str, frozenset[str]] = {}
            for slack_id, home, lent in ground.tools.rows("followed", since, MOST_FOLLOWED, ground.stored_now):
                if slack_id not in handles:
                    handles[slack_id] = read_home(home).person.handles
                if lent is not None:
                    # What concerns whoever lends somebody their right concerns them as well.
                    handles[slack_id] |= read_delegation(lent).giver.handles
            ground.followed = tuple(Followed(slack_id, of) for slack_id, of in handles.items())
        return ground.followed
