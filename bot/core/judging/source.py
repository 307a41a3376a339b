"""A caller of the policy: how it proves who it is, and how often it may ask."""

from dataclasses import dataclass

from bot.core.judging.budget import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A caller that may ask. Secrets are named, never held: the wiring reads them from the environment."""

    name: str
    kind: str = "generic"
    token_env: str | None = None
    signing_secret_env: str | None = None
    callback_hosts: frozenset[str] = frozenset()
    limit: Limit | None = None
