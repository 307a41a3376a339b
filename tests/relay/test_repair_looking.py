"""What a look into a channel tells of its cards: and what it does not tell, when Slack shows nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry

from bot.core.request import ApprovalRequest, RequestId, State
from bot.core.view import Detour, RequestView
from bot.relay.repair.judging import Found
from bot.relay.repair.looking import Watcher
from bot.relay.repair.notices import RepairNotices
from bot.slack.workspace.channels import Channels
from bot.slack.workspace.sight import Sight
from tests.factories import NOON, a_request, some_tests
from tests.relay.test_repair_judging import CARD, LOOK


class History:
    """A channel that answers with the pages it was given, one a call, and with no more."""

    def __init__(self, *pages: tuple[Sequence[str], bool]) -> None:
        self.pages = list(pages)

    async def conversations_info(self, *, channel: str) -> dict[str, Any]:
        return {"channel": {"id": channel, "is_member": True, "is_ext_shared": False}}

    async def conversations_history(self, *, channel: str, latest: str, **rest: object) -> dict[str, Any]:
        assert (channel, rest["inclusive"]) == (CARD.channel_id, True)
        stamps, has_more = self.pages.pop(0)
        assert all(ts <= latest for ts in stamps)
        return {"messages": [{"ts": ts, "text": "", "blocks": []} for ts in stamps], "has_more": has_more}


class Books:
    """Knows the one request, and how its card is to look."""

    def __init__(self, request: ApprovalRequest | None = None) -> None:
        self.request = request or a_request()

    async def view(self, request_id: RequestId) -> RequestView | None:
        assert request_id == LOOK.request
        return RequestView(request=self.request, tests=some_tests(), cards=(CARD,))

    def digest(self, view: RequestView, channel: str, detour: Detour | None) -> str:
        assert (view.request.id, channel, detour) == (LOOK.request, CARD.channel, None)
        return "d1"


@pytest.mark.parametrize(
    ("fields", "lacks"),
    [
        ({"channels": ("#approvals",)}, False),
        ({"channels": ("#approvals", "#general")}, True),
        ({"channels": ("#approvals", "#general"), "state": State.REJECTED}, False),
    ],
)
async def test_a_look_at_one_card_tells_whether_another_of_its_request_is_missing(
    fields: dict[str, Any],
    lacks: bool,  # noqa: FBT001 - a case
) -> None:
    books, history = Books(replace(a_request(), **fields)), History((["1.1"], False))
    client = cast("Any", history)
    notices = RepairNotices(CollectorRegistry())
    watcher = Watcher(books, Sight(client, Channels(client, frozenset, lambda: NOON)), books, notices, lambda: NOON)

    (judged,) = await watcher.judge([replace(LOOK)], calls=5)

    assert judged.lacks is lacks


@pytest.mark.parametrize(
    ("shown", "more", "found"),
    [
        ("1.1", "", Found.CHANGED),
        ("", "", Found.DELETED),
        ("1.0", "there is more", Found.DELETED),
        ("", "there is more", Found.UNSEEN),
    ],
)
async def test_only_what_is_missing_in_a_stretch_that_was_shown_is_deleted(shown: str, more: str, found: Found) -> None:
    books, history = Books(), History((shown.split(), bool(more)))
    client = cast("Any", history)
    notices = RepairNotices(CollectorRegistry())
    watcher = Watcher(books, Sight(client, Channels(client, frozenset, lambda: NOON)), books, notices, lambda: NOON)

    (judged,) = await watcher.judge([replace(LOOK)], calls=5)

    assert judged.found is found
    assert history.pages == []
