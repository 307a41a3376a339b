"""What is asked with reports is remembered test by test, and what fails next is compared with it."""

from typing import Any

import pytest

from bot.core.request import RequestId
from bot.usecases.past_runs import count_next
from tests.handlers.api.house import MINIMAL, OTHER_BEARER, House

PLACE = {"repository": "acme/payments", "environment": "production"}
PASSED, FAILED = (
    '<testcase name="pays"/>',
    '<testcase name="pays"><failure message="expected 200, got 500"/></testcase>',
)

LOST = '<testcase name="pays"><failure message="charge was lost"/></testcase>'


def report(*cases: str) -> dict[str, str]:
    return {"name": "api", "content": f'<testsuite name="t">{"".join(cases)}</testsuite>'}


async def asked(
    house: House, *cases: str, ref: str = "refs/heads/main", commit: str = "c1", **more: object
) -> list[str]:
    """Ask with a report, and let it be counted; return what the failures were taken for."""
    body = {**MINIMAL, **PLACE, "ref": ref, "commit": commit, "reports": [report(*cases)], **more}
    request_id = RequestId((await house.ask(body))["id"])
    await counted(house)
    view = await house.store.read(lambda snapshot: snapshot.view(request_id))
    return [] if view is None else [failure.triage.value for failure in view.tests.failures]


async def counted(house: House) -> int:
    count = 0
    while await house.desk.run(count_next):
        count += 1
    return count


async def test_a_failure_is_new_where_main_was_green_and_known_where_it_was_red(house: House) -> None:
    first = await asked(house, FAILED, ref="refs/heads/pay", commit="b0")
    await asked(house, PASSED, commit="c1")
    new = await asked(house, FAILED, ref="refs/heads/pay", commit="b1")
    await asked(house, FAILED, commit="c2")
    known = await asked(house, FAILED, ref="refs/heads/pay", commit="b2")

    assert [first, new, known] == [["unknown"], ["new"], ["known"]]


async def test_asked_twice_a_failure_on_main_does_not_excuse_itself(house: House) -> None:
    await asked(house, PASSED, commit="c1")

    once, twice = [await asked(house, FAILED, commit="c2") for _ in range(2)]

    assert once == twice == ["new"]


async def test_who_passed_and_failed_alike_at_one_commit_of_main_is_flaky_at_others(house: House) -> None:
    await asked(house, PASSED, commit="c1")
    at_that_commit = [await asked(house, FAILED, commit="c1") for _ in range(3)]

    assert at_that_commit == [["new"]] * 3
    assert await asked(house, FAILED, ref="refs/heads/pay", commit="b2") == ["flaky"]
    assert await asked(house, LOST, ref="refs/heads/pay", commit="b2") == ["new"]


async def test_failing_once_more_on_a_branch_excuses_nothing_of_a_flaky_test(house: House) -> None:
    await asked(house, PASSED, commit="c1")
    await asked(house, FAILED, commit="c1")
    await asked(house, PASSED, commit="c2")

    assert [await asked(house, LOST, ref="refs/heads/pay", commit=at) for at in ("b1", "b1", "b2")] == [["new"]] * 3


async def test_what_fails_in_another_way_than_on_main_is_new(house: House) -> None:
    await asked(house, FAILED, commit="c1")

    assert await asked(house, LOST, ref="refs/heads/pay", commit="b1") == ["new"]
    assert await asked(house, FAILED, ref="refs/heads/pay", commit="b1") == ["known"]


async def test_however_its_commit_is_spelt_a_failure_does_not_excuse_itself(house: House) -> None:
    sha = "abcdef1" + "0" * 33
    await asked(house, FAILED, commit=sha)

    assert [await asked(house, FAILED, commit=at) for at in (sha[:7], sha.upper(), sha)] == [["unknown"]] * 3


async def test_what_was_green_at_the_commit_that_is_asked_for_is_not_known(house: House) -> None:
    await asked(house, FAILED, commit="c1")
    await asked(house, PASSED, commit="c2")

    assert [await asked(house, FAILED, commit="c2") for _ in range(2)] == [["new"]] * 2


@pytest.mark.parametrize("elsewhere", [{"environment": "staging"}, {"repository": "acme/other"}, {"environment": None}])
async def test_what_ran_elsewhere_says_nothing(house: House, elsewhere: dict[str, Any]) -> None:
    await asked(house, PASSED, **elsewhere)

    assert await asked(house, FAILED, ref="refs/heads/pay") == ["unknown"]


async def test_another_source_writes_nothing_into_ours(house: House) -> None:
    body = {**MINIMAL, **PLACE, "ref": "refs/heads/main", "commit": "c0", "reports": [report(FAILED)]}
    async with house.client.post("/v1/requests", json=body, headers=OTHER_BEARER) as answer:
        assert answer.status == 201
    assert await counted(house) == 1

    assert await asked(house, FAILED, ref="refs/heads/pay") == ["unknown"]


async def test_the_same_call_counts_once(house: House) -> None:
    body = {**MINIMAL, **PLACE, "ref": "refs/heads/main", "commit": "c0", "reports": [report(PASSED)]}
    await house.ask(body, Idempotency_Key="k")
    await house.ask(body, status=200, Idempotency_Key="k")

    assert await counted(house) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"reports": [report(PASSED)], "repository": None},
        {"reports": [{"name": "api", "content": "<testsuite name='t'><testcase name='pays'/><testcase "}]},
        {"tests": {"total": 1, "failed": 1, "failures": [{"id": "t::pays"}]}},
        {"reports": [report('<testcase name="pays"><skipped/></testcase>')]},
        {},
    ],
    ids=["no repository", "incomplete", "counted by the caller", "skipped", "no tests"],
)
async def test_what_nothing_can_be_compared_with_is_not_counted(house: House, body: dict[str, object]) -> None:
    await house.ask({**MINIMAL, **PLACE, **body})

    assert await counted(house) == 0


async def test_what_is_refused_is_not_counted(house: House) -> None:
    body = {**MINIMAL, **PLACE, "reports": [report(PASSED)], "color": "red"}

    await house.ask(body, status=422)

    assert await counted(house) == 0


async def test_many_failures_are_looked_up_in_one_answer(house: House) -> None:
    cases = [f'<testcase name="t{number}"><failure message="no"/></testcase>' for number in range(1_500)]
    await asked(house, *(f'<testcase name="t{number}"/>' for number in range(1_500)))

    assert await asked(house, *cases, ref="refs/heads/pay", commit="b1") == ["new"] * 1_500
