"""Who people are: one human, however they sign in.

Two questions look alike and are not. *May these be the same human?* is asked for bans and for counting, and answers yes
in doubt. *Is this certainly one of the approvers?* is asked before somebody may say yes, and answers no in doubt.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from bot.core.likeness import kinds, likenesses

_MOST_REMEMBERED = 4096
"""How many people, and how many spellings of them, are worked out once only: the same few ask and answer all day."""


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

    ``also`` holds every other handle that came with theirs, and all handles of whomever else of the table any of them
    may mean. It counts against somebody, in bans and in counting, and never for them.
    """

    key: str
    email: str | None = None
    slack_id: str | None = None
    github: str | None = None
    also: frozenset[str] = frozenset()

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
        return _marks(self).contacts

    @property
    def handles(self) -> frozenset[str]:
        """Return everything this person can be recognised by: the name, and how they are known elsewhere."""
        return _marks(self).handles

    @property
    def traces(self) -> frozenset[str]:
        """Return everything that may point to this person; what is only a trace gives no right."""
        return _marks(self).traces

    @property
    def is_listed(self) -> bool:
        """Tell whether the people table names them: a stranger's name is made from a handle."""
        return _marks(self).is_listed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """What a person is recognised by, worked out: every click compares it with everybody who is banned or has answered.

    ``likenesses`` and ``comparable`` are what the traces may be mistaken for, and the kinds of those that others have
    too; a name of ours is nobody else's.
    """

    contacts: tuple[str, ...]
    handles: frozenset[str]
    traces: frozenset[str]
    is_listed: bool
    likenesses: frozenset[str]
    comparable: frozenset[str]


@lru_cache(_MOST_REMEMBERED)
def _marks(person: Person) -> _Marks:
    named = (("slack", person.slack_id), ("email", person.email), ("github", person.github))
    contacts = tuple(f"{kind}:{name if kind == 'slack' else lowered(name)}" for kind, name in named if name)
    handles = frozenset((f"key:{lowered(person.key)}", *contacts))
    traces = handles | person.also
    return _Marks(
        contacts=contacts,
        handles=handles,
        traces=traces,
        is_listed=lowered(person.key) not in {lowered(contact.removeprefix("email:")) for contact in contacts},
        likenesses=likenesses(traces),
        comparable=kinds(trace for trace in traces if not trace.startswith("key:")),
    )


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
        object.__setattr__(self, "_find", lru_cache(_MOST_REMEMBERED)(self._resolved))

    def named(self, key: str) -> Person | None:
        """Return the person with this name in the table."""
        return next((p for p in self.known if p.key == key), None)

    def resolve(self, identity: Identity) -> Person | None:
        """Return the one human behind *identity*; None when it names nobody at all.

        A known person keeps the handles of the table and gains those of *identity* that the table gives to nobody
        else, so that somebody who asked by e-mail and clicks with a Slack id is recognised as the same human. Where
        the table knows the handles as different people, the Slack id says more than the e-mail address, and that more
        than the GitHub login. Nobody is found by those two whom the table knows by another Slack id: an address can
        be written into any profile. Every handle that says something else is kept in ``also``.
        """
        return self._find(identity)

    def _resolved(self, identity: Identity) -> Person | None:
        stranger = _stranger(identity)
        if stranger is None:
            return None
        owners = [self._by_contact.get(contact) for contact in stranger.contacts]
        person = next((owner for owner in owners if owner and not _are_pinned_apart(owner, stranger)), None)
        own = [c for c, owner in zip(stranger.contacts, owners, strict=True) if owner is None or owner is person]
        return self._with_traces(_joined(person, own), stranger)

    def _with_traces(self, person: Person, given: Person) -> Person:
        """Return *person* with everything else that *given* is called, and everybody in the table it may mean."""
        meant = (one for like in likenesses(given.handles) for one in self._by_likeness.get(like, ()))
        traces = frozenset[str]().union(given.contacts, *(one.handles for one in meant))
        return replace(person, also=traces - person.handles)


def lowered(text: str) -> str:
    """Return *text* with the letters A to Z, and no others, in lower case."""
    return text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)


def same_human(one: Person, other: Person) -> bool:
    """Tell whether two records may be one human: any handle in common, however it is spelt."""
    return not _marks(one).likenesses.isdisjoint(_marks(other).likenesses)


def shared_likeness(one: Person, other: Person) -> str:
    """Return a name by which two records may be one human, as it is compared; empty when there is none."""
    shared = _marks(one).likenesses & _marks(other).likenesses
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
    return not _marks(one).comparable.isdisjoint(_marks(other).comparable)


def is_one_of(person: Person, approvers: Iterable[Person]) -> bool:
    """Tell whether *person* certainly is one of *approvers*; for rights. Another Slack id is another account."""
    handles = person.handles
    return any(not handles.isdisjoint(other.handles) and not _are_pinned_apart(person, other) for other in approvers)


def _are_pinned_apart(one: Person, other: Person) -> bool:
    return bool(one.slack_id and other.slack_id and one.slack_id != other.slack_id)


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
    return Person(
        key=person.key,
        email=person.email or email,
        slack_id=person.slack_id or slack_id,
        github=person.github or github,
    )
