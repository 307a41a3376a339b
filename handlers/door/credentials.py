"""The secrets that sources prove themselves with, and what makes one unfit for that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.delivery import read_secret

SHORTEST_TOKEN = 12
"""Characters of a token; twelve random ones are beyond guessing over a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token. ``name`` is what the log may call it: the variable that holds it.

    Raises ValueError, with a sentence, for one that can be guessed.
    """

    name: str
    value: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what is too short."""
        if len(self.value.strip()) < SHORTEST_TOKEN:
            raise ValueError(f"must have {SHORTEST_TOKEN} characters or more (`openssl rand -hex 32` makes a good one)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningSecret:
    """A secret for signatures, ``whsec_…``; ``name`` as above. Raises ValueError for one that could not sign."""

    name: str
    value: str = field(repr=False)
    key: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Read the key behind it."""
        object.__setattr__(self, "key", read_secret(self.value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A source's secrets, as the environment has them. Several of a kind are each good: one follows another.

    ``native`` are those of its own kind, by what they are; each has one.
    """

    tokens: tuple[Token, ...] = ()
    signing: tuple[SigningSecret, ...] = ()
    native: Mapping[str, Token] = field(default_factory=dict[str, Token])


def twins(credentials: Mapping[str, Credentials]) -> Iterator[tuple[str, str]]:
    """Yield the names of two secrets that are one: a call made with it could be anybody's.

    So could one of a source whose new secret is the old one, only that somebody believes it was changed.
    """
    holders: dict[bytes, str] = {}
    for given in credentials.values():
        for secret in (*given.tokens, *given.signing, *given.native.values()):
            values = {secret.value.strip().encode("utf-8", "surrogateescape")}
            if isinstance(secret, SigningSecret):
                values.add(secret.key)
            known = next((holders[value] for value in values if value in holders), None)
            if known is not None:
                yield known, secret.name
            holders |= dict.fromkeys(values, secret.name)
