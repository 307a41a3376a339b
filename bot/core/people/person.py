"""One human, and everything they are recognised by."""

from dataclasses import dataclass
from functools import lru_cache

from bot.core.people.likeness import kinds, likenesses

MOST_REMEMBERED = 4096
"""How many people, and how many spellings of them, are worked out once only: the same few ask and answer all day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One human.

    ``key`` is the canonical name: the entry in the policy's people table, else the e-mail address in lower case,
    else ``slack:U…`` or ``github:login``. The handles are what they are known by elsewhere.

    ``also`` holds every other handle that came with theirs, and all handles of whomever else of the table any of them
    may mean. It counts against somebody, in bans and in counting, and never for them.

    ``aliases`` are further handles that certainly are theirs, each with its kind in front: the table lists several.
    """

    key: str
    email: str | None = None
    slack_id: str | None = None
    github: str | None = None
    also: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()

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
        return marks(self).contacts

    @property
    def accounts(self) -> frozenset[str]:
        """Return the Slack ids that certainly are theirs."""
        return frozenset(contact.partition(":")[2] for contact in self.contacts if contact.startswith("slack:"))

    @property
    def handles(self) -> frozenset[str]:
        """Return everything this person can be recognised by: the name, and how they are known elsewhere."""
        return marks(self).handles

    @property
    def traces(self) -> frozenset[str]:
        """Return everything that may point to this person; what is only a trace gives no right."""
        return marks(self).traces

    @property
    def is_listed(self) -> bool:
        """Tell whether the people table names them: a stranger's name is made from a handle."""
        return marks(self).is_listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
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


@lru_cache(MOST_REMEMBERED)
def marks(person: Person) -> Marks:
    """Return what *person* is recognised by; the same few are asked for all day."""
    named = (("slack", person.slack_id), ("email", person.email), ("github", person.github))
    first = tuple(f"{kind}:{name if kind == 'slack' else lowered(name)}" for kind, name in named if name)
    contacts = (*first, *sorted(person.aliases.difference(first)))
    handles = frozenset((f"key:{lowered(person.key)}", *contacts))
    traces = handles | person.also
    return Marks(
        contacts=contacts,
        handles=handles,
        traces=traces,
        is_listed=lowered(person.key) not in {lowered(contact.removeprefix("email:")) for contact in contacts},
        likenesses=likenesses(traces),
        comparable=kinds(trace for trace in traces if not trace.startswith("key:")),
    )


def lowered(text: str) -> str:
    """Return *text* with the letters A to Z, and no others, in lower case."""
    return text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)
