"""The private key of a GitHub App."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.delivery.native.receiver import Unusable


def read_private_key(text: str) -> RSAPrivateKey:
    """Return the key in the file that GitHub gives out. Raises Unusable."""
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Unusable("is no private key in PEM; take the file that GitHub gave out for the App") from None
    if not isinstance(key, RSAPrivateKey):
        raise Unusable("is no RSA key, and GitHub takes no other; make one on the App's page")
    return key
