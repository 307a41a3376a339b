"""Other evidence for a request that is open: what it changes, and what it leaves alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import aiohttp
import orjson
import pytest

from bot.core.errors import Refused
from bot.core.ruling import Forbidden, Verdict
from bot.usecases.revise import MOST_REVISIONS
from handlers.api.answers import RequestAnswered
from tests.factories import a_ruling
from tests.handlers.api.house import BEARER, FULL, MINIMAL, OTHER_BEARER, Answer, House, a_policy, sign
from tests.handlers.api.test_submitting import JUNIT

COMMIT = "a12b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b"
GREEN: Mapping[str, object] = {"total": 120, "failed": 0}
RED: Mapping[str, object] = {"total": 3, "failed": 1, "failures": [{"id": "t", "message": "boom"}]}


async def put(
    house: House, request: Mapping[str, Any], body: Mapping[str, object], headers: Mapping[str, str] = BEARER
) -> Answer:
    path = f"/v1/requests/{request['id']}/evidence"
    async with house.client.put(path, json=body, headers=headers) as answer:
        return await Answer.of(answer)


async def test_another_commit_is_a_new_revision_that_says_what_changed(house: House) -> None:
    asked = await house.ask(FULL)

    answer = await put(house, asked, {"commit": COMMIT, "tests": RED})

    assert answer.status == 200
    RequestAnswered.model_validate_json(answer.text)
    now = answer.json
    assert (now["revision"], now["commit"], now["state"], now["tests"]["failed"]) == (2, COMMIT, "pending", 1)
    assert now["digest"] != asked["digest"]
    assert {name: now[name] for name in ("title", "service", "parameters", "reason", "links", "authors")} == {
        name: asked[name] for name in ("title", "service", "parameters", "reason", "links", "authors")
    }
    (earlier,) = now["earlier_revisions"]
    assert (earlier["revision"], earlier["digest"], earlier["commit"]) == (1, asked["digest"], asked["commit"])
    assert earlier["changed"] == "2 → 1 failures, commit 9fceb02… → a12b3c4…, 120 → 3 tests"
    assert earlier["since"]["commit"] == [asked["commit"], COMMIT]


async def test_the_very_same_changes_nothing_however_often_it_comes(house: House) -> None:
    asked = await house.ask({**MINIMAL, "commit": "9fc", "tests": RED})
    body = {"commit": "9fc", "tests": RED, "reason": "once more"}

    answers = [await put(house, asked, body) for _ in range(2)]

    assert [answer.json for answer in answers] == [asked, asked]


async def test_results_that_count_otherwise_are_other_evidence_though_the_same_tests_fail(house: House) -> None:
    asked = await house.ask({**MINIMAL, "tests": {"total": 0, "failed": 0}})

    now = (await put(house, asked, {"tests": GREEN})).json

    assert (now["revision"], now["digest"], now["tests"]["total"]) == (2, asked["digest"], 120)


async def test_report_files_come_in_a_form(house: House) -> None:
    asked = await house.ask(FULL)
    form = aiohttp.FormData()
    form.add_field("request", orjson.dumps({"commit": COMMIT}).decode(), content_type="application/json")
    form.add_field("report", JUNIT, filename="gate.xml", content_type="application/xml")

    async with house.client.put(f"/v1/requests/{asked['id']}/evidence", data=form, headers=BEARER) as answer:
        now = (await Answer.of(answer)).json

    assert (now["revision"], now["tests"]["total"], now["tests"]["failed"]) == (2, 3, 1)


async def test_whoever_wrote_part_of_it_still_did_and_others_join_them(house: House) -> None:
    asked = await house.ask(FULL)

    now = (await put(house, asked, {"commit": COMMIT, "tests": RED, "authors": [{"github": "another"}]})).json

    assert [author["person"] for author in now["authors"]] == ["bo", "github:a-stranger", "github:another"]


async def test_the_policy_judges_it_anew(house: House) -> None:
    house.policy = a_policy(default=a_ruling(2))
    asked = await house.ask({**MINIMAL, "tests": RED})
    house.policy = replace(house.policy, rules=(replace(house.policy.rules[0], when=_is_green),))

    now = (await put(house, asked, {"tests": GREEN})).json

    assert (now["state"], now["policy"]["rule"], now["decision"]["verdict"]) == ("approved", "green staging", "approve")


async def test_incomplete_results_are_never_approved_by_a_rule_that_judges_anew(house: House) -> None:
    asked = await house.ask({**MINIMAL, "tests": RED})
    house.policy = replace(house.policy, rules=(replace(house.policy.rules[0], when=None),))
    cut = {"name": "gate", "format": "junit", "content": JUNIT.decode()[:-14]}

    now = (await put(house, asked, {"reports": [cut]})).json

    assert (now["state"], bool(now["tests"]["incomplete"])) == ("pending", True)


async def test_an_answer_given_before_counts_no_longer(house: House) -> None:
    house.policy = a_policy(default=a_ruling(2))
    asked = await house.ask({**FULL, "authors": []})
    await house.review(asked["id"])

    now = (await put(house, asked, {"commit": COMMIT, "tests": RED})).json

    assert [review["void"] for review in now["reviews"]] == [True]
    assert now["earlier_revisions"][0]["voided_approvals"] == 1
    await house.review(asked["id"])
    assert (await house.get(f"/v1/requests/{asked['id']}")).json["state"] == "pending"


@pytest.mark.parametrize("verdict", Verdict)
async def test_what_has_ended_is_revised_no_more_and_says_how_it_stands(house: House, verdict: Verdict) -> None:
    asked = await house.ask({**FULL, "authors": []})
    await house.review(asked["id"], verdict)

    answer = await put(house, asked, {"commit": COMMIT, "tests": RED})

    assert answer.is_problem(409)
    assert f"no longer open: {'approved' if verdict is Verdict.APPROVE else 'rejected'} by bo" in answer.json["detail"]


async def test_what_was_replaced_does_not_come_back_late_unless_that_is_meant(house: House) -> None:
    asked = await house.ask(FULL)
    first, second = {"commit": "1" * 40, "tests": RED}, {"commit": "2" * 40, "tests": RED}
    await put(house, asked, first)
    await put(house, asked, second)

    late = await put(house, asked, first)
    meant = await put(house, asked, {**first, "revision": 3})

    assert late.is_problem(409)
    assert "Revision 2 asked for this already" in late.json["detail"]
    assert (meant.status, meant.json["revision"], meant.json["commit"]) == (200, 4, "1" * 40)


async def test_an_older_commit_comes_late_whatever_its_tests_say_now(house: House) -> None:
    asked = await house.ask(FULL)
    await put(house, asked, {"commit": COMMIT, "tests": RED})

    late = await put(house, asked, {"commit": asked["commit"], "tests": GREEN})

    assert late.is_problem(409)
    assert "Revision 1 asked for this already" in late.json["detail"]


async def test_an_author_who_is_named_late_voids_what_was_said_of_the_same_content(house: House) -> None:
    house.policy = a_policy(default=a_ruling(2, forbid=[Forbidden.AUTHORS]))
    asked = await house.ask({**MINIMAL, "tests": RED})
    await house.review(asked["id"])

    now = (await put(house, asked, {"tests": RED, "authors": [{"email": "bo@acme.test"}]})).json

    assert (now["revision"], [review["void"] for review in now["reviews"]]) == (2, [True])
    with pytest.raises(Refused, match="You wrote part of this change"):
        await house.review(asked["id"])


async def test_nobody_is_asked_about_one_request_without_end(house: House) -> None:
    asked = await house.ask(MINIMAL)
    for number in range(1, MOST_REVISIONS):
        assert (await put(house, asked, {"commit": f"c{number}", "tests": RED})).status == 200

    answer = await put(house, asked, {"commit": "one more", "tests": RED})

    assert answer.is_problem(409)
    assert "Ask anew" in answer.json["detail"]


async def test_whoever_names_the_revision_to_replace_replaces_no_other(house: House) -> None:
    asked = await house.ask(FULL)
    body = {"commit": COMMIT, "tests": RED, "revision": 1}
    made = await put(house, asked, body)

    again = await put(house, asked, body)
    late = await put(house, asked, {**body, "commit": "0" * 40})

    assert (made.json["revision"], again.status, again.json["revision"]) == (2, 200, 2)
    assert late.is_problem(409)
    assert "This is revision 2 by now, not 1" in late.json["detail"]


async def test_of_somebody_elses_request_nobody_hears(house: House) -> None:
    asked = await house.ask(FULL)

    theirs = await put(house, asked, {"tests": GREEN}, OTHER_BEARER)
    none = await put(house, {"id": "019a0000-0000-7000-8000-00000000dead"}, {"tests": GREEN})

    assert theirs.is_problem(404)
    assert none.is_problem(404)
    assert (await house.get(f"/v1/requests/{asked['id']}")).json["revision"] == 1


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"commit": COMMIT}, "/tests"),
    ({"tests": GREEN, "service": "another"}, "/service"),
    ({"tests": GREEN, "environment": "staging"}, "/environment"),
    ({"tests": GREEN, "revision": 0}, "/revision"),
    ({"tests": GREEN, "commit": "9fc\u200b"}, "/commit"),
    ({"tests": GREEN, "authors": [{}]}, "/authors/0"),
    ({"tests": GREEN, "authors": [{"github": "a\u200bb"}]}, "/authors/0/github"),
    ({"tests": GREEN, "authors": [{"github": f"g{n}"} for n in range(99)]}, "/authors"),
    ({"tests": GREEN, "parameters": {"a\u200b": 1}}, "/parameters/a\u200b"),
    ({"tests": GREEN, "parameters": {"n": 2**60}}, "/parameters/n"),
    ({"tests": GREEN, "reports": [{"content": "<x/>"}]}, "/tests"),
    ({"reports": [{"content": "no report"}]}, "/reports/0/content"),
]


@pytest.mark.parametrize(("body", "pointer"), WRONG)
async def test_what_is_wrong_is_named_and_changes_nothing(
    house: House, body: Mapping[str, object], pointer: str
) -> None:
    asked = await house.ask(FULL)

    answer = await put(house, asked, body)

    assert answer.is_problem(422)
    assert answer.pointers == [pointer]
    assert (await house.get(f"/v1/requests/{asked['id']}")).json == asked


async def test_a_signed_call_may_be_sent_again_and_serves_for_nothing_else(house: House) -> None:
    first, second = await house.ask(FULL), await house.ask(MINIMAL)
    body = orjson.dumps({"commit": COMMIT, "tests": RED})
    signed = sign(body, house.clock.now, "msg_evidence") | {"Content-Type": "application/json"}

    answers = list[Answer]()
    for asked in (first, first, second):
        async with house.client.put(f"/v1/requests/{asked['id']}/evidence", data=body, headers=signed) as answer:
            answers.append(await Answer.of(answer))

    assert [answer.status for answer in answers] == [200, 200, 409]
    assert answers[1].json["revision"] == 2


def _is_green(facts: Any) -> bool:  # noqa: ANN401 - what a condition is given
    return facts.tests.failed == 0
