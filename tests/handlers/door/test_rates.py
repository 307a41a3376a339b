"""How often a source may ask: as often as the policy says, whatever the others do."""

import asyncio
from datetime import timedelta

import orjson
import pytest

from bot.core.judging.budget import Limit
from bot.core.judging.counting import OPEN_IN_LANE
from bot.core.judging.facts import Facts
from bot.core.judging.policy import Rule
from bot.core.judging.source import Source
from bot.core.ruling import Handling
from tests.factories import NOON, a_ruling
from tests.handlers.api.house import BEARER, MINIMAL, OTHER_BEARER, House, a_limited_policy, a_policy, sign

BODY = orjson.dumps(MINIMAL)
JSON = {**BEARER, "Content-Type": "application/json"}


def limited(count: int, per: timedelta = timedelta(hours=1)) -> Limit:
    return Limit(count=count, per=per)


async def test_who_asks_too_often_is_told_when_to_come_again_and_nothing_is_stored(house: House) -> None:
    house.policy = a_limited_policy(2)
    answers = [await house.post(BODY, JSON) for _ in range(4)]

    assert [answer.status for answer in answers] == [201, 201, 429, 429]
    assert answers[-1].is_problem(429)
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61
    assert len((await house.get("/v1/requests")).json["items"]) == 2


async def test_of_many_calls_at_once_no_more_get_in_than_may(house: House) -> None:
    house.policy = a_limited_policy(5)

    answers = await asyncio.gather(*(house.post(BODY, JSON) for _ in range(20)))

    assert sorted(answer.status for answer in answers) == [201] * 5 + [429] * 15


async def test_one_source_s_limit_is_no_other_s(house: House) -> None:
    house.policy = a_policy(
        sources={
            "ci": Source(name="ci", token_envs=("CI",), limit=limited(1)),
            "cd": Source(name="cd", token_envs=("CD",), limit=limited(1)),
        }
    )

    assert [(await house.post(BODY, JSON)).status for _ in range(2)] == [201, 429]
    assert (await house.post(BODY, {**JSON, **OTHER_BEARER})).status == 201


async def test_token_and_signature_share_the_limit_of_their_source(house: House) -> None:
    house.policy = a_limited_policy(1)
    assert (await house.post(BODY, JSON)).status == 201

    answer = await house.post(BODY, {"Content-Type": "application/json", **sign(BODY, NOON)})

    assert answer.is_problem(429)


async def test_strangers_use_up_nobody_s_limit(house: House) -> None:
    house.policy = a_limited_policy(1)
    for _ in range(5):
        assert (await house.post(BODY, {"Content-Type": "application/json"})).status == 401

    assert (await house.post(BODY, JSON)).status == 201


async def test_looking_waiting_and_taking_back_are_not_limited(house: House) -> None:
    house.policy = a_limited_policy(1)
    asked = await house.ask()
    assert (await house.post(BODY, JSON)).status == 429

    assert (await house.get("/v1/requests")).status == 200
    assert (await house.get(f"/v1/requests/{asked['id']}")).status == 200
    assert (await house.post(b"{}", JSON, f"/v1/requests/{asked['id']}/cancel")).status == 200


@pytest.mark.timeout(60)
async def test_after_a_while_one_may_ask_again(house: House) -> None:
    limit = limited(1, timedelta(seconds=1))
    house.policy = a_policy(sources={"ci": Source(name="ci", token_envs=("CI",), limit=limit)})
    assert (await house.post(BODY, JSON)).status == 201

    answer = await house.post(BODY, JSON)
    while answer.status == 429:
        await asyncio.sleep(0.1)
        answer = await house.post(BODY, JSON)

    assert answer.status == 201


async def test_a_rule_that_has_asked_often_enough_turns_callers_away_and_says_until_when(house: House) -> None:
    rule = Rule(name="ask", when=None, terms=a_ruling(rule="ask"), limit=limited(1))
    house.policy = a_policy(rules=(rule,))
    keyed = {**JSON, "Idempotency-Key": "build 7"}
    first = await house.post(BODY, keyed)
    house.clock.forward(timedelta(minutes=20))

    refused, again = await house.post(BODY, JSON), await house.post(BODY, keyed)

    assert first.status == 201
    assert refused.is_problem(429)
    assert refused.json["detail"].startswith("Rule “ask” asks people about at most 1 per hour")
    assert refused.headers["Retry-After"] == "2400"
    assert (again.status, again.json["id"]) == (200, first.json["id"])
    assert len((await house.get("/v1/requests")).json["items"]) == 1


async def test_the_past_is_counted_for_a_policy_that_reads_it(house: House) -> None:
    def is_first(facts: Facts) -> bool:
        return facts.counts.open_in_lane == 0

    alone = Rule(name="alone", when=is_first, terms=a_ruling(handling=Handling.AUTO_REJECT, rule="alone", channels=()))
    house.policy = a_policy(rules=(alone,))
    body = orjson.dumps({**MINIMAL, "lane": "payments"})

    unread = [(await house.post(body, JSON)).json["state"] for _ in range(2)]
    house.policy = a_policy(rules=(), reads=frozenset({OPEN_IN_LANE}))
    await house.post(body, JSON)
    house.policy = a_policy(rules=(alone,), reads=frozenset({OPEN_IN_LANE}))
    read = (await house.post(body, JSON)).json["state"]

    assert (unread, read) == (["rejected", "rejected"], "pending")
