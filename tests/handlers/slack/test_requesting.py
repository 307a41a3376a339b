"""People ask for an approval in Slack: by `/jit request`, and by shortcuts."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.effects import TellRequester
from bot.core.judging.budget import Limit
from bot.core.judging.policy import Policy, Rule
from bot.core.judging.source import SLACK, Source
from bot.core.people.membership import Crowd, GroupKind, LiveGroup
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Handling
from bot.sandbox.gestures import Interaction
from bot.usecases import look_up
from tests.factories import ANA, POLICY_HASH, a_ruling, a_stage
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import ANA_ID, BO_ID, EVE_ID, GUS_ID, typed
from tests.slack.validating import read_aloud, require_legal_view

PEOPLE = Source(name="people", kind=SLACK, actions=("access", "change"))
FILLED = {"title": "Read the ledger", "action": "access", "reason": "audit of March"}
RELEASE = LiveGroup(name="release", kind=GroupKind.SLACK_USERGROUP, ref="release-managers")


def open_to(house: House, source: Source | None = PEOPLE, **fields: object) -> None:
    known = {"default": a_ruling(rule="default"), "sources": {source.name: source} if source else {}}
    house.clock.policy = Policy(hash=POLICY_HASH, **(known | fields))  # pyright: ignore[reportArgumentType] - any field


async def asked(house: House) -> list[ApprovalRequest]:
    page = await house.desk.read(lambda snapshot: look_up.page(snapshot, look_up.RequestFilter(), None, 50))
    return list(page.items)


async def fill(house: House, values: Mapping[str, str], user: str = ANA_ID) -> Interaction:
    view = house.workspace.view(user)
    assert view is not None
    return await house.workspace.submit_view(user, view.id, values)


def shown(answer: Interaction) -> str:
    assert answer.view is not None, answer
    return read_aloud(list(answer.view.blocks))


async def test_what_somebody_asks_is_judged_and_recorded_as_theirs(house: House) -> None:
    counted = list[ApprovalRequest]()
    house.desk.on_ask(counted.append)
    open_to(house)

    assert "Nothing is asked for yet" in await typed(house, "request Read the ledger", ANA_ID)
    more = {"service": "ledger", "environment": "production", "parameters": "days = 3\n\nwho=ana = bo"}
    answer = await fill(house, FILLED | more)

    (request,) = await asked(house)
    assert counted == [request]
    subject = request.subject
    assert (request.source, request.state, request.ruling.rule) == ("people", State.PENDING, "default")
    assert (subject.title, subject.action, subject.reason) == ("Read the ledger", "access", "audit of March")
    assert (subject.service, subject.environment, subject.repository) == ("ledger", "production", None)
    assert subject.parameters == {"days": "3", "who": "ana = bo"}
    assert subject.requester is not None
    assert subject.requester.key == "ana"
    assert f"#{request.number}" in shown(answer)
    entry = (await house.entries(request))[0]
    assert (entry["event"], entry["actor"]["name"], entry["actor"]["via"]) == (
        "request.submitted",
        "ana",
        "slack_dialog",
    )


async def test_whoever_asked_may_not_answer_and_is_told_what_comes_of_it(house: House) -> None:
    open_to(house)
    await typed(house, "request", ANA_ID)
    await fill(house, FILLED)
    (request,) = await asked(house)

    refused = await typed(house, f"approve {request.number}", ANA_ID)
    await typed(house, f"approve {request.number}", BO_ID)

    assert "asked for this yourself" in refused
    assert await house.state(request) is State.APPROVED
    assert any(isinstance(effect, TellRequester) for effect in await house.effects())


async def test_a_dialog_that_is_sent_twice_asks_once(house: House) -> None:
    open_to(house)
    await typed(house, "request", ANA_ID)
    view = house.workspace.view(ANA_ID)
    assert view is not None
    values = {block: {"typed": {"type": "plain_text_input", "value": FILLED[block]}} for block in ("title", "reason")}
    chosen: dict[str, Any] = {"type": "static_select", "selected_option": {"value": "access"}}
    payload = {
        "type": "view_submission",
        "user": {"id": ANA_ID},
        "team": {"id": "T0ACME000"},
        "view": {
            "id": view.id,
            "callback_id": "jit_request",
            "state": {"values": values | {"action": {"typed": chosen}}},
        },
    }

    first = await house.post_signed(payload)
    house.clock.now += timedelta(seconds=1)
    again = await house.post_signed(payload)
    values["title"]["typed"]["value"] = "Write the ledger"
    house.clock.now += timedelta(seconds=1)
    other = await house.post_signed(payload)

    (request,) = await asked(house)
    assert f"#{request.number}" in first
    assert f"#{request.number}" in again
    assert "sent before" in other
    assert [entry["code"] for entry in await house.refused()] == ["key_reused"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": " \u200b"}, "Say what"),
        ({"reason": " \u200b"}, "Say why"),
        ({"environment": "prod\u200buction"}, "U+200B"),
        ({"service": "the  ledger"}, "several spaces"),
        ({"parameters": "days"}, "is no parameter"),
        ({"parameters": "= 3"}, "is no parameter"),
        ({"parameters": "days = 3\ndays = 4"}, "stands there twice"),
        ({"parameters": "da\u200bys = 3"}, "U+200B"),
        ({"parameters": "\n".join(f"p{n} = 1" for n in range(60))}, "too many"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_asked(
    house: House, values: dict[str, str], said: str
) -> None:
    open_to(house)
    await typed(house, "request", ANA_ID)

    answer = await fill(house, FILLED | values)

    assert answer.view is not None
    assert said in json.dumps(answer.errors, ensure_ascii=False)
    assert await asked(house) == []


async def test_an_action_that_is_no_longer_allowed_is_refused_when_the_dialog_is_sent(house: House) -> None:
    open_to(house)
    await typed(house, "request", ANA_ID)
    open_to(house, replace(PEOPLE, actions=("change",)))

    answer = await fill(house, FILLED)

    assert "Choose another" in json.dumps(answer.errors)
    assert await asked(house) == []


@pytest.mark.parametrize(
    ("user", "source", "said"),
    [
        (GUS_ID, PEOPLE, "Guests"),
        (EVE_ID, PEOPLE, "other workspaces"),
        (ANA_ID, None, "no source of the kind slack"),
        (ANA_ID, replace(PEOPLE, kind="generic"), "no source of the kind slack"),
        (ANA_ID, replace(PEOPLE, askers=Crowd()), "you are none of them"),
        (ANA_ID, replace(PEOPLE, askers=Crowd(groups=(RELEASE,))), "you are none of them"),
    ],
)
async def test_whoever_may_not_ask_reads_why_and_it_stands_in_the_log(
    house: House, user: str, source: Source | None, said: str
) -> None:
    open_to(house, source)

    assert said in await typed(house, "request", user)
    await house.workspace.shortcut(user, "jit_ask")

    view = house.workspace.view(user)
    assert view is not None
    assert said in read_aloud(list(view.blocks))
    assert len(await house.refused()) == 2


@pytest.mark.parametrize("askers", [Crowd(people=(ANA,)), Crowd(groups=(RELEASE,))])
async def test_those_whom_the_policy_names_may_ask(house: House, askers: Crowd) -> None:
    open_to(house, replace(PEOPLE, askers=askers))
    user = ANA_ID if askers.people else "U0CHEN000"

    await typed(house, "request", user)
    await fill(house, FILLED, user)

    assert len(await asked(house)) == 1


async def test_whoever_may_no_longer_ask_is_refused_when_the_dialog_is_sent(house: House) -> None:
    open_to(house)
    await typed(house, "request", ANA_ID)
    open_to(house, replace(PEOPLE, askers=Crowd()))

    assert "you are none of them" in shown(await fill(house, FILLED))
    assert await asked(house) == []


async def test_more_than_the_source_or_its_rule_may_ask_is_said_beside_the_field(house: House) -> None:
    open_to(house, replace(PEOPLE, limit=Limit(count=1, per=timedelta(hours=1))))
    await typed(house, "request", ANA_ID)
    await fill(house, FILLED)
    await typed(house, "request", ANA_ID)
    over = await fill(house, FILLED)
    rule = Rule(
        name="asks",
        when=None,
        terms=a_ruling(rule="asks", stages=[a_stage()]),
        limit=Limit(count=0, per=timedelta(hours=1)),
    )
    open_to(house, rules=(rule,))

    ruled = await fill(house, FILLED)

    assert "The policy allows people" in json.dumps(over.errors)
    assert "asks people about at most" in json.dumps(ruled.errors)
    assert len(await asked(house)) == 1


async def test_what_the_policy_settles_alone_is_said_at_once(house: House) -> None:
    rule = Rule(name="frozen", when=None, terms=a_ruling(rule="frozen", handling=Handling.AUTO_REJECT))
    open_to(house, rules=(rule,))
    await typed(house, "request", ANA_ID)

    assert "That is its end" in shown(await fill(house, FILLED))


async def test_a_message_is_quoted_and_linked(house: House) -> None:
    open_to(house)
    said = house.workspace.say(BO_ID, "C0APPROVE", "May the *ledger* be read?\n&lt;!channel&gt; please")

    chosen = await house.workspace.message_shortcut(
        user=ANA_ID, channel="C0APPROVE", ts=said.ts, callback_id="jit_ask_about"
    )
    assert chosen.view is not None
    require_legal_view(chosen.view.content)
    drawn = json.dumps(chosen.view.content, ensure_ascii=False)
    await fill(house, FILLED | {"reason": "as asked there"})

    assert '"initial_value": "May the *ledger* be read?"' in drawn
    assert "“May the *ledger* be read?\\n<!channel> please”" in drawn
    (request,) = await asked(house)
    (link,) = request.subject.links
    assert link.url.endswith(f"archives/C0APPROVE/p{said.ts.replace('.', '')}")


async def test_a_shortcut_that_slack_opens_nothing_for_is_no_tick(house: House) -> None:
    open_to(house)
    payload = {
        "type": "shortcut",
        "callback_id": "jit_ask",
        "user": {"id": ANA_ID},
        "team": {"id": "T0ACME000"},
        "trigger_id": "1.2.long-gone",
    }

    with pytest.raises(AssertionError):
        await house.post_signed(payload)


async def test_a_shortcut_from_another_app_version_opens_what_says_so(house: House) -> None:
    open_to(house)
    config = house.workspace.config
    house.workspace.state.config = replace(
        config, shortcuts=tuple(replace(one, callback_id="jit_gone") for one in config.shortcuts[:1])
    )

    await house.workspace.shortcut(ANA_ID, "jit_gone")

    view = house.workspace.view(ANA_ID)
    assert view is not None
    assert "isn't known here any more" in read_aloud(list(view.blocks))
