"""What a Home tab is drawn from, and which part of it a look shows. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.home import HomeTab, Look, Show
from bot.core.people.delegation import Delegation
from bot.core.request import ApprovalRequest

OPEN_LOOKED_AT = 200
"""How many open requests are looked at, those first that have waited longest."""

PAST_LOOKED_AT = 60
"""How many requests of each other kind are looked at, the newest first."""

FIRST, PAGE = 5, 10
"""How many requests stand in a part among others, and on a page of a part alone."""

_MOST_ENVIRONMENTS = 50
_CHOOSABLE = re.compile(r"[\w./-][\w ./-]{0,58}[\w./-]|[\w./-]", re.ASCII)
"""Names that come back from Slack as they were sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Everything that a Home tab may show its owner; ``has_more_open`` when not all open requests were looked at."""

    home: HomeTab
    waiting: tuple[ApprovalRequest, ...] = ()
    asked: tuple[ApprovalRequest, ...] = ()
    decided: tuple[ApprovalRequest, ...] = ()
    given: Delegation | None = None
    received: tuple[Delegation, ...] = ()
    has_more_open: bool = False

    def of(self, show: Show) -> tuple[ApprovalRequest, ...]:
        """Return the requests of one part, of the environment that is looked at."""
        found = {Show.WAITING: self.waiting, Show.ASKED: self.asked, Show.DECIDED: self.decided}.get(show, ())
        wanted = self.home.look.environment
        return tuple(one for one in found if wanted is None or one.subject.environment == wanted)

    def environments(self) -> tuple[str, ...]:
        """Return the environments to choose from, in order; what cannot be chosen is shown among all of them."""
        found = {one.subject.environment for one in (*self.waiting, *self.asked, *self.decided)}
        named = sorted(name for name in found | {self.home.look.environment} if name and is_choosable(name))
        return tuple(named[:_MOST_ENVIRONMENTS])


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The requests that are shown of a part, and how many pages it has; pages count from 0."""

    requests: tuple[ApprovalRequest, ...]
    whole: int
    page: int
    last: int


def part_of(requests: Sequence[ApprovalRequest], show: Show, look: Look) -> Part:
    """Return what *look* shows of a part: its beginning among others, else the page nearest to the wanted one."""
    if look.show is not show:
        return Part(requests=tuple(requests[:FIRST]), whole=len(requests), page=0, last=0)
    last = max(0, (len(requests) - 1) // PAGE)
    page = min(max(look.page, 0), last)
    shown = requests[page * PAGE : (page + 1) * PAGE]
    return Part(requests=tuple(shown), whole=len(requests), page=page, last=last)


def is_choosable(environment: str) -> bool:
    """Tell whether *environment* can stand in a list to choose from."""
    return _CHOOSABLE.fullmatch(environment) is not None
