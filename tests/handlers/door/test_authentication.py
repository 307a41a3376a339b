"""Who does not get in, and what everybody may see."""

from collections.abc import Mapping
from datetime import timedelta

import orjson
import pytest

from tests.factories import NOON
from tests.handlers.api.house import MINIMAL, OTHER_SECRET, TOKEN, House, sign, sign_bytes

pytestmark = pytest.mark.asyncio(loop_scope="module")

BODY = orjson.dumps(MINIMAL)
JSON = {"Content-Type": "application/json"}
SIGNED = sign(BODY, NOON)


def without(name: str) -> Mapping[str, str]:
    return {key: value for key, value in SIGNED.items() if key != name}


def with_(**fields: str) -> Mapping[str, str]:
    return SIGNED | {f"webhook-{name}": value for name, value in fields.items()}


REFUSED: Mapping[str, Mapping[str, str]] = {
    "nothing": {},
    "a wrong token": {"Authorization": "Bearer no"},
    "an empty token": {"Authorization": "Bearer "},
    "a token in the wrong scheme": {"Authorization": f"Basic {TOKEN}"},
    "a token without a scheme": {"Authorization": TOKEN},
    "the beginning of a token": {"Authorization": f"Bearer {TOKEN[:-1]}"},
    "a token with something behind": {"Authorization": f"Bearer {TOKEN}x"},
    "a token that is no text": {"Authorization": "Bearer \udcff"},
    "no id": without("webhook-id"),
    "no time": without("webhook-timestamp"),
    "no signature": without("webhook-signature"),
    "another id": with_(id="msg_2"),
    "an id that is no word": with_(id="msg 1"),
    "another time": with_(timestamp=str(int(NOON.timestamp()) + 1)),
    "a time with a fraction": with_(timestamp=str(NOON.timestamp())),
    "no time at all": with_(timestamp="now"),
    "not a number": with_(timestamp="nan"),
    "eternity": with_(timestamp="9" * 400),
    "arabic digits": with_(timestamp="١٧٧٢٦٢٥٦٠٠"),
    "an empty signature": with_(signature=""),
    "a signature without a version": with_(signature=SIGNED["webhook-signature"][3:]),
    "a version nobody knows": with_(signature="v2" + SIGNED["webhook-signature"][2:]),
    "a signature that is no base64": with_(signature="v1,%%%"),
    "a signature with many commas": with_(signature="v1,a,b,c"),
    "bytes for a signature": with_(signature="v1,\udcff"),
    "another secret": sign(BODY, NOON, secret=OTHER_SECRET),
    "another body": sign(BODY + b" ", NOON),
    "signed too long ago": sign(BODY, NOON - timedelta(minutes=5, seconds=1)),
    "signed too far ahead": sign(BODY, NOON + timedelta(minutes=5, seconds=1)),
    "a hundred wrong signatures before the right one": with_(signature="v1,no " * 100 + SIGNED["webhook-signature"]),
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_nobody_else_gets_in(shared_house: House, kind: str) -> None:
    answer = await shared_house.post(BODY, {**JSON, **REFUSED[kind]})

    assert answer.is_problem(401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert await shared_house.is_empty()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/requests"),
        ("GET", "/v1/requests/019a0000-0000-7000-8000-000000000001"),
        ("GET", "/v1/requests/not-an-id"),
        ("GET", "/v1/requests/019a0000-0000-7000-8000-000000000001/events"),
        ("POST", "/v1/requests/019a0000-0000-7000-8000-000000000001/cancel"),
    ],
)
async def test_every_call_about_requests_is_locked(shared_house: House, method: str, path: str) -> None:
    async with shared_house.client.request(method, path) as answer:
        assert answer.status == 401


async def test_who_is_not_known_learns_nothing_of_the_body(shared_house: House) -> None:
    answer = await shared_house.post(b"not JSON at all", {"Content-Type": "text/plain"})

    assert answer.is_problem(401)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"])
async def test_what_watches_or_describes_needs_no_token(shared_house: House, path: str) -> None:
    assert (await shared_house.get(path, headers={})).status == 200


async def test_a_signed_body_that_is_not_utf8_is_told_so(shared_house: House) -> None:
    body = b'{"title": "\xff"}'

    assert (await shared_house.post(body, {**JSON, **sign_bytes(body, NOON)})).is_problem(400)
