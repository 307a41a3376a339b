"""Sources without a secret: whoever shows an ID token that its CI signed for us, and that one source takes.

A token is a bearer token: it is good for every call until it expires, so that a job can ask and then wait. What bounds
a stolen one is its short life, its audience, and that it can only ask for what it proves.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from math import ceil

import structlog

from bot.core.judging.keyless import Keyless
from bot.core.judging.source import Source
from bot.oidc import IdToken, Issuers, IssuersDown, KeyUnknown, TokenRefused, is_jwt, read_token
from handlers.door.authentication import BEARER, Caller
from handlers.door.shown import Shown
from handlers.problems import Problem

KEY = "oidc:"
"""How the name begins by which the log calls an ID token's key."""

_SHOWN_KID = 100
_log = structlog.get_logger("door")


async def find_by_id_token(
    authorization: str | None, sources: Mapping[str, Source], issuers: Issuers, now: datetime
) -> Caller | None:
    """Return who calls; None for what is no ID token of an issuer that the policy names.

    Raises Problem: 401 for one that is no good, 503 while nobody can tell.
    """
    token = _read(authorization)
    theirs = [] if token is None else _of_issuer(token.issuer, sources)
    if token is None or not theirs:
        return None
    try:
        key = await issuers.find(theirs[0][1], token.kid)
        token.require_signed(key)
    except KeyUnknown:
        raise _refused(token, "unknown key", None) from None
    except TokenRefused as refused:
        raise _refused(token, refused.why, None) from None
    except IssuersDown as down:
        raise _down(token, down) from None
    try:
        return _taken(token, theirs, now)
    except TokenRefused as refused:
        # It is its issuer's, so whoever shows it may know what is wrong with it. What would be right is not told.
        raise _refused(token, refused.why, refused.why) from None


def _read(authorization: str | None) -> IdToken | None:
    if authorization is None or authorization[: len(BEARER)].lower() != BEARER:
        return None
    text = authorization[len(BEARER) :].strip()
    if not is_jwt(text):
        return None
    try:
        return read_token(text)
    except TokenRefused:
        return None


def _of_issuer(issuer: str, sources: Mapping[str, Source]) -> list[tuple[Source, Keyless]]:
    keyless = ((source, source.keyless) for source in sources.values())
    return [(source, one) for source, one in keyless if one is not None and one.issuer == issuer]


def _taken(token: IdToken, theirs: Sequence[tuple[Source, Keyless]], now: datetime) -> Caller:
    """Return who calls, the one source that takes it. Raises TokenRefused."""
    token.require_subject()
    for_us = [(source, keyless) for source, keyless in theirs if token.is_for(keyless.audience)]
    if not for_us:
        raise TokenRefused("it is for another audience; let the job ask for one for this bot, and for nobody else")
    taking = [(source, keyless) for source, keyless in for_us if keyless.takes(token.claims)]
    if not taking:
        raise TokenRefused("what it claims is not what the policy asks of a source; see the claims of the job")
    if len(taking) > 1:
        raise TokenRefused(f"it is taken by {len(taking)} sources, so that nobody can say whose it is")
    source, keyless = taking[0]
    expires = token.require_current(keyless.longest, now)
    shown = Shown(token=token, source=source.name, expires=expires, proof=keyless.prove(token.claims))
    return Caller(source=source, key=f"{KEY}{token.kid[:_SHOWN_KID]}", shown=shown)


def _refused(token: IdToken, why: str, told: str | None) -> Problem:
    _log.info("door.id_token_refused", issuer=token.issuer, why=why)
    detail = "The ID token proves nothing here." if told is None else f"The ID token is not accepted: {told}."
    headers = {"WWW-Authenticate": 'Bearer realm="jit", error="invalid_token"'}
    return Problem(HTTPStatus.UNAUTHORIZED, "unauthorised", detail, headers=headers)


def _down(token: IdToken, down: IssuersDown) -> Problem:
    _log.warning("door.id_token_untold", issuer=token.issuer, why=str(down))
    detail = "Nobody can tell just now whether the ID token is good: its key is not known. Come again, or use a token."
    headers = {"Retry-After": str(ceil(down.retry_after.total_seconds()))}
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "keys_unknown", detail, headers=headers)
