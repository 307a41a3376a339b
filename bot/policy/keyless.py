"""Sources without a secret: what the parts come to, and the policies that would let in anybody."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.core.judging.keyless import Keyless
from bot.policy.grammar.mappings import SourcePart
from bot.policy.grammar.oidc import OidcPart
from bot.policy.reading.document import Path
from bot.policy.reading.sheet import Sheet

_STARS = re.compile(r"\*+")


@dataclass(frozen=True, slots=True)
class _Public:
    """An issuer that signs for everybody who comes. ``names`` says which claims tell its customers apart.

    Each is a claim, and a pattern that what stands in the policy has to begin like: up to there, no star.
    """

    who: str
    names: Mapping[str, re.Pattern[str]]
    example: str


_WHOLE = re.compile(r"[^*]+$")
_OWNER = re.compile(r"[^*/]+/")
_PUBLIC: tuple[tuple[re.Pattern[str], _Public], ...] = (
    (
        re.compile(r"https://token\.actions\.githubusercontent\.com/?"),
        _Public(
            "everybody on GitHub",
            {
                "repository": _OWNER,
                "repository_id": _WHOLE,
                "repository_owner": _WHOLE,
                "repository_owner_id": _WHOLE,
                "enterprise": _WHOLE,
                "enterprise_id": _WHOLE,
                "sub": re.compile(r"repo:[^*/:]+/"),
            },
            'repository_owner_id: "1234567"',
        ),
    ),
    (
        re.compile(r"https://gitlab\.com/?"),
        _Public(
            "everybody on gitlab.com",
            {
                "project_path": _OWNER,
                "project_id": _WHOLE,
                "namespace_path": re.compile(r"[^*/]+(?:/|$)"),
                "namespace_id": _WHOLE,
                "sub": re.compile(r"project_path:[^*/:]+/"),
            },
            'namespace_id: "1234567"',
        ),
    ),
    (
        re.compile(r"https://agent\.buildkite\.com/?"),
        _Public(
            "everybody on Buildkite",
            {
                "organization_id": _WHOLE,
                "organization_slug": _WHOLE,
                "pipeline_id": _WHOLE,
                "sub": re.compile(r"organization:[^*:]+:"),
            },
            "organization_slug: acme",
        ),
    ),
)


def read_keyless(part: SourcePart, path: Path, sheet: Sheet) -> Keyless | None:
    """Return which ID tokens are the source's, None where none are; what would let in anybody goes onto the sheet."""
    oidc = part.oidc
    if oidc is None:
        return None
    at = (*path, "oidc")
    if not sheet.is_spoiled((*at, "claims")):
        _require_narrow(oidc, at, sheet)
    _require_reachable(oidc, at, sheet)
    return Keyless(
        issuer=oidc.issuer,
        audience=oidc.audience,
        claims={name: tuple(patterns) for name, patterns in oidc.claims.items()},
        binds=oidc.binds,
        longest=oidc.max_lifetime,
        jwks_uri=oidc.jwks_uri,
        hosts=frozenset(oidc.hosts),
    )


def _require_narrow(oidc: OidcPart, at: Path, sheet: Sheet) -> None:
    if not oidc.claims:
        sheet.refuse((*at, "claims"), "must name a claim: without one every job that this issuer signs for gets in")
        return
    if all(any(not _STARS.sub("", pattern) for pattern in patterns) for patterns in oidc.claims.values()):
        sheet.refuse((*at, "claims"), "matches every token of this issuer; write what tells your jobs from others")
        return
    public = next((found for pattern, found in _PUBLIC if pattern.fullmatch(oidc.issuer)), None)
    if public is not None and not any(
        all(public.names[name].match(pattern) for pattern in patterns)
        for name, patterns in oidc.claims.items()
        if name in public.names
    ):
        sheet.refuse(
            (*at, "claims"),
            f"lets in {public.who}: this issuer signs for all of them. One of {', '.join(public.names)} must say whose"
            f" jobs are meant, without a star there, such as {public.example}",
        )


def _require_reachable(oidc: OidcPart, at: Path, sheet: Sheet) -> None:
    for key, address in (("issuer", oidc.issuer), ("jwks_uri", oidc.jwks_uri)):
        parts = urlsplit(address or "")
        if parts.scheme == "http" and (parts.hostname or "") not in oidc.hosts:
            sheet.refuse((*at, key), f"is on this machine: name {parts.hostname} in hosts, if that is meant")


def check_keyless(sources: Mapping[str, SourcePart], sheet: Sheet) -> None:
    """Refuse sources of which nobody could say whose a token is, and two ways to one issuer's keys."""
    claimed: dict[object, str] = {}
    ways: dict[str, tuple[str, object]] = {}
    for name, oidc in _keyless(sources):
        path = ("sources", name, "oidc")
        claims = tuple(sorted((claim, tuple(sorted(patterns))) for claim, patterns in oidc.claims.items()))
        mark = (oidc.issuer, oidc.audience, claims)
        if mark in claimed:
            sheet.refuse(path, f"takes the same tokens as {claimed[mark]}, so that nobody could say whose one is")
        claimed.setdefault(mark, name)
        first, way = ways.setdefault(oidc.issuer, (name, (oidc.jwks_uri, sorted(oidc.hosts))))
        if way != (oidc.jwks_uri, sorted(oidc.hosts)):
            sheet.refuse(path, f"must name the same jwks_uri and hosts as {first}: an issuer has one set of keys")


def _keyless(sources: Mapping[str, SourcePart]) -> Iterator[tuple[str, OidcPart]]:
    return ((name, part.oidc) for name, part in sources.items() if part.oidc is not None)
