"""What machines watch: alive, ready, and the numbers."""

import asyncio
from collections.abc import Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

from handlers.api import Health
from handlers.api import health as health_calls
from tests.handlers.api.house import BEARER, MINIMAL, House, healthy

JSON = {**BEARER, "Content-Type": "application/json"}


async def unwell() -> Health:
    return Health(ok=False, detail="socket is down")


async def broken() -> Health:
    raise OSError("connection to postgresql://jit:hunter2@db refused")


async def silent() -> Health:
    await asyncio.Event().wait()
    raise AssertionError


async def test_a_house_with_everything_is_ready(house: House) -> None:
    house.probes.update(database=healthy, slack=healthy)

    answer = await house.get("/readyz", {})

    assert answer.status == 200
    assert answer.json == {
        "status": "ready",
        "checks": {"database": {"ok": True, "detail": "fine"}, "slack": {"ok": True, "detail": "fine"}},
    }


@pytest.mark.parametrize(
    ("probe", "detail"), [(unwell, "socket is down"), (broken, "OSError"), (silent, "no answer within 0.05 s")]
)
async def test_a_house_that_lacks_something_says_what_and_no_more(
    house: House, probe: object, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health_calls, "PROBE_SECONDS", 0.05)
    house.probes.update(database=healthy, slack=probe)

    answer = await house.get("/readyz", {})

    assert answer.status == 503
    assert answer.json == {
        "status": "not ready",
        "checks": {"database": {"ok": True, "detail": "fine"}, "slack": {"ok": False, "detail": detail}},
    }
    assert "hunter2" not in answer.text


async def test_a_house_that_is_not_ready_lives_and_is_ready_again_later(house: House) -> None:
    house.probes.update(slack=unwell)
    assert (await house.get("/readyz", {})).status == 503
    assert (await house.get("/healthz", {})).json == {"status": "alive", "version": "1.2.3"}

    house.probes.update(slack=healthy)

    assert (await house.get("/readyz", {})).status == 200


async def numbers(house: House) -> Mapping[tuple[str, ...], float]:
    """Return every sample by its name and the values of its labels, in the order of their names."""
    answer = await house.get("/metrics", {})
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_the_numbers_move_with_what_happens(house: House) -> None:
    before = await numbers(house)
    asked = await house.ask()
    await house.ask({**MINIMAL, "environment": "staging"})
    await house.get(f"/v1/requests/{asked['id']}")
    after = await numbers(house)

    assert after["jit_requests_submitted_total", "require_approval", "ci"] == 1
    assert after["jit_requests_submitted_total", "auto_approve", "ci"] == 1
    assert after["jit_http_requests_total", "POST", "/v1/requests", "201"] == 2
    assert after["jit_http_requests_total", "GET", "/v1/requests/{id}", "200"] == 1
    assert after["jit_http_seconds_count", "/v1/requests/{id}"] == 1
    assert after["jit_audit_seq",] - before["jit_audit_seq",] == 3
    assert after["jit_outbox_due",] > before["jit_outbox_due",] == 0
    assert after["jit_outbox_dead",] == 0


async def test_nobody_can_make_numbers_without_end(house: House) -> None:
    for path in ("/a", "/b", "/v1/requests/x", "/v1/requests/y"):
        await house.get(path)
    for method in ("PROPFIND", "MKCOL"):
        async with house.client.request(method, "/a"):
            pass

    made = {key[1:] for key in await numbers(house) if key[0] == "jit_http_requests_total"}

    assert made == {("GET", "none", "404"), ("other", "none", "404"), ("GET", "/v1/requests/{id}", "404")}
