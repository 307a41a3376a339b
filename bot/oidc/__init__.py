"""ID tokens of CI jobs: whether one is real, and whose keys say so. Which source it is for, the core tells."""

from bot.oidc.issuers import Issuers, IssuersDown, KeyUnknown
from bot.oidc.outside import Outside
from bot.oidc.tokens import LEEWAY, IdToken, TokenRefused, is_jwt, read_token

__all__ = [
    "LEEWAY",
    "IdToken",
    "Issuers",
    "IssuersDown",
    "KeyUnknown",
    "Outside",
    "TokenRefused",
    "is_jwt",
    "read_token",
]
