"""The grammar of a source without a secret: whose ID tokens are good, and what they have to claim."""

import re
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from bot.core.judging.keyless import FIELDS
from bot.policy.grammar.persons import Part
from bot.policy.grammar.scalars import Duration, Host, refusal
from bot.policy.reading.wording import did_you_mean, shown

MAX_CLAIMS, MAX_PATTERNS, MAX_HOSTS = 20, 50, 10
MAX_STARS = 4
LONGEST_TOKEN = timedelta(hours=24)

_PATTERN = re.compile(r"[^\x00-\x1f\x7f]{1,300}")
_CLAIM = re.compile(r"[!-~]{1,100}")
_RUN_OF_STARS = re.compile(r"\*+")


def _address(value: str) -> str:
    """Read an https address; http is for this machine, where nobody is in between who could answer in its place."""
    try:
        parts = urlsplit(value)
        is_plain = parts.username is None and not parts.query and not parts.fragment and (parts.port or 1) > 0
    except ValueError:
        parts, is_plain = urlsplit(""), False
    if not is_plain or not parts.hostname or not value.isascii() or any(c.isspace() for c in value):
        raise refusal(f"must be an address such as https://token.actions.githubusercontent.com, not {shown(value)}")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname)):
        raise refusal("must begin with https://: whoever is in between could answer with keys of their own")
    return value


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _audience(value: str) -> str:
    if not _CLAIM.fullmatch(value):
        raise refusal("must be visible ASCII, such as the address of this bot")
    return value


def _patterns(value: object) -> object:
    """Read one pattern as a list of one; numbers and truths are claims, too."""
    if isinstance(value, bool):
        return [str(value).lower()]
    return [str(value)] if isinstance(value, str | int) else value


def _pattern(value: object) -> object:
    text = str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, str | int) else ""
    if not _PATTERN.fullmatch(text):
        raise refusal(f"must be text with * for anything but a slash and ** for anything, not {shown(value)}")
    stars = _RUN_OF_STARS.findall(text)
    if len(stars) > MAX_STARS or any(len(run) > len("**") for run in stars):
        raise refusal(f"may hold * or ** at most {MAX_STARS} times")
    return text


def _claim(value: str) -> str:
    if not _CLAIM.fullmatch(value):
        raise refusal(f"must be the name of a claim, such as repository, not {shown(value)}")
    return value


def _field(value: str) -> str:
    if value not in FIELDS:
        raise refusal(f"must be one of {', '.join(FIELDS)}, not {shown(value)}{did_you_mean(value, list(FIELDS))}")
    return value


def _longest(value: timedelta) -> timedelta:
    if value > LONGEST_TOKEN:
        raise refusal("must be at most 24h: whoever finds a token can use it for as long as it is good")
    return value


_FOR_EDITORS = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})

Address = Annotated[str, AfterValidator(_address)]
Audience = Annotated[str, AfterValidator(_audience)]
ClaimName = Annotated[str, AfterValidator(_claim)]
FieldName = Annotated[str, AfterValidator(_field)]
Patterns = Annotated[
    list[Annotated[str, BeforeValidator(_pattern)]],
    BeforeValidator(_patterns),
    Field(min_length=1, max_length=MAX_PATTERNS),
    _FOR_EDITORS,
]
TokenLife = Annotated[Duration, AfterValidator(_longest)]


class OidcPart(Part):
    """Whose ID tokens prove that this source calls; every word of it is compared exactly. See [keyless](keyless.md)."""

    issuer: Address
    """Who signs them, exactly as `iss` has it. Its keys are looked up below it."""
    audience: Audience
    """For whom they are, exactly as `aud` has it, and nobody else: let the CI ask for the address of this bot."""
    claims: dict[ClaimName, Patterns] = Field(max_length=MAX_CLAIMS)
    """What they have to claim: all of these, each like its pattern, or one of a list. The whole claim is compared: `*`
    is anything but a slash, `**` anything."""
    binds: dict[FieldName, ClaimName] | None = Field(default=None, json_schema_extra={"default": None})
    """By which claim a field of the ask is proven (`repository`, `ref`, `commit`, `environment` or `service`). Without
    it the first four are, where a token claims them; `{}` binds nothing."""
    max_lifetime: TokenLife = Field(default=timedelta(hours=1), json_schema_extra={"default": "1h"})
    """For how long a token may be good, from `iat` to `exp`; one that is good for longer is refused. `24h` at most."""
    jwks_uri: Address | None = None
    """Where its keys are, instead of where the issuer's `/.well-known/openid-configuration` says."""
    hosts: list[Host] = Field(default=[], max_length=MAX_HOSTS)
    """Hosts of the issuer, and of its keys, that may be inside the network."""
