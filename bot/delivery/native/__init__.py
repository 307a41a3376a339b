"""Native sources: who asked by a webhook of their own kind is answered in their own words.

A new kind is a class with the methods of :class:`Receiver`, and a line in :func:`make_receivers`.
"""

from collections.abc import Callable, Mapping

from bot.delivery.native.github import GitHub, read_private_key
from bot.delivery.native.receiver import Memo, Receiver, Return, Terms, Unusable
from bot.delivery.native.vault import AddressUnreadable, AddressVault
from bot.delivery.outward import Outward

__all__ = [
    "AddressUnreadable",
    "AddressVault",
    "Memo",
    "Receiver",
    "Return",
    "Terms",
    "Unusable",
    "make_receivers",
    "require_usable",
]


def make_receivers(outward: Outward) -> Mapping[str, Receiver]:
    """Return who answers, by the kind of source that the policy names."""
    return {"github": GitHub(outward)}


_SHAPES: Mapping[tuple[str, str], Callable[[str], object]] = {("github", "private_key"): read_private_key}
"""What reads a secret that has a shape, by the kind of source and what the secret is."""


def require_usable(kind: str, name: str, secret: str) -> None:
    """Refuse a secret that is none of its kind, before a policy holds that names it. Raises Unusable."""
    reader = _SHAPES.get((kind, name))
    if reader is not None:
        reader(secret)
