"""Installing the app and signing in to it: what the pages ask, where they lead, and what a code is worth."""

import base64
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from slack_sdk.oauth import AuthorizeUrlGenerator, OpenIDConnectAuthorizeUrlGenerator

from bot.sandbox import Workspace
from bot.sandbox.grants import is_registered
from tests.fakes.slack import CONFIG, Api, api_of, running_workspace
from tests.sandbox.watch import Watch

Json = dict[str, Any]

# The SDK's own client still names the app in a way that aiohttp would have otherwise.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

BACK = "http://127.0.0.1:1/slack/oauth_redirect"
SIGN_IN = {"scope": "openid email", "response_type": "code", "nonce": "n-1"}
CLIENT = {"client_id": CONFIG.client_id, "client_secret": CONFIG.client_secret}


@pytest.fixture
async def workspace(watch: Watch) -> AsyncGenerator[Workspace]:
    async with running_workspace(replace(CONFIG, redirect_urls=(BACK,)), clock=watch) as running:
        yield running


@pytest.fixture
def api(workspace: Workspace) -> Api:
    return api_of(workspace)


@pytest.fixture
async def browser(workspace: Workspace) -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(workspace.config.base_url, cookies={"sandbox_user": "U0CHEN000"}) as running:
        yield running


async def answered(browser: aiohttp.ClientSession, address: str, answer: str = "allow") -> Json:
    """What the app is told after the person has answered."""
    async with browser.post(address, data={"answer": answer}, allow_redirects=False) as sent:
        assert sent.status == 303
        where = urlsplit(sent.headers["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == BACK
    return {name: value for name, (value,) in parse_qs(where.query).items()}


def asking(path: str, **more: str) -> str:
    return f"{path}?{urlencode({'client_id': CONFIG.client_id, 'redirect_uri': BACK, 'state': 's-1', **more})}"


async def test_whoever_installs_sees_what_is_asked_and_the_code_is_worth_the_token(
    api: Api, browser: aiohttp.ClientSession
) -> None:
    generator = AuthorizeUrlGenerator(client_id=CONFIG.client_id, scopes=["chat:write", "commands"], redirect_uri=BACK)
    address = urlsplit(generator.generate("s-1"))._replace(scheme="", netloc="").geturl()
    async with browser.get(address) as answer:
        page, policy = await answer.text(), answer.headers["Content-Security-Policy"]

    told = await answered(browser, address)
    granted = await api("oauth_v2_access", **CLIENT, code=told["code"], redirect_uri=BACK)

    assert "chat:write" in page
    assert "form-action 'self' http://127.0.0.1:1;" in policy
    assert told["state"] == "s-1"
    assert (granted["access_token"], granted["authed_user"]["id"]) == (CONFIG.bot_token, "U0CHEN000")
    assert (granted["scope"], granted["team"]["id"]) == ("chat:write,commands", "T0ACME000")
    assert granted["token_type"] == "bot"


@pytest.mark.parametrize(
    ("path", "more"), [("/oauth/v2/authorize", {"scope": "chat:write"}), ("/openid/connect/authorize", SIGN_IN)]
)
async def test_a_no_is_told_to_the_app_without_a_code(
    browser: aiohttp.ClientSession, path: str, more: dict[str, str]
) -> None:
    assert await answered(browser, asking(path, **more), "cancel") == {"error": "access_denied", "state": "s-1"}


@pytest.mark.parametrize(
    ("path", "more", "sentence"),
    [
        ("/oauth/v2/authorize", {"scope": "chat:write", "client_id": "1.2"}, "Invalid client_id"),
        ("/oauth/v2/authorize", {"scope": "chat:write", "redirect_uri": "http://evil.test/"}, "redirect_uri did not"),
        ("/oauth/v2/authorize", {}, "no scopes"),
        ("/openid/connect/authorize", SIGN_IN | {"scope": "email"}, "openid"),
        ("/openid/connect/authorize", SIGN_IN | {"scope": "openid chat:write"}, "openid"),
        ("/openid/connect/authorize", SIGN_IN | {"response_type": "token"}, "response_type"),
    ],
)
async def test_a_wrong_address_leads_nowhere(
    browser: aiohttp.ClientSession, path: str, more: dict[str, str], sentence: str
) -> None:
    for send in (browser.get, browser.post):
        async with send(asking(path, **more), allow_redirects=False) as answer:
            assert (answer.status, sentence in await answer.text()) == (400, True)


async def test_another_site_cannot_answer(browser: aiohttp.ClientSession) -> None:
    headers = {"Origin": "http://evil.test"}
    address = asking("/oauth/v2/authorize", scope="chat:write")

    async with browser.post(address, data={"answer": "allow"}, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_secret": "guessed"}, "bad_client_secret"),
        ({"code": "guessed"}, "invalid_code"),
        ({"redirect_uri": f"{BACK}/other"}, "bad_redirect_uri"),
        ({"grant_type": "refresh_token"}, "invalid_grant_type"),
    ],
)
async def test_a_code_is_worth_nothing_to_others_or_elsewhere(
    api: Api, browser: aiohttp.ClientSession, change: dict[str, str], error: str
) -> None:
    told = await answered(browser, asking("/oauth/v2/authorize", scope="chat:write"))

    call = {**CLIENT, "code": told["code"], "redirect_uri": BACK, **change}
    assert await api.error("oauth_v2_access", **call) == error


async def test_a_code_works_once_for_ten_minutes_and_for_what_it_was_given(
    api: Api, browser: aiohttp.ClientSession, watch: Watch
) -> None:
    first, late, other = [
        (await answered(browser, asking("/oauth/v2/authorize", scope="chat:write")))["code"] for _ in range(3)
    ]

    await api("oauth_v2_access", **CLIENT, code=first)
    again = await api.error("oauth_v2_access", **CLIENT, code=first)
    elsewhere = await api.error("openid_connect_token", **CLIENT, code=other)
    watch.now += timedelta(minutes=10)
    too_late = await api.error("oauth_v2_access", **CLIENT, code=late)

    assert (again, elsewhere, too_late) == ("invalid_code", "invalid_code", "invalid_code")


async def test_whoever_signs_in_is_proven_by_a_signature_that_the_published_key_checks(
    api: Api, browser: aiohttp.ClientSession
) -> None:
    generator = OpenIDConnectAuthorizeUrlGenerator(
        client_id=CONFIG.client_id, redirect_uri=BACK, scopes=["openid", "email"]
    )
    address = urlsplit(generator.generate("s-1", nonce="n-1"))._replace(scheme="", netloc="").geturl()
    told = await answered(browser, address)
    signed = await api("openid_connect_token", **CLIENT, code=told["code"])
    info = await api("openid_connect_userInfo", token=signed["access_token"])
    async with browser.get("/.well-known/openid-configuration") as answer:
        known: Json = await answer.json()
    async with browser.get(urlsplit(str(known["jwks_uri"])).path) as answer:
        (key,) = (await answer.json())["keys"]

    claims = checked(signed["id_token"], key)

    assert (claims["sub"], claims["nonce"], claims["aud"]) == ("U0CHEN000", "n-1", CONFIG.client_id)
    assert claims["iss"] == known["issuer"]
    assert claims["exp"] > claims["iat"]
    assert (info["sub"], info["email"], "name" in info) == ("U0CHEN000", "chen@acme.test", False)


async def test_only_somebodys_own_token_says_who_they_are(api: Api) -> None:
    assert await api.error("openid_connect_userInfo") == "not_allowed_token_type"
    assert await api.error("openid_connect_userInfo", token="xoxp-guessed") == "invalid_auth"


@pytest.mark.parametrize(
    ("address", "is_fine"),
    [
        ("https://a.test/back", True),
        ("https://a.test/back/here?x=1", True),
        ("https://a.test/backdoor", False),
        ("https://a.test.evil.test/back", False),
        ("http://a.test/back", False),
        ("", False),
    ],
)
def test_people_are_led_back_to_registered_addresses_only(address: str, *, is_fine: bool) -> None:
    assert is_registered(address, ("https://a.test/back",)) is is_fine


def checked(token: str, key: Json) -> Json:
    """Return the claims of a token whose signature the key checks."""

    def decode(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    header, claims, signature = token.split(".")
    n, e = (int.from_bytes(decode(key[name]), "big") for name in ("n", "e"))
    public = rsa.RSAPublicNumbers(e, n).public_key()
    public.verify(decode(signature), f"{header}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    assert json.loads(decode(header))["kid"] == key["kid"]
    return json.loads(decode(claims))
