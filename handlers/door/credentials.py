"""The secrets that sources prove themselves with, and what makes one unfit for that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.delivery import read_secret

SHORTEST_TOKEN = 12
"""Characters of a token; twelve random ones are beyond guessing over a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A source's secrets, as the environment has them. Raises ValueError, with a sentence, for those nobody may use."""

    token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse a token that can be guessed, and a secret that nothing could be signed with."""
        if self.token is not None and len(self.token.strip()) < SHORTEST_TOKEN:
            raise ValueError(f"must have {SHORTEST_TOKEN} characters or more (`openssl rand -hex 32` makes a good one)")
        if self.signing_secret is not None:
            read_secret(self.signing_secret)

    @property
    def signing_key(self) -> bytes:
        """The key behind ``whsec_…``; empty when there is none."""
        return b"" if self.signing_secret is None else read_secret(self.signing_secret)


def twins(credentials: Mapping[str, Credentials]) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Yield what two sources, or two uses, have in common: source and field of the one, then of the other.

    A call made with it could be anybody's.
    """
    holders: dict[bytes, tuple[str, str]] = {}
    for source, given in credentials.items():
        for name, text in (("token", given.token), ("signing_secret", given.signing_secret)):
            values = {(text or "").strip().encode("utf-8", "surrogateescape")} - {b""}
            if name == "signing_secret":
                values |= {given.signing_key} - {b""}
            known = next((holders[value] for value in values if value in holders), None)
            if known is not None:
                yield known, (source, name)
            holders |= dict.fromkeys(values, (source, name))
