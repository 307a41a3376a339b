"""Keys of issuers: cached, renewed, rotated, safe from whoever invents names, and good while the issuer is away."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.copies import Copies
from bot.core.judging.keyless import Keyless
from bot.oidc import Issuers, IssuersDown, KeyUnknown, Outside
from bot.oidc.issuers import AGAIN_AFTER, GOOD_FOR, LONGEST, SHORTEST
from tests.fakes.issuer import AUDIENCE, Issuer, ec_key, open_issuer, public_jwk
from tests.handlers.api.house import Clock


@pytest.fixture
async def issuer() -> AsyncGenerator[Issuer]:
    async with open_issuer() as opened:
        yield opened


@pytest.fixture
async def outside() -> AsyncGenerator[Outside]:
    async with Outside() as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


def keyless(issuer: Issuer, hosts: frozenset[str] = frozenset({"127.0.0.1"}), jwks_uri: str | None = None) -> Keyless:
    return Keyless(issuer=issuer.url, audience=AUDIENCE, claims={"sub": ("a",)}, hosts=hosts, jwks_uri=jwks_uri)


def an_issuers(outside: Outside, clock: Clock, folder: Path | None = None) -> Issuers:
    return Issuers(outside, clock, Copies(folder, "jwks"))


async def test_a_key_that_is_known_costs_no_reading(issuer: Issuer, outside: Outside, clock: Clock) -> None:
    issuers = an_issuers(outside, clock)

    found = await asyncio.gather(*(issuers.find(keyless(issuer), "one") for _ in range(20)))
    clock.forward(timedelta(hours=1))
    await issuers.find(keyless(issuer), "one")

    assert len({id(key) for key in found}) == 1
    assert issuer.asked == 1


async def test_keys_are_renewed_before_they_are_old_and_not_before(
    issuer: Issuer, outside: Outside, clock: Clock
) -> None:
    issuer.headers = {"Cache-Control": "public, max-age=1800"}
    issuers = an_issuers(outside, clock)
    await issuers.refresh([keyless(issuer), keyless(issuer)])

    clock.forward(timedelta(minutes=23))
    await issuers.refresh([keyless(issuer)])
    early = issuer.asked
    clock.forward(timedelta(minutes=1))
    await issuers.refresh([keyless(issuer)])

    assert (early, issuer.asked) == (1, 2)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("max-age=0", SHORTEST),
        ("no-store", timedelta(hours=1)),
        ("max-age=99999999", LONGEST),
        ("x", timedelta(hours=1)),
    ],
)
async def test_what_an_issuer_says_of_its_keys_is_heeded_within_bounds(
    issuer: Issuer, outside: Outside, clock: Clock, told: str, kept: timedelta
) -> None:
    issuer.headers = {"Cache-Control": told}
    issuers = an_issuers(outside, clock)
    await issuers.refresh([keyless(issuer)])

    clock.forward(kept * 0.8 - timedelta(seconds=1))
    await issuers.refresh([keyless(issuer)])
    early = issuer.asked
    clock.forward(timedelta(seconds=1))
    await issuers.refresh([keyless(issuer)])

    assert (early, issuer.asked) == (1, 2)


async def test_a_new_key_is_found_at_once_and_an_old_one_goes_with_the_next_reading(
    issuer: Issuer, outside: Outside, clock: Clock
) -> None:
    issuers = an_issuers(outside, clock)
    await issuers.find(keyless(issuer), "one")
    issuer.keys = [public_jwk(ec_key(1), "two")]
    clock.forward(AGAIN_AFTER)

    await issuers.find(keyless(issuer), "two")

    clock.forward(AGAIN_AFTER)
    with pytest.raises(KeyUnknown):
        await issuers.find(keyless(issuer), "one")


async def test_whoever_invents_names_of_keys_makes_the_issuer_be_asked_once_a_minute(
    issuer: Issuer, outside: Outside, clock: Clock
) -> None:
    issuers = an_issuers(outside, clock)
    await issuers.find(keyless(issuer), "one")
    clock.forward(AGAIN_AFTER)

    async def invent(number: int) -> type[Exception]:
        try:
            await issuers.find(keyless(issuer), f"invented {number}")
        except (KeyUnknown, IssuersDown) as error:
            return type(error)
        raise AssertionError(number)

    at_once = await asyncio.gather(*map(invent, range(50)))
    later = [await invent(number) for number in range(50)]

    assert issuer.asked == 2
    assert set(at_once) == {KeyUnknown}
    assert set(later) == {IssuersDown}
    assert await issuers.find(keyless(issuer), "one")


async def test_a_storm_does_not_keep_a_new_key_away_for_longer_than_a_minute(
    issuer: Issuer, outside: Outside, clock: Clock
) -> None:
    issuers = an_issuers(outside, clock)
    with pytest.raises(KeyUnknown):
        await issuers.find(keyless(issuer), "invented")
    issuer.keys.append(public_jwk(ec_key(1), "two"))

    with pytest.raises(IssuersDown) as caught:
        await issuers.find(keyless(issuer), "two")

    clock.forward(caught.value.retry_after)
    assert await issuers.find(keyless(issuer), "two")


async def test_known_keys_are_good_for_a_day_while_the_issuer_is_down(
    issuer: Issuer, outside: Outside, clock: Clock
) -> None:
    issuers = an_issuers(outside, clock)
    await issuers.find(keyless(issuer), "one")
    issuer.status = 500

    clock.forward(GOOD_FOR)
    await issuers.refresh([keyless(issuer)])
    assert await issuers.find(keyless(issuer), "one")
    assert "status 500" in str(issuers.describe(issuer.url)[2])

    clock.forward(timedelta(seconds=61))
    with pytest.raises(IssuersDown, match="status 500"):
        await issuers.find(keyless(issuer), "one")


async def test_a_restart_while_the_issuer_is_down_goes_on_with_the_keys_it_had(
    issuer: Issuer, outside: Outside, clock: Clock, tmp_path: Path
) -> None:
    await an_issuers(outside, clock, tmp_path).find(keyless(issuer), "one")
    issuer.status = 503
    clock.forward(timedelta(hours=23))
    again = an_issuers(outside, clock, tmp_path)

    await again.refresh([keyless(issuer)])

    assert await again.find(keyless(issuer), "one")
    clock.forward(timedelta(hours=2))
    with pytest.raises(IssuersDown):
        await an_issuers(outside, clock, tmp_path).find(keyless(issuer), "one")


async def test_copies_can_be_read_by_nobody_else_and_changed_ones_are_none(
    issuer: Issuer, outside: Outside, clock: Clock, tmp_path: Path
) -> None:
    await an_issuers(outside, clock, tmp_path).find(keyless(issuer), "one")
    (copy,) = await asyncio.to_thread(lambda: list(tmp_path.glob("*.jwks")))
    issuer.status = 503

    assert copy.stat().st_mode & 0o077 == 0
    copy.write_bytes(copy.read_bytes().replace(b'"one"', b'"two"'))
    with pytest.raises(IssuersDown):
        await an_issuers(outside, clock, tmp_path).find(keyless(issuer), "two")


async def test_a_first_reading_that_fails_is_not_tried_for_every_call(
    issuer: Issuer, outside: Outside, clock: Clock
) -> None:
    issuer.status = 500
    issuers = an_issuers(outside, clock)
    for _ in range(5):
        with pytest.raises(IssuersDown):
            await issuers.find(keyless(issuer), "one")

    issuer.status = 200
    clock.forward(AGAIN_AFTER)
    assert await issuers.find(keyless(issuer), "one")


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (302, b"{}", "status 302"),
        (200, b"x" * 300_000, "larger than"),
        (200, b"[]", "no object"),
        (200, b"<", "no JSON"),
    ],
)
async def test_what_is_no_set_of_keys_leaves_the_old_ones(  # noqa: PLR0917 - fixtures, and a table
    issuer: Issuer, outside: Outside, clock: Clock, status: int, body: bytes, why: str
) -> None:
    issuers = an_issuers(outside, clock)
    await issuers.find(keyless(issuer), "one")
    issuer.status, issuer.body = status, body
    clock.forward(timedelta(hours=2))

    await issuers.refresh([keyless(issuer)])

    assert why in str(issuers.describe(issuer.url)[2])
    assert await issuers.find(keyless(issuer), "one")


async def test_a_document_of_another_issuer_leads_nowhere(issuer: Issuer, outside: Outside, clock: Clock) -> None:
    issuer.says_issuer = f"{issuer.url}/"

    with pytest.raises(IssuersDown, match="names another issuer"):
        await an_issuers(outside, clock).find(keyless(issuer), "one")


@pytest.mark.parametrize("uri", ["http://keys.acme.test/", "file:///etc/passwd", "https://a:b@keys.acme.test/", "keys"])
async def test_keys_are_read_over_https_wherever_the_issuer_says_they_are(
    issuer: Issuer, outside: Outside, clock: Clock, uri: str
) -> None:
    issuer.says_jwks = uri
    source = keyless(issuer, frozenset({"127.0.0.1", "keys.acme.test"}))

    with pytest.raises(IssuersDown, match="https"):
        await an_issuers(outside, clock).find(source, "one")


async def test_an_issuer_inside_the_network_is_asked_only_if_the_policy_names_it(
    issuer: Issuer, outside: Outside, clock: Clock
) -> None:
    issuer.says_jwks = "https://127.0.0.2:1/keys"

    with pytest.raises(IssuersDown, match="inside the network: name its host"):
        await an_issuers(outside, clock).find(keyless(issuer), "one")
    with pytest.raises(IssuersDown, match="https address that can be asked"):
        await an_issuers(outside, clock).find(keyless(issuer, frozenset()), "one")


async def test_a_policy_can_say_where_the_keys_are(issuer: Issuer, outside: Outside, clock: Clock) -> None:
    issuer.says_issuer = "https://somebody.else"

    assert await an_issuers(outside, clock).find(keyless(issuer, jwks_uri=f"{issuer.url}/keys"), "one")


async def test_whoever_leaves_stops_nobody_else_from_getting_the_keys(
    issuer: Issuer, outside: Outside, clock: Clock
) -> None:
    issuers = an_issuers(outside, clock)
    leaving = asyncio.create_task(issuers.find(keyless(issuer), "one"))
    staying = asyncio.create_task(issuers.find(keyless(issuer), "one"))
    await asyncio.sleep(0)
    leaving.cancel()

    assert await staying
    await issuers.close()
