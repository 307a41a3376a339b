"""Who people are: one human, however they sign in.

Two questions look alike and are not. *May these be the same human?* is asked for bans and for counting, and answers yes
in doubt. *Is this certainly one of the approvers?* is asked before somebody may say yes, and answers no in doubt.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from bot.core.people.likeness import likenesses
from bot.core.people.membership import Membership
from bot.core.people.person import MOST_REMEMBERED, Person, lowered, marks

POLICY = "policy:"
"""How the log's name of a rule begins that decided by itself."""


class Standing(StrEnum):
    """What an account is in the workspace; only members decide anything."""

    MEMBER = "member"
    GUEST = "guest"
    EXTERNAL = "external"
    BOT = "bot"
    DEACTIVATED = "deactivated"
    UNKNOWN = "unknown"

    @property
    def is_reachable(self) -> bool:
        """Tell whether what is written to them can arrive: nobody looks into a closed account, nor into a bot's."""
        return self not in {Standing.BOT, Standing.DEACTIVATED}


class Via(StrEnum):
    """Which door somebody came through, and so how they were authenticated."""

    SLACK_BUTTON = "slack_button"
    SLACK_HOME = "slack_home"
    SLACK_DIALOG = "slack_dialog"
    SLACK_COMMAND = "slack_command"
    SLACK_THREAD = "slack_thread"
    SLACK_SHORTCUT = "slack_shortcut"
    SLACK_MESSAGE = "slack_message"
    API = "api"
    CLI = "cli"
    TIMER = "timer"
    POLICY = "policy"
    RELAY = "relay"

    @property
    def is_slack(self) -> bool:
        """Tell whether it is one of Slack's, where anybody may knock who can see a message or type a command."""
        return self.value.startswith("slack_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody or something that acts: a person in the workspace, a source, or the bot itself.

    ``person`` is None for machines. ``name`` is what the log calls them (``ci``, ``timer``, a person's key).
    ``memberships`` is what was looked up for this answer: whether they are in the live groups that were asked.
    ``key`` is by which of its secrets a source was known (the variable that holds it), or by whose ID token.
    """

    name: str
    via: Via
    person: Person | None = None
    standing: Standing = Standing.UNKNOWN
    team_id: str | None = None
    address: str | None = None
    channel: str | None = None
    message_ts: str | None = None
    memberships: tuple[Membership, ...] = ()
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What somebody outside calls a person, before it is matched with the people table."""

    email: str | None = None
    slack_id: str | None = None
    github: str | None = None


@dataclass(frozen=True, slots=True)
class People:
    """The policy's people table. ``managers`` says, by their names in it, who is whose manager."""

    known: tuple[Person, ...] = ()
    managers: Mapping[str, str] = field(default_factory=dict[str, str])
    _by_contact: dict[str, Person] = field(init=False, repr=False, compare=False)
    _by_likeness: dict[str, tuple[Person, ...]] = field(init=False, repr=False, compare=False)
    _find: Callable[[Identity], Person | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the table: a request may name a hundred authors."""
        index = {contact: person for person in reversed(self.known) for contact in person.contacts}
        alike: dict[str, tuple[Person, ...]] = {}
        for person in self.known:
            for likeness in likenesses(person.handles):
                alike[likeness] = (*alike.get(likeness, ()), person)
        object.__setattr__(self, "_by_contact", index)
        object.__setattr__(self, "_by_likeness", alike)
        object.__setattr__(self, "_find", lru_cache(MOST_REMEMBERED)(self._resolved))

    def named(self, key: str) -> Person | None:
        """Return the person with this name in the table."""
        return next((p for p in self.known if p.key == key), None)

    def manager_of(self, person: Person) -> Person | None:
        """Return whom the table names as the manager of *person*; None when it names nobody."""
        return self.named(self.managers.get(person.key, ""))

    def resolve(self, identity: Identity) -> Person | None:
        """Return the one human behind *identity*; None when it names nobody at all.

        A known person keeps the handles of the table and gains those of *identity* that the table gives to nobody
        else, so that somebody who asked by e-mail and clicks with a Slack id is recognised as the same human. Where
        the table knows the handles as different people, the Slack id says more than the e-mail address, and that more
        than the GitHub login. Of several handles of a kind the one that came is the first. Nobody is found by those two
        whom the table knows by another Slack id: an address can be written into any profile. Every handle that says
        something else is kept in ``also``.
        """
        return self._find(identity)

    def _resolved(self, identity: Identity) -> Person | None:
        stranger = _stranger(identity)
        if stranger is None:
            return None
        owners = [self._by_contact.get(contact) for contact in stranger.contacts]
        person = next((owner for owner in owners if owner and not _is_pinned_apart(stranger, owner)), None)
        own = [c for c, owner in zip(stranger.contacts, owners, strict=True) if owner is None or owner is person]
        return self._with_traces(_joined(person, own), stranger)

    def _with_traces(self, person: Person, given: Person) -> Person:
        """Return *person* with everything else that *given* is called, and everybody in the table it may mean."""
        meant = (one for like in likenesses(given.handles) for one in self._by_likeness.get(like, ()))
        traces = frozenset[str]().union(given.contacts, *(one.handles for one in meant))
        return replace(person, also=traces - person.handles)


def same_human(one: Person, other: Person) -> bool:
    """Tell whether two records may be one human: any handle in common, however it is spelt."""
    return not marks(one).likenesses.isdisjoint(marks(other).likenesses)


def shared_likeness(one: Person, other: Person) -> str:
    """Return a name by which two records may be one human, as it is compared; empty when there is none."""
    shared = marks(one).likenesses & marks(other).likenesses
    return min(shared, default="").partition(":")[2]


def is_among(person: Person, people: Iterable[Person]) -> bool:
    """Tell whether *person* may be one of *people*; for bans and counting."""
    return any(same_human(person, other) for other in people)


def can_be_compared(one: Person, other: Person) -> bool:
    """Tell whether two records could show that they are two humans: both have a handle of the same kind.

    Two entries of the people table can, whatever they hold: there, one human has one entry.
    """
    if one.is_listed and other.is_listed:
        return True
    return not marks(one).comparable.isdisjoint(marks(other).comparable)


def is_one_of(person: Person, approvers: Iterable[Person]) -> bool:
    """Tell whether *person* certainly is one of *approvers*; for rights. Another Slack id is another account."""
    handles = person.handles
    return any(not handles.isdisjoint(other.handles) and not _is_pinned_apart(person, other) for other in approvers)


def _is_pinned_apart(person: Person, other: Person) -> bool:
    """Tell whether *person* acts with a Slack account, and *other* is known to be none but others."""
    return bool(person.slack_id and other.accounts and person.slack_id not in other.accounts)


def _stranger(identity: Identity) -> Person | None:
    """Return somebody by their handles alone.

    What holds no @ is no e-mail address: it could be spelt like somebody's name in the people table.
    """
    email = lowered((identity.email or "").strip())
    slack_id, github = (identity.slack_id or "").strip(), lowered((identity.github or "").strip())
    named = (("slack", slack_id), ("email", email if "@" in email else ""), ("github", github))
    contacts = [f"{kind}:{name}" for kind, name in named if name]
    return _joined(None, contacts) if contacts else None


def _joined(person: Person | None, contacts: Iterable[str]) -> Person:
    """Return *person* with *contacts*, where theirs say nothing; without a person somebody named after the contacts."""
    given = dict(contact.split(":", 1) for contact in contacts)
    email, slack_id, github = given.get("email"), given.get("slack"), given.get("github")
    if person is None:
        key = email or (f"slack:{slack_id}" if slack_id else f"github:{github}")
        return Person(key=key, email=email, slack_id=slack_id, github=github)
    aliases = person.aliases
    return replace(
        person,
        email=email if f"email:{email}" in aliases else person.email or email,
        slack_id=slack_id if f"slack:{slack_id}" in aliases else person.slack_id or slack_id,
        github=github if f"github:{github}" in aliases else person.github or github,
    )
