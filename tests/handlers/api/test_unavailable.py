"""A house that can't answer just now: no 500, no yes, and the truth about whether asking again is safe."""

from collections.abc import Mapping

import orjson
import psycopg
import pytest

from bot.store import CommitUnknown
from tests.factories import NOON
from tests.handlers.api.house import BEARER, MINIMAL, Clock, House, open_house, sign

BODY = orjson.dumps(MINIMAL)
JSON = {**BEARER, "Content-Type": "application/json"}
ONCE: Mapping[str, Mapping[str, str]] = {
    "an Idempotency-Key": {**JSON, "Idempotency-Key": "k"},
    "a signature": {"Content-Type": "application/json", **sign(BODY, NOON)},
}


def break_after_commit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lose the connection at the worst moment: the commit has happened, and nobody hears of it."""
    link = house.store._tools.link  # pyright: ignore[reportPrivateUsage] - to break the connection at the worst moment
    commit = link.commit

    def commit_and_break() -> None:
        commit()
        raise CommitUnknown("the database connection broke during a commit")

    monkeypatch.setattr(link, "commit", commit_and_break)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/requests"),
        ("GET", "/v1/requests"),
        ("GET", "/v1/requests/019a0000-0000-7000-8000-000000000001"),
        ("GET", "/v1/requests/019a0000-0000-7000-8000-000000000001/events"),
        ("POST", "/v1/requests/019a0000-0000-7000-8000-000000000001/cancel"),
        ("GET", "/metrics"),
    ],
)
async def test_a_closed_store_is_a_503_and_the_same_call_may_come_again(house: House, method: str, path: str) -> None:
    await house.store.close()

    answer = await (
        house.post(BODY if path.endswith("requests") else b"{}", JSON, path) if method == "POST" else house.get(path)
    )

    assert answer.is_problem(503)
    assert int(answer.headers["Retry-After"]) > 0
    assert "Nothing was written" in answer.json["detail"]


async def test_a_closed_store_keeps_nobody_from_seeing_that_the_process_lives(house: House) -> None:
    await house.store.close()

    assert (await house.get("/healthz", {})).status == 200


@pytest.mark.parametrize("kind", ONCE)
async def test_an_ask_whose_end_is_unknown_may_come_again_when_it_counts_once(
    house: House, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        break_after_commit(house, patch)
        lost = await house.post(BODY, ONCE[kind])
    again = await house.post(BODY, ONCE[kind])

    assert lost.is_problem(503)
    assert "Retry-After" in lost.headers
    assert again.status == 200
    assert [item["id"] for item in (await house.get("/v1/requests")).json["items"]] == [again.json["id"]]


@pytest.mark.parametrize("more", [{}, {"webhook-id": "msg_1"}])
async def test_an_ask_without_a_key_whose_end_is_unknown_is_told_to_look_first(
    house: House, more: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_after_commit(house, monkeypatch)

    answer = await house.post(BODY, {**JSON, **more})

    assert answer.is_problem(503)
    assert "Retry-After" not in answer.headers
    assert "Look first" in answer.json["detail"]


async def test_a_cancellation_whose_end_is_unknown_may_come_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await house.ask()
    path = f"/v1/requests/{asked['id']}/cancel"
    with monkeypatch.context() as patch:
        break_after_commit(house, patch)
        lost = await house.post(b"{}", JSON, path)

    assert lost.is_problem(503)
    assert "Retry-After" in lost.headers
    assert (await house.post(b"{}", JSON, path)).is_problem(409)
    assert (await house.get(f"/v1/requests/{asked['id']}")).json["state"] == "cancelled"


@pytest.mark.postgres
async def test_a_database_that_drops_every_connection_costs_no_500_and_nothing_is_lost(postgres_url: str) -> None:
    async with open_house(f"{postgres_url}&application_name=house", Clock()) as house:
        asked = await house.ask()
        await house.get("/v1/requests")
        _drop_every_connection(postgres_url)

        answers = [await house.post(BODY, {**JSON, "Idempotency-Key": "k"})]
        answers += [await house.get(f"/v1/requests/{asked['id']}") for _ in range(10)]

        assert {answer.status for answer in answers} <= {200, 201, 503}
        assert all(answer.is_problem(503) for answer in answers if answer.status == 503)
        assert (await house.post(BODY, {**JSON, "Idempotency-Key": "k"})).status in {200, 201}
        assert answers[-1].json == asked
        assert len((await house.get("/v1/requests")).json["items"]) == 2


def _drop_every_connection(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'house'"
        )
