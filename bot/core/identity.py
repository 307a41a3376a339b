"""Who people are: one human, however they sign in.

Two questions look alike and are not. *May these be the same human?* is asked for bans and for counting, and answers yes
in doubt. *Is this certainly one of the approvers?* is asked before somebody may say yes, and answers no in doubt.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Standing(StrEnum):
    """What an account is in the workspace; only members decide anything."""

    MEMBER = "member"
    GUEST = "guest"
    EXTERNAL = "external"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"


class Via(StrEnum):
    """Which door somebody came through, and so how they were authenticated."""

    SLACK_BUTTON = "slack_button"
    SLACK_DIALOG = "slack_dialog"
    SLACK_COMMAND = "slack_command"
    API = "api"
    CLI = "cli"
    TIMER = "timer"
    POLICY = "policy"
    RELAY = "relay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One human.

    ``key`` is the canonical name: the entry in the policy's people table, else the e-mail address in lower case,
    else ``slack:U…`` or ``github:login``. The handles are what they are known by elsewhere.
    """

    key: str
    email: str | None = None
    slack_id: str | None = None
    github: str | None = None

    def __post_init__(self) -> None:
        """Refuse a nameless person: two of them would be taken for one."""
        if not self.key.strip():
            raise ValueError("A person needs a name.")

    @property
    def contacts(self) -> tuple[str, ...]:
        r"""Return what this person is known by elsewhere, each with its kind in front, the most telling first.

        Letters A to Z are lowered and no others: the long s of Unicode folds to an s, and would make somebody of
        ``\u017fam@acme.test`` the approver ``sam@acme.test``.
        """
        contacts: list[str] = []
        if self.slack_id:
            contacts.append(f"slack:{self.slack_id}")
        if self.email:
            contacts.append(f"email:{lowered(self.email)}")
        if self.github:
            contacts.append(f"github:{lowered(self.github)}")
        return tuple(contacts)

    @property
    def handles(self) -> frozenset[str]:
        """Return everything this person can be recognised by: the name, and how they are known elsewhere."""
        return frozenset((f"key:{lowered(self.key)}", *self.contacts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody or something that acts: a person in the workspace, a source, or the bot itself.

    ``person`` is None for machines. ``name`` is what the log calls them (``ci``, ``timer``, a person's key).
    """

    name: str
    via: Via
    person: Person | None = None
    standing: Standing = Standing.UNKNOWN
    team_id: str | None = None
    address: str | None = None
    channel: str | None = None
    message_ts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What somebody outside calls a person, before it is matched with the people table."""

    email: str | None = None
    slack_id: str | None = None
    github: str | None = None


@dataclass(frozen=True, slots=True)
class People:
    """The policy's people table."""

    known: tuple[Person, ...] = ()
    _by_contact: dict[str, Person] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the table: a request may name a hundred authors."""
        index = {contact: person for person in reversed(self.known) for contact in person.contacts}
        object.__setattr__(self, "_by_contact", index)

    def named(self, key: str) -> Person | None:
        """Return the person with this name in the table."""
        return next((p for p in self.known if p.key == key), None)

    def resolve(self, identity: Identity) -> Person | None:
        """Return the one human behind *identity*; None when it names nobody at all.

        A known person keeps the handles of the table and gains those of *identity*, so that somebody who asked by
        e-mail and clicks with a Slack id is recognised as the same human. Where the table knows the handles as
        different people, the Slack id says more than the e-mail address, and that more than the GitHub login.
        """
        stranger = _stranger(identity)
        if stranger is None:
            return None
        person = next((self._by_contact[c] for c in stranger.contacts if c in self._by_contact), None)
        if person is None:
            return stranger
        return Person(
            key=person.key,
            email=person.email or stranger.email,
            slack_id=person.slack_id or stranger.slack_id,
            github=person.github or stranger.github,
        )


def lowered(text: str) -> str:
    """Return *text* with the letters A to Z, and no others, in lower case."""
    return text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)


def same_human(one: Person, other: Person) -> bool:
    """Tell whether two records may be one human: any handle in common, however it is spelt."""
    return not _loosely(one).isdisjoint(_loosely(other))


def is_among(person: Person, people: Iterable[Person]) -> bool:
    """Tell whether *person* may be one of *people*; for bans and counting."""
    return any(same_human(person, other) for other in people)


def is_one_of(person: Person, approvers: Iterable[Person]) -> bool:
    """Tell whether *person* certainly is one of *approvers*; for rights."""
    handles = person.handles
    return any(not handles.isdisjoint(other.handles) for other in approvers)


def _loosely(person: Person) -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFKC", handle).casefold() for handle in person.handles)


def _stranger(identity: Identity) -> Person | None:
    """Return somebody by their handles alone.

    What holds no @ is no e-mail address: it could be spelt like somebody's name in the people table.
    """
    email = lowered((identity.email or "").strip())
    slack_id, github = (identity.slack_id or "").strip(), lowered((identity.github or "").strip())
    if "@" not in email:
        email = ""
    key = email or (f"slack:{slack_id}" if slack_id else "") or (f"github:{github}" if github else "")
    if not key:
        return None
    return Person(key=key, email=email or None, slack_id=slack_id or None, github=github or None)
