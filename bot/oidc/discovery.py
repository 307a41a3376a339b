"""Where an issuer's keys are (OpenID Connect Discovery 1.0, 4): only its own document says so."""

from bot.oidc.strict_json import BadJson, read_object

_LONGEST = 2000


class NotTheIssuer(Exception):
    """The document is another issuer's, or none; the text says how."""


def read_jwks_uri(content: bytes, issuer: str) -> str:
    """Return the address of the keys. Raises NotTheIssuer."""
    try:
        document = read_object(content)
    except BadJson as error:
        raise NotTheIssuer(f"its openid-configuration {error}") from error
    if document.get("issuer") != issuer:
        raise NotTheIssuer("its openid-configuration names another issuer; write issuer exactly as it stands there")
    uri = document.get("jwks_uri")
    if not isinstance(uri, str) or len(uri) > _LONGEST:
        raise NotTheIssuer("its openid-configuration names no jwks_uri")
    return uri
