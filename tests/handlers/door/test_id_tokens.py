"""ID tokens at the door: who gets in with one, what that is worth, and everybody who does not."""

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from prometheus_client import CollectorRegistry, generate_latest

from bot.copies import Copies
from bot.core.judging.keyless import Keyless
from bot.core.judging.policy import Policy
from bot.core.judging.source import Source
from bot.oidc import Issuers, Outside
from handlers.api import Meters
from tests.factories import NOON
from tests.fakes.issuer import AUDIENCE, CLAIMS, Issuer, ec_key, encoded, open_issuer, public_jwk, signed
from tests.handlers.api.house import BEARER, MINIMAL, SECRET, Clock, House, a_policy, open_house, sign

BODY = orjson.dumps(MINIMAL)
JSON = {"Content-Type": "application/json"}
ACME: Mapping[str, tuple[str, ...]] = {"repository": ("acme/*",), "repository_owner_id": ("1234567",)}


@pytest.fixture
async def issuer() -> AsyncGenerator[Issuer]:
    async with open_issuer() as opened:
        yield opened


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def house(tmp_path: Path, clock: Clock, issuer: Issuer, registry: CollectorRegistry) -> AsyncGenerator[House]:
    async with Outside() as outside:
        issuers = Issuers(outside, clock, Copies(None))
        url, meters = f"sqlite:///{tmp_path}/jit.db", Meters(registry)
        async with open_house(url, clock, issuers=issuers, meters=meters) as house:
            house.policy = with_sources(house, keyless=a_source(issuer))
            yield house
            await issuers.close()


def a_source(issuer: Issuer, name: str = "keyless", **fields: Any) -> Source:  # noqa: ANN401 - any field by its name
    known: dict[str, Any] = {
        "issuer": issuer.url,
        "audience": AUDIENCE,
        "claims": ACME,
        "hosts": frozenset({"127.0.0.1"}),
    }
    return Source(name=name, keyless=Keyless(**(known | fields)))


def with_sources(house: House, **sources: Source) -> Policy:
    return replace(house.policy, sources={**a_policy().sources, **sources})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def ask(house: House, token: str, **fields: object) -> Any:  # noqa: ANN401 - an answer
    return await house.post(orjson.dumps({**MINIMAL, **fields}), {**JSON, **bearer(token)})


async def test_a_job_gets_in_with_the_token_of_its_ci_and_what_it_proved_is_written_down(
    house: House, issuer: Issuer
) -> None:
    asked = await ask(house, issuer.token(NOON))

    assert asked.status == 201, asked.text
    told = asked.json
    assert (told["source"], told["repository"], told["ref"]) == ("keyless", "acme/payments", "refs/heads/main")
    assert told["commit"] == CLAIMS["sha"]
    assert told["proof"]["issuer"] == issuer.url
    assert told["proof"]["claims"]["actor"] == "ana"
    assert told["proof"]["bound"] == ["commit", "ref", "repository"]
    entry = (await house.store.read(lambda s: s.events(told["id"], 0)))[0].entry
    assert entry["actor"]["key"] == "oidc:one"
    assert entry["detail"]["proof"]["claims"]["run_id"] == "77"


async def test_a_job_waits_and_takes_back_with_the_same_token(house: House, issuer: Issuer) -> None:
    token = issuer.token(NOON)
    asked = (await ask(house, token)).json
    path = f"/v1/requests/{asked['id']}"

    assert (await house.get(path, bearer(token))).json["id"] == asked["id"]
    assert (await house.get(f"{path}/events", bearer(token))).status == 200
    assert [one["id"] for one in (await house.get("/v1/requests", bearer(token))).json["items"]] == [asked["id"]]
    assert (await house.post(b"{}", {**JSON, **bearer(token)}, f"{path}/cancel")).json["state"] == "cancelled"
    assert issuer.asked == 1


@pytest.mark.parametrize("field", ["repository", "ref", "commit", "environment"])
async def test_asking_for_something_else_than_is_proven_is_a_403_and_is_in_the_log(
    house: House, issuer: Issuer, field: str
) -> None:
    token = issuer.token(NOON, environment="staging")

    answer = await ask(house, token, **{field: "something-else"})

    assert answer.is_problem(403)
    assert answer.json["type"].endswith(":unproven")
    assert f"{field} is" in answer.json["detail"]
    head = await house.store.read(lambda s: s.head())
    assert head.seq == 1


async def test_each_repository_has_idempotency_keys_of_its_own(house: House, issuer: Issuer) -> None:
    headers = {**JSON, "Idempotency-Key": "deploy-1"}
    first = await house.post(BODY, {**headers, **bearer(issuer.token(NOON))})
    again = await house.post(BODY, {**headers, **bearer(issuer.token(NOON, run_id="78"))})
    other = await house.post(BODY, {**headers, **bearer(issuer.token(NOON, repository="acme/other"))})

    assert (first.status, again.status, other.status) == (201, 200, 201)
    assert other.json["id"] != first.json["id"]


async def test_a_job_of_another_repository_sees_nothing_of_it(house: House, issuer: Issuer) -> None:
    asked = (await ask(house, issuer.token(NOON))).json
    path, other = f"/v1/requests/{asked['id']}", bearer(issuer.token(NOON, repository="acme/other"))

    for answer in (
        await house.get(path, other),
        await house.get(f"{path}/events", other),
        await house.post(b"{}", {**JSON, **other}, f"{path}/cancel"),
        await house.post(b'{"text": "so that"}', {**JSON, **other}, f"{path}/answer"),
    ):
        assert answer.is_problem(404)
    assert (await house.get("/v1/requests", other)).json["items"] == []
    assert (await house.get(path, bearer(issuer.token(NOON)))).json["state"] == "pending"


REFUSED: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "another audience": ({"aud": "https://elsewhere.test"}, "another audience"),
    "two audiences": ({"aud": [AUDIENCE, "https://elsewhere.test"]}, "another audience"),
    "no audience": ({"aud": None}, "another audience"),
    "another owner": ({"repository_owner_id": "666"}, "what it claims is not what the policy asks"),
    "another repository": ({"repository": "evil/payments"}, "what it claims is not what the policy asks"),
    "a repository by its end": ({"repository": "evil/acme/payments"}, "what it claims is not what"),
    "a claim that is missing": ({"repository": None}, "what it claims is not what the policy asks"),
    "a claim that is a list": ({"repository": ["acme/payments"]}, "what it claims is not what the policy asks"),
    "no subject": ({"sub": None}, "no sub"),
    "good for a year": ({"exp": int(NOON.timestamp()) + 365 * 86400}, "max_lifetime"),
    "expired": ({"iat": int(NOON.timestamp()) - 600, "exp": int(NOON.timestamp()) - 300}, "expired"),
    "from the future": ({"iat": int(NOON.timestamp()) + 600, "exp": int(NOON.timestamp()) + 900}, "future"),
    "not yet": ({"nbf": int(NOON.timestamp()) + 600}, "future"),
    "no end": ({"exp": None}, "exp is no moment"),
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_a_real_token_that_is_not_for_us_is_told_why(house: House, issuer: Issuer, kind: str) -> None:
    claims, why = REFUSED[kind]

    answer = await ask(house, issuer.token(NOON, **claims))

    assert answer.is_problem(401)
    assert why in answer.json["detail"]
    assert "1234567" not in answer.text
    assert "invalid_token" in answer.headers["WWW-Authenticate"]
    assert await house.is_empty()


def public_bytes() -> bytes:
    return ec_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signing(issuer: Issuer, key: Any = None, **head: object) -> str:  # noqa: ANN401 - any kind of key
    return signed(key or ec_key(), {"alg": "ES256", "kid": "one", **head}, issuer.claims(NOON))


def claiming(issuer: Issuer, more: bytes) -> str:
    """A token of the right key, with *more* at the end of its claims."""
    return signed(ec_key(), {"alg": "ES256", "kid": "one"}, orjson.dumps(issuer.claims(NOON))[:-1] + more + b"}")


FORGED: Mapping[str, Callable[[Issuer], str]] = {
    "none": lambda issuer: f"{signing(issuer, alg='none').rpartition('.')[0]}.",
    "a public key as a secret": lambda issuer: signing(issuer, public_bytes(), alg="HS256"),
    "a key of its own": lambda issuer: signing(issuer, ec_key(1)),
    "a key in its head": lambda issuer: signing(issuer, ec_key(1), jwk=public_jwk(ec_key(1), "one")),
    "an address of keys": lambda issuer: signing(issuer, ec_key(1), jku=f"{issuer.url}/evil", x5u=f"{issuer.url}/evil"),
    "a kid that is a path": lambda issuer: signing(issuer, kid="../../one"),
    "a kid that is SQL": lambda issuer: signing(issuer, kid="' OR 1=1 --"),
    "another issuer": lambda issuer: issuer.token(NOON, iss=f"{issuer.url}/"),
    "a huge one": lambda issuer: issuer.token(NOON, x="x" * 9000),
    "claims twice": lambda issuer: claiming(issuer, b',"repository":"acme/payments"'),
    "depth": lambda issuer: claiming(issuer, b',"x":' + b"[" * 500 + b"]" * 500),
    "nothing in it": lambda _: f"{encoded(b'{}')}.{encoded(b'{}')}.",
}


@pytest.mark.parametrize("kind", FORGED)
async def test_a_forged_token_is_nobodys_and_is_told_nothing(house: House, issuer: Issuer, kind: str) -> None:
    answer = await ask(house, FORGED[kind](issuer))

    assert answer.status in {400, 401, 431}, answer.text
    assert AUDIENCE not in answer.text
    assert await house.is_empty()


async def test_a_token_in_the_address_or_beside_another_proof_is_none(house: House, issuer: Issuer) -> None:
    token = issuer.token(NOON)
    await ask(house, token)

    assert (await house.get(f"/v1/requests?access_token={token}", {})).is_problem(401)
    assert (await house.get("/v1/requests", {"X-Token": token})).is_problem(401)
    two = [("Authorization", f"Bearer {token}"), ("Authorization", BEARER["Authorization"])]
    async with house.client.get("/v1/requests", headers=two) as answer:
        assert answer.status == 401


async def test_a_token_that_two_sources_take_is_nobodys(house: House, issuer: Issuer) -> None:
    twin = a_source(issuer, "twin", claims={"repository": ("acme/payments",)})
    house.policy = with_sources(house, keyless=a_source(issuer), twin=twin)

    assert "taken by 2 sources" in (await ask(house, issuer.token(NOON))).json["detail"]
    assert (await ask(house, issuer.token(NOON, repository="acme/web"))).json["source"] == "keyless"


async def test_several_sources_of_an_issuer_are_told_apart_by_audience_and_claims(house: House, issuer: Issuer) -> None:
    other = a_source(issuer, "other", claims={"repository": ("acme/web",)}, audience="https://other.test")
    house.policy = with_sources(house, keyless=a_source(issuer), other=other)

    answer = await ask(house, issuer.token(NOON, aud="https://other.test", repository="acme/web"))

    assert answer.json["source"] == "other"


async def test_a_source_that_is_gone_or_narrower_takes_nobody(house: House, issuer: Issuer) -> None:
    token = issuer.token(NOON)
    assert (await ask(house, token)).status == 201
    house.policy = with_sources(house, keyless=a_source(issuer, claims={"repository": ("acme/web",)}))
    narrower = await ask(house, token)
    house.policy = with_sources(house)

    assert narrower.is_problem(401)
    assert (await ask(house, token)).is_problem(401)


async def test_a_wait_ends_when_the_source_is_gone(house: House, issuer: Issuer, clock: Clock) -> None:
    asked, token = (await ask(house, issuer.token(NOON))).json, bearer(issuer.token(NOON))
    path = f"/v1/requests/{asked['id']}?wait=0.2"

    assert (await house.get(path, token)).status == 200
    clock.forward(timedelta(seconds=359))
    assert (await house.get(path, token)).status == 200
    clock.forward(timedelta(seconds=1))
    assert (await house.get(path, token)).is_problem(401)


async def test_while_the_issuer_is_away_its_known_keys_are_good_and_others_come_later(
    house: House, issuer: Issuer, clock: Clock
) -> None:
    await ask(house, issuer.token(NOON))
    issuer.status = 500
    clock.forward(timedelta(minutes=3))

    assert (await ask(house, issuer.token(clock.now))).status == 201
    unknown = await ask(house, signed(ec_key(1), {"alg": "ES256", "kid": "two"}, issuer.claims(clock.now)))
    assert unknown.is_problem(503)
    assert 1 <= int(unknown.headers["Retry-After"]) <= 60


async def test_a_token_of_an_issuer_nobody_named_costs_no_look_and_a_signature_still_counts(
    house: House, issuer: Issuer
) -> None:
    stranger = signed(ec_key(), {"alg": "ES256", "kid": "one"}, issuer.claims(NOON, iss="https://evil.test"))
    headers = {**JSON, **sign(BODY, NOON, secret=SECRET), **bearer(stranger)}

    assert (await ask(house, stranger)).is_problem(401)
    assert (await house.post(BODY, headers)).json["source"] == "ci"
    assert issuer.asked == 0


async def test_a_secret_of_a_source_that_looks_like_a_token_is_its_secret(house: House, issuer: Issuer) -> None:
    assert (await house.post(BODY, {**JSON, **BEARER})).json["source"] == "ci"
    assert issuer.asked == 0


async def test_which_secret_a_source_came_with_is_counted_and_written_down(
    house: House, issuer: Issuer, registry: CollectorRegistry
) -> None:
    await ask(house, issuer.token(NOON))
    asked = await house.ask()

    told = generate_latest(registry).decode()
    assert 'jit_source_key_used_timestamp_seconds{key="oidc",source="keyless"}' in told
    assert 'jit_source_key_used_timestamp_seconds{key="CI_TOKEN",source="ci"}' in told
    entry = (await house.store.read(lambda s: s.events(asked["id"], 0)))[0].entry
    assert entry["actor"]["key"] == "CI_TOKEN"


async def test_new_evidence_is_for_the_commit_that_its_own_token_proves(house: House, issuer: Issuer) -> None:
    asked = (await ask(house, issuer.token(NOON))).json
    path, again = f"/v1/requests/{asked['id']}/evidence", bearer(issuer.token(NOON, sha="abc"))

    async def bring(headers: Mapping[str, str], **fields: object) -> tuple[int, Any]:
        body = {"tests": {"total": 1, "failed": 1}, **fields}
        async with house.client.put(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    assert (await bring(again, commit="def"))[0] == 403
    assert (await bring(bearer(issuer.token(NOON, repository="acme/other"))))[0] == 404
    status, revised = await bring(again)
    assert (status, revised["revision"], revised["commit"]) == (200, 2, "abc")
    assert revised["proof"]["claims"]["sha"] == "abc"


async def test_a_job_ends_nothing_of_another_repository_whatever_lane_it_names(house: House, issuer: Issuer) -> None:
    default = replace(house.policy.default, supersede_lane=True)
    house.policy = replace(house.policy, default=default)
    asked = (await ask(house, issuer.token(NOON), lane="payments")).json
    await ask(house, issuer.token(NOON, repository="acme/evil"), lane="payments")
    path = f"/v1/requests/{asked['id']}"

    assert (await house.get(path, bearer(issuer.token(NOON)))).json["state"] == "pending"
    await ask(house, issuer.token(NOON, sha="abc"), lane="payments")
    assert (await house.get(path, bearer(issuer.token(NOON)))).json["state"] == "superseded"
