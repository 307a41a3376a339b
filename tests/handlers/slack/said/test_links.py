"""Links to a request: those that we have given out are shown for members, and everything like them is left alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.core.effects import Unfurl
from bot.core.request import RequestId
from bot.core.stamp import Stamp
from bot.sandbox.faults import ServerError
from bot.sandbox.ids import OTHER_TEAM, TEAM
from bot.sandbox.payloads import draw_event
from handlers.slack.inbound import read_letter
from handlers.slack.said.links import MOST, MOST_MESSAGES, read_link
from tests.handlers.slack.house import House
from tests.handlers.slack.matrix.situations import COLLEAGUES, STRANGERS
from tests.handlers.slack.test_shared_channels import share

BO, CHANNEL, STAMP = "U0BO00000", "C0APPROVE", "1750000000.000100"
OURS = "https://jit.acme.test"
ID = "019a0000-0000-7000-8000-000000000001"
ELSEWHERE = "in another workspace"
USERS: Mapping[str, str] = {**COLLEAGUES, **STRANGERS, ELSEWHERE: COLLEAGUES["approver"]}


def link_to(request_id: str) -> str:
    return f"{OURS}/v1/requests/{request_id}"


async def shared(house: House, *urls: str, event_id: str = "Ev0ONE", team: str = TEAM, **odd: object) -> list[Unfurl]:
    """Tell of a message with these links, as Slack does, and return what is to be shown for it."""
    event = {
        "type": "link_shared",
        "channel": CHANNEL,
        "is_bot_user_member": True,
        "user": BO,
        "message_ts": STAMP,
        "unfurl_id": f"{CHANNEL}.{STAMP}.abc",
        "source": "conversations_history",
        "links": [{"domain": "jit.acme.test", "url": url} for url in urls],
        "event_ts": STAMP,
    }
    payload = draw_event(event | odd, event_id, 0) | {"team_id": team}
    answer = await house.switchboard.pass_on(read_letter(payload, Stamp("key")))
    assert answer.status == 200
    return [effect for effect in await house.effects() if isinstance(effect, Unfurl)]


async def test_a_link_that_we_gave_out_is_shown_once_below_the_message(house: House) -> None:
    request = await house.ask()
    url = link_to(request.id)

    assert await shared(house, url, url) == [Unfurl(about=request.id, channel=CHANNEL, ts=STAMP, url=url)]
    assert await shared(house, url) == []
    assert "request.refused" not in await house.log(request)


@pytest.mark.parametrize("kind", USERS)
async def test_only_for_what_a_member_writes(house: House, kind: str) -> None:
    request = await house.ask()

    shown = await shared(house, link_to(request.id), user=USERS[kind], team=OTHER_TEAM if kind == ELSEWHERE else TEAM)

    assert bool(shown) is (kind in COLLEAGUES)


@pytest.mark.parametrize(
    "url",
    [
        "https://jit.acme.test.evil.test/v1/requests/{id}",
        "https://jit.acme.test@evil.test/v1/requests/{id}",
        "https://evil.test@jit.acme.test/v1/requests/{id}",
        "https://jit.acme.test:8443/v1/requests/{id}",
        "https://evil.test/https://jit.acme.test/v1/requests/{id}",
        "https://evil.test/v1/requests/{id}",
        "https://evil.jit.acme.test/v1/requests/{id}",
        "https://jit.acme.te\u0455t/v1/requests/{id}",
        "https://jit\u3002acme.test/v1/requests/{id}",
        "http://jit.acme.test/v1/requests/{id}",
        "https://jit.acme.test/v1/requests/../requests/{id}",
        "https://jit.acme.test//v1/requests/{id}",
        "https://jit.acme.test/v1/requests/{id}/",
        "https://jit.acme.test/v1/requests/{id}/events",
        "https://jit.acme.test/v1/requests/{id}?wait=60",
        "https://jit.acme.test/v1/requests/{id}#x",
        "https://jit.acme.test/v1/requests/{id}\n",
        "https://jit.acme.test/v1/requests/{id}\u200b",
        " https://jit.acme.test/v1/requests/{id}",
        "https://jit.acme.test/v1/requests/1",
        "https://jit.acme.test/v1/requests/",
        "https://jit.acme.test",
        "",
    ],
)
async def test_what_only_looks_like_one_is_left_alone(house: House, url: str) -> None:
    request = await house.ask()

    assert await shared(house, url.format(id=request.id)) == []
    assert read_link(url.format(id=ID), OURS) is None
    assert read_link(link_to(ID), OURS) == RequestId(ID)


async def test_a_request_that_nobody_made_is_left_alone(house: House) -> None:
    assert await shared(house, link_to(ID)) == []


async def test_of_many_links_a_few_are_shown_and_foreign_ones_crowd_none_out(house: House) -> None:
    asked = [await house.ask() for _ in range(MOST + 2)]
    foreign = [f"https://evil.test/{number}" for number in range(20)]

    shown = await shared(house, *foreign, *(link_to(one.id) for one in asked))

    assert {one.about for one in shown} == {one.id for one in asked[:MOST]}


async def test_whoever_writes_links_without_end_is_shown_so_many_a_minute(house: House) -> None:
    request = await house.ask()
    shown = [await shared(house, link_to(request.id), event_id=f"Ev{at}") for at in range(MOST_MESSAGES + 2)]

    assert [len(one) for one in shown] == [1] * MOST_MESSAGES + [0, 0]
    assert await shared(house, link_to(request.id), event_id="EvANA", user=COLLEAGUES["requester"]) != []


@pytest.mark.parametrize(
    "odd",
    [
        {"source": "composer", "channel": "COMPOSER", "message_ts": "Uxxxxxxx-909b5454-75f8-4ac4-b325-1b40e230bbd8"},
        {"source": "composer"},
        {"channel": None},
        {"message_ts": "soon"},
        {"links": "many"},
        {"links": [{"domain": "jit.acme.test"}]},
        {"user": "<!channel>"},
        {"bot_id": "B0SOMEBOT"},
        {"channel": "D0ANA0000", "is_bot_user_member": False},
        {"channel": "C0NOWHERE"},
    ],
)
async def test_what_nobody_has_sent_or_nobody_can_place_is_left_alone(house: House, odd: dict[str, Any]) -> None:
    request = await house.ask()

    assert await shared(house, link_to(request.id), **odd) == []


async def test_in_a_direct_message_with_us_it_is_shown(house: House) -> None:
    request = await house.ask()

    (shown,) = await shared(house, link_to(request.id), channel="D0BO00000")

    assert shown.channel == "D0BO00000"


@pytest.mark.parametrize("sharing", ["external", "pending", "organisation"])
async def test_where_others_read_along_nothing_is_shown_unless_the_policy_lets_them(house: House, sharing: str) -> None:
    request = await house.ask()
    share(house, sharing)

    assert await shared(house, link_to(request.id)) == []
    house.clock.policy = replace(house.clock.policy, shared_channels=frozenset({CHANNEL}))
    assert await shared(house, link_to(request.id), event_id="Ev0TWO") != []


async def test_where_slack_does_not_tell_who_reads_along_nothing_is_shown(house: House) -> None:
    request = await house.ask()
    house.workspace.faults.add("conversations.info", ServerError())

    assert await shared(house, link_to(request.id)) == []


async def test_what_could_not_be_written_down_is_told_again(house: House) -> None:
    request = await house.ask()
    await house.store.close()

    with pytest.raises(AssertionError, match="503"):
        await shared(house, link_to(request.id))
