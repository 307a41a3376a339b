"""A caller of the policy: how it proves who it is, and how often it may ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.judging.budget import Limit
from bot.core.judging.keyless import Keyless
from bot.core.people.identity import Person, is_one_of
from bot.core.people.membership import Crowd, Rolls

GENERIC = "generic"
"""The kind of source that calls the API."""

SLACK = "slack"
"""The kind of source that people are who ask in Slack; what proves who they are is Slack's signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A caller that may ask. Secrets are named, never held: the wiring reads them from the environment.

    Of several tokens each is good, and of several signing secrets, with all of which its callbacks are signed: that is
    how one follows another. ``keyless`` says which ID tokens are good in their place.

    Of people in Slack, ``actions`` are what they may ask for, and ``askers`` who may; None is every full member.
    A native source asks by its own webhooks: ``secrets`` names the variables, ``files`` the files in which its secrets
    are, by what they are; ``terms`` is whatever else the policy says of its kind, as plain values.
    """

    name: str
    kind: str = GENERIC
    token_envs: tuple[str, ...] = ()
    signing_secret_envs: tuple[str, ...] = ()
    keyless: Keyless | None = None
    callback_hosts: frozenset[str] = frozenset()
    limit: Limit | None = None
    actions: tuple[str, ...] = ()
    askers: Crowd | None = None
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    terms: Mapping[str, object] = field(default_factory=dict[str, object])


def may_ask(source: Source, person: Person, rolls: Rolls, now: datetime) -> bool:
    """Tell whether *person*, a full member, may ask as *source*; a live group that nobody can tell of lets nobody."""
    if source.askers is None or is_one_of(person, source.askers.people):
        return True
    told = [roll for group, roll in rolls.items() if group in source.askers.groups and roll.tells_of(group, now)]
    return any(is_one_of(person, roll.people) for roll in told)
