"""What a use case lacks that only Slack or a calendar can tell, and no transaction may wait for."""

from dataclasses import dataclass

from bot.core.people.membership import LiveGroup
from bot.core.request import ApprovalRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipNeeded:
    """Nothing was written: whether this counts depends on who is in *groups* of *request*.

    Look that up, outside any transaction, and bring it again.
    """

    request: ApprovalRequest
    groups: tuple[LiveGroup, ...]
