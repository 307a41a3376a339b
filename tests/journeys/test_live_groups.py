"""Groups that are looked up, in a living house: a Slack user group, and an on-call calendar served over HTTP."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.sandbox.usergroups import UserGroup
from bot.store import verify_audit
from tests.fakes.slack import served
from tests.journeys.living import BO, CHEN, DIA, PAYMENTS, POLICY, Home, at_home, lived_in, words_of
from tests.journeys.test_everybody_away import asked_more
from tests.journeys.test_standing_in import say

GROUPS = """\
  sre: {{slack_usergroup: sre, fallback: [ana]}}
  duty: {{calendar: "{url}/duty.ics", fallback: [bo]}}
rules:
  - name: whoever is on call
    when: request.action == "page"
    then: require_approval
    route: {{channel: "#payments-releases"}}
    stages: [{{name: on-call, approvers: [duty], quorum: 2}}]
  - name: whoever is on call alone
    when: request.action == "fix"
    then: require_approval
    route: {{channel: "#payments-releases"}}
    stages: [{{name: on-call, approvers: [duty]}}]
  - name: the group
    when: request.action == "release"
    then: require_approval
    route: {{channel: "#payments-releases"}}
    stages: [{{name: release, approvers: [sre]}}]
  - name: two of the group
    when: request.action == "pair"
    then: require_approval
    route: {{channel: "#payments-releases"}}
    stages: [{{name: release, approvers: [sre], quorum: 2, escalate: [{{after: 50m, to: [bo]}}]}}]
"""
SRE = UserGroup(id="S0SRE00000", handle="sre", name="SRE", members=(CHEN,))


@dataclass(slots=True)
class Rota:
    """The calendar's server: dia is on call until *change*, and chen from then on. It can be taken down."""

    change: datetime
    is_down: bool = False

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/duty.ics", self._answer)
        return app

    async def _answer(self, _: web.Request) -> web.Response:
        if self.is_down:
            return web.Response(status=503)
        day = timedelta(days=1)
        events = [
            _event("dia", self.change - day, self.change),
            _event("chen", self.change, self.change + day),
        ]
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//tests//EN",
            *"\n".join(events).split("\n"),
            "END:VCALENDAR",
        ]
        return web.Response(text="\r\n".join([*lines, ""]), content_type="text/calendar")


def _event(who: str, start: datetime, end: datetime) -> str:
    begin, until = (moment.strftime("%Y%m%dT%H%M%SZ") for moment in (start, end))
    return (
        f"BEGIN:VEVENT\nUID:{who}@acme.test\nDTSTAMP:{begin}\nDTSTART:{begin}\nDTEND:{until}\n"
        f"SUMMARY:on call\nATTENDEE:mailto:{who}@acme.test\nEND:VEVENT"
    )


async def asked(home: Home, action: str) -> tuple[str, str]:
    """Ask for *action*; return the id, and the ts of its card as soon as it is there."""
    title = f"{action} {len(home.slack.messages(PAYMENTS))}"
    request = await home.ask(action=action, title=title, environment="staging")
    return request["id"], (await home.card_saying(title)).ts


async def approvers(home: Home, request_id: str) -> list[str]:
    return [review["by"]["person"] for review in (await home.show(request_id))["reviews"]]


async def click(home: Home, ts: str, *users: str) -> None:
    for user in users:
        await home.slack.click(user=user, channel=PAYMENTS, ts=ts, action_id="jit_approve")


async def the_shift_changes_while_it_is_open(home: Home, rota: Rota) -> None:
    request, ts = await asked(home, "page")
    await click(home, ts, CHEN, DIA)
    assert await approvers(home, request) == ["dia@acme.test"]

    await asyncio.sleep(max(0.0, (rota.change - datetime.now(UTC)).total_seconds()) + 0.1)
    await click(home, ts, CHEN)

    assert (await home.show(request, wait=5))["state"] == "approved"
    assert await approvers(home, request) == ["dia@acme.test", "chen"]
    assert (await home.events(request)).count("request.refused") == 1


async def whoever_joins_the_group_may_at_once(home: Home) -> None:
    home.slack.put_usergroup(SRE)
    await home.slack.quiet()
    request, ts = await asked(home, "release")
    await click(home, ts, BO)
    assert await approvers(home, request) == []

    home.slack.put_usergroup(UserGroup(id=SRE.id, handle=SRE.handle, name=SRE.name, members=(BO,)))
    await home.slack.quiet()
    await click(home, ts, CHEN, BO)

    assert await approvers(home, request) == ["bo"]
    assert (await home.show(request, wait=5))["state"] == "approved"


async def too_few_in_the_group_call_others_at_once(home: Home) -> None:
    home.slack.put_usergroup(SRE)
    await home.slack.quiet()
    request, ts = await asked(home, "pair")
    await asked_more(home, request)

    await home.card_saying("Too few can answer for sre now: more people were asked at once")
    await home.slack.until(lambda: any(BO in words_of(one) for one in home.slack.thread(PAYMENTS, ts)))
    await click(home, ts, CHEN, BO)
    assert (await home.show(request, wait=5))["state"] == "approved"
    assert (await home.events(request)).count("request.deserted") == 1


async def whoever_stands_in_for_a_member_may_until_the_member_leaves(home: Home) -> None:
    assert "may answer in your name" in await say(home, BO, "delegate @chen for 1h")
    request, ts = await asked(home, "release")
    left, other = await asked(home, "release")
    await click(home, ts, CHEN)

    after = await home.show(request, wait=5)
    assert after["state"] == "approved"
    assert after["decision"]["on_behalf_of"]["person"] == "bo"

    home.slack.put_usergroup(UserGroup(id=SRE.id, handle=SRE.handle, name=SRE.name, members=(DIA,)))
    await home.slack.quiet()
    await click(home, other, CHEN, DIA)
    assert await approvers(home, left) == ["dia@acme.test"]
    await say(home, BO, "undelegate")


async def settles(home: Home, *users: str) -> list[str]:
    """Ask whoever is on call alone, let *users* click, and return whose answer counted."""
    request, ts = await asked(home, "fix")
    await click(home, ts, *users)
    return await approvers(home, request)


async def test_who_is_in_a_group_is_looked_up_while_the_request_is_open(tmp_path: Path, env: Mapping[str, str]) -> None:
    rota = Rota(change=datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=6))
    async with served(rota.application()) as url:
        people = POLICY.partition("rules:\n")[0]
        (tmp_path / "policy.yaml").write_text(people + GROUPS.format(url=url), encoding="utf-8")
        async with at_home(tmp_path, env) as home:
            await the_shift_changes_while_it_is_open(home, rota)
            await too_few_in_the_group_call_others_at_once(home)
            await whoever_joins_the_group_may_at_once(home)
            await whoever_stands_in_for_a_member_may_until_the_member_leaves(home)

            rota.is_down = True
            await home.house.stop()
            async with lived_in(home.settings):  # with nothing but the copy that the first has left
                assert await settles(home, BO, CHEN) == ["chen"]
                assert "may answer in your name" in await say(home, CHEN, "delegate @dia for 1h")
                assert await settles(home, BO, DIA) == ["dia@acme.test"]

            shutil.rmtree(tmp_path / "calendars")
            async with lived_in(home.settings) as house:  # without any copy
                assert await settles(home, CHEN, DIA, BO) == ["bo"]
                verdict = await house.store.read(verify_audit)
                assert verdict.ok, verdict.why
