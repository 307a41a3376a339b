"""ID tokens: which are real, and every way to make one that is not."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from bot.oidc import IdToken, TokenRefused, is_jwt, read_token
from bot.oidc.keys import BadKeys, read_keys
from bot.oidc.strict_json import BadJson, read_object
from bot.oidc.tokens import LEEWAY, MAX_BYTES
from tests.factories import NOON
from tests.fakes.issuer import AUDIENCE, PrivateKey, ec_key, ed_key, encoded, public_jwk, rsa_key, signed

HOUR = timedelta(hours=1)
AT = int(NOON.timestamp())
CLAIMS: Mapping[str, object] = {"iss": "https://issuer", "sub": "a job", "aud": AUDIENCE, "iat": AT, "exp": AT + 300}
KEYS: Mapping[str, PrivateKey] = {
    "RS256": rsa_key(),
    "PS256": rsa_key(),
    "ES256": ec_key(),
    "EdDSA": ed_key(),
    "Ed25519": ed_key(),
}


def key_of(key: PrivateKey, **more: object) -> Any:  # noqa: ANN401 - one key of a set
    return read_keys(json.dumps({"keys": [public_jwk(key, "k", **more)]}).encode())["k"]


def token(
    key: PrivateKey | bytes, algorithm: str, claims: Mapping[str, object] | bytes = CLAIMS, **head: object
) -> str:
    return signed(key, {"alg": algorithm, "kid": "k", **head}, claims)


def claiming(**more: object) -> IdToken:
    claims = {name: value for name, value in {**CLAIMS, **more}.items() if value is not None}
    return read_token(token(ec_key(), "ES256", claims))


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_token_is_real_when_its_issuers_key_signed_it(algorithm: str) -> None:
    read = read_token(token(KEYS[algorithm], algorithm, typ="JWT", x5t="ignored", whatever="too"))

    read.require_signed(key_of(KEYS[algorithm]))
    read.require_signed(key_of(KEYS[algorithm], alg=algorithm, use="sig", key_ops=["verify"]))
    assert (read.issuer, read.kid, read.is_for(AUDIENCE)) == ("https://issuer", "k", True)
    assert read.require_current(HOUR, NOON) == NOON + timedelta(seconds=300)
    assert read.text not in repr(read)


@pytest.mark.parametrize("algorithm", KEYS)
def test_a_token_of_another_key_is_not_real(algorithm: str) -> None:
    others: Mapping[str, PrivateKey] = {"RS256": rsa_key(number=1), "PS256": rsa_key(number=1), "ES256": ec_key(1)}
    for key in (others.get(algorithm, ed_key(1)), *(key for key in KEYS.values() if key is not KEYS[algorithm])):
        with pytest.raises(TokenRefused):
            read_token(token(KEYS[algorithm], algorithm)).require_signed(key_of(key))


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize("algorithm", KEYS)
def test_a_token_that_was_changed_anywhere_is_not_real(algorithm: str, part: int) -> None:
    parts = token(KEYS[algorithm], algorithm, typ="JWT").split(".")
    middle = len(parts[part]) // 2
    parts[part] = parts[part][:middle] + ("A" if parts[part][middle] != "A" else "B") + parts[part][middle + 1 :]

    with pytest.raises(TokenRefused):
        read_token(".".join(parts)).require_signed(key_of(KEYS[algorithm]))


def public_bytes(key: PrivateKey) -> tuple[bytes, ...]:
    public = key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return (pem, pem.strip(), public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


@pytest.mark.parametrize("algorithm", ["HS256", "HS512"])
def test_a_public_key_is_no_secret_that_could_sign(algorithm: str) -> None:
    for secret in (*public_bytes(rsa_key()), *public_bytes(ec_key()), b""):
        with pytest.raises(TokenRefused, match="not accepted"):
            read_token(token(secret, algorithm))


HEADS: Mapping[str, Mapping[str, object]] = {
    "none": {"alg": "none"},
    "None": {"alg": "None"},
    "no algorithm": {"alg": None},
    "a list of algorithms": {"alg": ["ES256"]},
    "an algorithm of encryption": {"alg": "RSA-OAEP"},
    "an old algorithm": {"alg": "RS1"},
    "no kid": {"kid": None},
    "a kid that is no text": {"kid": 7},
    "a kid without end": {"kid": "k" * 2000},
    "something critical": {"crit": ["exp"], "exp": 1},
    "a body that is not encoded": {"b64": False, "crit": ["b64"]},
    "another type": {"typ": "secevent+jwt"},
    "an access token": {"typ": "at+jwt"},
}


@pytest.mark.parametrize("kind", HEADS)
def test_a_head_that_says_anything_unusual_is_refused(kind: str) -> None:
    with pytest.raises(TokenRefused):
        read_token(signed(ec_key(), {"alg": "ES256", "kid": "k", **HEADS[kind]}, CLAIMS))


def test_an_empty_signature_is_none() -> None:
    unsigned = ".".join([*token(ec_key(), "ES256").split(".")[:2], ""])

    with pytest.raises(TokenRefused):
        read_token(unsigned).require_signed(key_of(ec_key()))


@pytest.mark.parametrize("place", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_that_a_token_brings_along_proves_nothing(place: str) -> None:
    brought: Mapping[str, Any] = {
        "jwk": public_jwk(ec_key(1), "k"),
        "jku": "https://evil.test/keys",
        "x5u": "https://evil.test/cert.pem",
        "x5c": ["MII"],
    }
    forged = read_token(token(ec_key(1), "ES256", **{place: brought[place]}))

    with pytest.raises(TokenRefused):
        forged.require_signed(key_of(ec_key()))


BODIES: Mapping[str, bytes] = {
    "a claim twice": b'{"iss": "https://issuer", "sub": "a", "sub": "b"}',
    "an issuer twice": b'{"iss": "https://evil", "iss": "https://issuer"}',
    "a list": b"[]",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "not a number": b'{"iss": "https://issuer", "exp": NaN}',
    "very deep": b'{"iss": ' + b"[" * 2500 + b"]" * 2500 + b"}",
    "deep": b'{"iss": ' + b"[" * 12 + b"]" * 12 + b"}",
    "no issuer": b"{}",
    "an issuer that is no text": b'{"iss": ["https://issuer"]}',
    "a number without end": b'{"iss": "https://issuer", "exp": ' + b"9" * 4400 + b"}",
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_that_two_readers_could_read_differently_is_refused(kind: str) -> None:
    with pytest.raises(TokenRefused):
        read_token(token(ec_key(), "ES256", BODIES[kind]))


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "a b.c.d", "ä.b.c", "a.b.c\n", "." * 3, "eyJ.eyJ.=" + "a"])
def test_what_is_shaped_otherwise_is_no_token(text: str) -> None:
    assert not is_jwt(text)
    with pytest.raises(TokenRefused):
        read_token(text)


def test_a_huge_token_is_not_even_read() -> None:
    assert not is_jwt(token(ec_key(), "ES256", {**CLAIMS, "x": "x" * MAX_BYTES}))


@given(st.text(alphabet="abcAZ09-_.", max_size=60))
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    try:
        read_token(text)
    except TokenRefused:
        return
    raise AssertionError(text)


def test_a_token_is_good_until_it_expires_give_or_take_a_minute() -> None:
    until = NOON + timedelta(seconds=300) + LEEWAY

    assert claiming().require_current(HOUR, until - timedelta(seconds=1))
    with pytest.raises(TokenRefused, match="expired at"):
        claiming().require_current(HOUR, until)


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_clock_that_is_a_minute_ahead_does_no_harm_and_more_does(claim: str) -> None:
    assert claiming(**{claim: AT + 60}).require_current(HOUR, NOON)
    with pytest.raises(TokenRefused, match="from the future"):
        claiming(**{claim: AT + 61}).require_current(HOUR, NOON)


def test_a_token_that_is_good_for_long_is_refused_at_once() -> None:
    assert claiming(exp=AT + 3600).require_current(HOUR, NOON)
    with pytest.raises(TokenRefused, match="good for 525600 minutes"):
        claiming(exp=AT + 365 * 24 * 3600).require_current(HOUR, NOON)


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", [True, "1772625600", [], -1, 10**15, None])
def test_times_are_numbers(claim: str, value: object) -> None:
    if value is None and claim == "nbf":
        assert claiming(nbf=None).require_current(HOUR, NOON)
        return
    with pytest.raises(TokenRefused, match="is no moment"):
        claiming(**{claim: value}).require_current(HOUR, NOON)


@pytest.mark.parametrize(
    ("audience", "is_ours"),
    [
        (AUDIENCE, True),
        ([AUDIENCE], True),
        ([AUDIENCE, "https://elsewhere"], False),
        (f"{AUDIENCE}/", False),
        (AUDIENCE.upper(), False),
        ([[AUDIENCE]], False),
        ([], False),
        (None, False),
        ({AUDIENCE: 1}, False),
    ],
)
def test_a_token_is_for_us_alone_or_not_for_us(audience: object, is_ours: bool) -> None:  # noqa: FBT001 - a table
    assert claiming(aud=audience).is_for(AUDIENCE) is is_ours


@pytest.mark.parametrize("subject", [None, "", 7, ["a"], "s" * 1001])
def test_a_token_about_nobody_is_refused(subject: object) -> None:
    with pytest.raises(TokenRefused, match="no sub"):
        claiming(sub=subject).require_subject()
    claiming().require_subject()


def a_set(*keys: object) -> bytes:
    return json.dumps({"keys": list(keys)}).encode()


def test_of_a_set_of_keys_those_are_taken_that_may_sign() -> None:
    kept = read_keys(
        a_set(
            public_jwk(rsa_key(), "rsa"),
            public_jwk(ec_key(), "ec", alg="ES256", use="sig"),
            public_jwk(ed_key(), "ed", key_ops=["verify"]),
            public_jwk(ec_key(1), "encrypts", use="enc"),
            public_jwk(ec_key(1), "wraps", key_ops=["wrapKey"]),
            public_jwk(ec_key(1), "of another algorithm", alg="RS256"),
            public_jwk(ec_key(1), "of no algorithm", alg=["ES256"]),
            public_jwk(rsa_key(1024), "short"),
            {"kty": "oct", "k": encoded(b"secret"), "kid": "symmetric"},
            {"kty": ["RSA"], "kid": "strange"},
            {"kty": "RSA", "kid": "half", "n": "AQAB"},
            {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "no point"},
            {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "another curve"},
            {**public_jwk(rsa_key(), "ignored"), "kid": 7},
            public_jwk(ec_key(), "twin"),
            public_jwk(ec_key(1), "twin"),
            "no key",
        )
    )

    assert sorted(kept) == ["ec", "ed", "rsa"]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"keys": {}}', a_set(), a_set(*["x"] * 101), b'{"keys": [], "keys": []}', a_set({"kty": "RSA"})],
)
def test_a_set_without_a_key_is_none(content: bytes) -> None:
    with pytest.raises(BadKeys):
        read_keys(content)


@pytest.mark.parametrize("levels", [9, 100, 400, 900, 4000])
def test_what_is_deep_is_refused_however_deep_it_is(levels: int) -> None:
    with pytest.raises(BadJson):
        read_object(b'{"a": ' + b"[" * levels + b"1" + b"]" * levels + b"}")


def test_what_has_as_many_levels_as_it_needs_is_read() -> None:
    assert read_object(b'{"a": {"b": {"c": [[[[]]]]}}}')
