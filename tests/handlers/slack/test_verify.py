import hashlib
import hmac
from datetime import datetime, timedelta

import pytest
from multidict import CIMultiDict

from handlers.slack.verify import Unverified, Verifier
from tests.factories import NOON

SECRET = "a-signing-secret"
BODY = b"payload=%7B%7D"
STAMP = "X-Slack-Request-Timestamp"
SIGNATURE = "X-Slack-Signature"
VERIFIER = Verifier(SECRET)


def signed(body: bytes = BODY, at: datetime = NOON, secret: str = SECRET) -> CIMultiDict[str]:
    """What Slack sends with *body*."""
    stamp = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return CIMultiDict({STAMP: stamp, SIGNATURE: f"v0={mac}"})


def changed(**values: str | None) -> CIMultiDict[str]:
    """Headers of which some are other ones, or (None) missing."""
    headers = signed()
    for name, value in values.items():
        header = STAMP if name == "stamp" else SIGNATURE
        headers.popall(header)
        if value is not None:
            headers.add(header, value)
    return headers


def twice(name: str) -> CIMultiDict[str]:
    headers = signed()
    headers.add(name, headers[name])
    return headers


def test_what_slack_signed_is_let_in_under_a_name_of_its_own() -> None:
    first = VERIFIER.verify(signed(), BODY, NOON)
    again = VERIFIER.verify(signed(), BODY, NOON)
    later = VERIFIER.verify(signed(at=NOON + timedelta(seconds=1)), BODY, NOON)

    assert first == again != later


def test_header_names_are_read_whatever_their_case() -> None:
    headers = CIMultiDict({name.lower(): value for name, value in signed().items()})

    assert VERIFIER.verify(headers, BODY, NOON)


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_five_minutes_either_way_are_let_in(seconds: int) -> None:
    assert VERIFIER.verify(signed(at=NOON + timedelta(seconds=seconds)), BODY, NOON)


@pytest.mark.parametrize("seconds", [-(10**9), -301, 301, 10**9])
def test_the_past_and_the_future_are_not(seconds: int) -> None:
    with pytest.raises(Unverified):
        VERIFIER.verify(signed(at=NOON + timedelta(seconds=seconds)), BODY, NOON)


@pytest.mark.parametrize(
    "headers",
    [
        CIMultiDict[str](),
        changed(stamp=None),
        changed(signature=None),
        changed(stamp=""),
        changed(stamp="now"),
        changed(stamp="1e9"),
        changed(stamp="-1"),
        changed(stamp=" 1772625600"),
        changed(stamp="1772625600\n"),
        changed(stamp="1772625600.0"),
        changed(stamp="١٧٧٢٦٢٥٦٠٠"),
        changed(stamp="9" * 13),
        changed(stamp="nan"),
        changed(signature=""),
        changed(signature="v0="),
        changed(signature="v0=" + "0" * 64),
        changed(signature="v1=" + signed()[SIGNATURE][3:]),
        changed(signature=signed()[SIGNATURE].upper()),
        changed(signature=signed()[SIGNATURE][:-1]),
        changed(signature=signed()[SIGNATURE] + "0"),
        changed(signature="v0=" + "é" * 64),
        changed(signature=signed(secret="another")[SIGNATURE]),
        twice(STAMP),
        twice(SIGNATURE),
    ],
    ids=repr,
)
def test_anything_else_is_turned_away_and_nothing_breaks(headers: CIMultiDict[str]) -> None:
    with pytest.raises(Unverified):
        VERIFIER.verify(headers, BODY, NOON)


@pytest.mark.parametrize("body", [b"", BODY + b" ", BODY.lower(), b"\xff\xfe"])
def test_a_body_that_was_not_signed_is_turned_away(body: bytes) -> None:
    with pytest.raises(Unverified):
        VERIFIER.verify(signed(), body, NOON)


def test_bytes_that_are_no_text_can_be_signed_too() -> None:
    assert VERIFIER.verify(signed(b"\xff\xfe"), b"\xff\xfe", NOON)
