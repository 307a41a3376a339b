"""Whoever is no source, or does not prove it, changes nothing; whatever comes twice counts once."""

import hashlib
import hmac

import orjson
import pytest

from bot.store import verify_audit
from tests.fakes.github import SECRET, SHA, a_rule, a_run_that_ended, deliver, signed
from tests.handlers.api.house import BEARER, House
from tests.handlers.hooks.conftest import API_URL, VAULT

RULE = "deployment_protection_rule"
TESTS: dict[str, object] = {"tests": {"total": 3, "failed": 0, "failures": []}}


def a_body(**fields: object) -> bytes:
    return orjson.dumps(a_rule(API_URL, **fields))  # pyright: ignore[reportArgumentType] - any field by its name


async def post(house: House, body: bytes, headers: dict[str, str], source: str = "github") -> tuple[int, str]:
    answer = await house.post(body, headers, f"/hooks/{source}")
    assert answer.status < 300 or answer.is_problem(answer.status), answer.text
    return answer.status, answer.text


async def test_a_delivery_asks_with_everything_that_is_known(house: House) -> None:
    status, asked = await deliver(house.client, "/hooks/github", RULE, a_rule(API_URL))

    assert (status, asked["state"]) == (201, "pending")
    shown = (await house.get(f"/v1/requests/{asked['id']}", BEARER)).json
    assert (shown["title"], shown["action"], shown["environment"]) == (
        "Deploy payments to production",
        "deploy",
        "production",
    )
    assert (shown["repository"], shown["ref"], shown["lane"]) == ("acme/payments", "main", "acme/payments/production")
    assert shown["requester"]["github"] == "eve"
    assert [author["github"] for author in shown["authors"]] == ["ana"]
    assert [link["label"] for link in shown["links"]] == ["Run", "Commit 9fceb02d0ae5", "#12 Refund twice"]
    address = await house.store.read(lambda snapshot: snapshot.receivers.of(asked["id"]))
    assert address is not None
    assert address.matter == "acme/payments/runs/7001"
    assert VAULT.open("github", address.sealed)["installation"] == 42
    assert (await house.store.read(verify_audit)).ok


async def test_where_to_answer_is_nowhere_in_the_clear(house: House) -> None:
    await deliver(house.client, "/hooks/github", RULE, a_rule(API_URL, run=70010001))

    log = await house.store.read(lambda snapshot: b"".join(row.canonical for row in snapshot.audit()))
    assert b"installation" not in log
    assert b"address" in log


@pytest.mark.parametrize(
    "change",
    [
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": "sha256=" + "ü" * 64},
        {"X-Hub-Signature-256": "0" * 64},
        {"X-Hub-Signature-256": "sha1=" + hmac.new(SECRET.encode(), a_body(), hashlib.sha1).hexdigest()},
        {"X-Hub-Signature-256": "SHA256=" + hmac.new(SECRET.encode(), a_body(), hashlib.sha256).hexdigest()},
        {"X-Hub-Signature-256": "", "X-Hub-Signature": "sha1=" + "0" * 40},
        {"X-Hub-Signature-256": hmac.new(b"another secret", a_body(), hashlib.sha256).hexdigest()},
        {"X-Hub-Signature-256": "", "Authorization": BEARER["Authorization"]},
    ],
)
async def test_a_forged_delivery_is_refused_and_nothing_was_written(house: House, change: dict[str, str]) -> None:
    body = a_body()

    status, _ = await post(house, body, signed(RULE, body) | change)

    assert status == 401
    assert await house.is_empty()


async def test_a_changed_body_is_forged(house: House) -> None:
    body = a_body()

    status, _ = await post(house, body.replace(b"production", b"productiom"), signed(RULE, body))

    assert status == 401
    assert await house.is_empty()


@pytest.mark.parametrize("source", ["nobody", "ci", "GITHUB", "a%2Fb"])
async def test_who_delivers_no_webhooks_has_no_hook(house: House, source: str) -> None:
    body = a_body()

    status, _ = await post(house, body, signed(RULE, body), source)

    assert status == 404
    assert await house.is_empty()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"\xff\xfe{}", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b"[" * 100_000, 400),
        (a_body(deployment=None), 422),
        (a_body(repository={"full_name": "acme/..", "name": "x", "html_url": "https://x.test"}), 422),
        (
            a_body(
                deployment_callback_url="https://evil.test/repos/acme/payments/actions/runs/1/deployment_protection_rule"
            ),
            422,
        ),
        (
            a_body(
                deployment_callback_url=f"{API_URL}.evil.test/repos/acme/payments/actions/runs/1/deployment_protection_rule"
            ),
            422,
        ),
        (a_body(deployment_callback_url=f"{API_URL}/repos/acme/other/actions/runs/1/deployment_protection_rule"), 422),
        (a_body(deployment_callback_url=f"{API_URL}/repos/acme/payments/actions/runs/1/../../x"), 422),
        (a_body(environment="prod\x00"), 422),
        (a_body(environment="prod\u200buction"), 422),
        (a_body(environment=7), 422),
        (a_body(environment="x" * 2000), 422),
        (a_body(sender={"login": "a b"}), 422),
        (a_body(installation=None), 422),
    ],
)
async def test_what_can_not_be_read_is_refused_with_its_reason(house: House, body: bytes, status: int) -> None:
    assert (await post(house, body, signed(RULE, body)))[0] == status
    assert await house.is_empty()


async def test_a_form_is_refused_with_what_to_change(house: House) -> None:
    body = b"payload=%7B%7D"
    status, said = await post(house, body, signed(RULE, body) | {"Content-Type": "application/x-www-form-urlencoded"})

    assert status == 415
    assert "application/json" in said


async def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    body = b" " * (1024 * 1024 + 1)

    assert (await post(house, body, signed(RULE, body)))[0] == 413


async def test_the_same_question_is_asked_once_however_it_comes_again(house: House) -> None:
    _, first = await deliver(house.client, "/hooks/github", RULE, a_rule(API_URL))

    again = await deliver(house.client, "/hooks/github", RULE, a_rule(API_URL, pull_requests=[]), delivery="another")

    assert again == (200, first)


async def test_an_end_that_came_before_its_question_ends_nothing_and_a_later_one_does(house: House) -> None:
    end = a_run_that_ended()
    assert await deliver(house.client, "/hooks/github", "workflow_run", end) == (200, {"cancelled": []})
    _, asked = await deliver(house.client, "/hooks/github", RULE, a_rule(API_URL))
    other = a_run_that_ended(run=7002)
    assert await deliver(house.client, "/hooks/github", "workflow_run", other) == (200, {"cancelled": []})

    status, said = await deliver(house.client, "/hooks/github", "workflow_run", end)

    assert (status, [one["id"] for one in said["cancelled"]]) == (200, [asked["id"]])
    assert (await house.store.read(verify_audit)).ok


@pytest.mark.parametrize("event", ["push", "deployment_status", "star", "", "\u00e9"])
async def test_what_nobody_waits_for_is_taken_and_nothing_comes_of_it(house: House, event: str) -> None:
    status, said = await deliver(house.client, "/hooks/github", event, {"anything": 1})

    assert (status, list(said)) == (202, ["ignored"])
    assert await house.is_empty()


async def test_a_repository_that_the_policy_does_not_name_asks_nothing(house: House) -> None:
    mine, theirs = a_rule(API_URL), a_rule(API_URL)
    theirs["repository"] |= {"full_name": "acme.evil/payments"}
    end = a_run_that_ended()
    end["repository"] |= {"full_name": "stranger/payments"}

    for event, payload in ((RULE, theirs), ("workflow_run", end)):
        status, said = await deliver(house.client, "/hooks/github", event, payload)
        assert (status, "not one of ours" in said["ignored"]) == (202, True)
    assert await house.is_empty()
    assert (await deliver(house.client, "/hooks/github", RULE, mine))[0] == 201


async def test_no_caller_takes_the_key_of_what_a_webhook_asks(house: House) -> None:
    await house.ask(Idempotency_Key="deployment:9001")

    status, asked = await deliver(house.client, "/hooks/github", RULE, a_rule(API_URL))

    assert (status, asked["number"]) == (201, 2)


async def test_a_look_at_a_hook_proves_nothing(house: House) -> None:
    assert (await house.get("/hooks/github")).status == 401


@pytest.mark.parametrize("change", [{"commit": "0" * 40}, {"ref": "harmless"}, {"parameters": {"event": "other"}}])
async def test_what_waits_there_can_not_become_another_commit_by_a_revision(
    house: House, change: dict[str, object]
) -> None:
    _, asked = await deliver(house.client, "/hooks/github", RULE, a_rule(API_URL))
    path = f"/v1/requests/{asked['id']}/evidence"

    async with house.client.put(path, json=TESTS | change, headers=BEARER) as answer:
        refused = answer.status, (await answer.json(content_type=None))["detail"]
    async with house.client.put(path, json=TESTS | {"reason": "the tests passed"}, headers=BEARER) as answer:
        said = await answer.json(content_type=None)

    assert refused[0] == 409, refused
    assert next(iter(change)) in refused[1]
    assert (answer.status, said["commit"]) == (200, SHA), said
    assert (await house.store.read(verify_audit)).ok
