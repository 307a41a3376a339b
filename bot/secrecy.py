"""Keys made of the house's secret one, each for one purpose (HKDF, RFC 5869)."""

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def made_fernet(key: str, purpose: bytes) -> Fernet:
    """Return what encrypts, and proves that nothing was changed, for *purpose* alone."""
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(made))
