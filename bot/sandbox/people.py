"""Who is in the workspace, and its channels."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.sandbox.ids import BOT_USER, OTHER_TEAM, TEAM
from bot.sandbox.refusal import SlackRefusal

Sharing = Literal["no", "pending", "external", "organisation"]
ChannelKind = Literal["public_channel", "private_channel", "im"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One account. Guests are restricted, strangers come from another team, former people are deleted.

    Whoever is in an organisation (Enterprise Grid) has an ``enterprise``, ``global_id`` there, and was let into
    ``workspaces`` of it.
    """

    id: str
    name: str
    real_name: str
    email: str | None = None
    title: str = ""
    team: str = TEAM
    timezone: str = "Europe/Berlin"
    is_guest: bool = False
    is_deleted: bool = False
    is_bot: bool = False
    enterprise: str | None = None
    global_id: str | None = None
    workspaces: tuple[str, ...] = ()

    @property
    def is_stranger(self) -> bool:
        """Say whether this person belongs to another workspace, and was not let into ours."""
        return self.team != TEAM and TEAM not in self.workspaces


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel or a direct message (``kind`` is ``im`` and ``with_user`` set).

    Another organisation reads one whose ``sharing`` is external, and will read a pending one once it accepts; one of
    an organisation is read by its other workspaces.
    """

    id: str
    name: str
    members: frozenset[str]
    kind: ChannelKind = "public_channel"
    topic: str = ""
    is_archived: bool = False
    with_user: str | None = None
    sharing: Sharing = "no"


PEOPLE = (
    Person(id="U0ANA0000", name="ana", real_name="Ana Alvarez", email="ana@acme.test", title="Payments developer"),
    Person(id="U0BO00000", name="bo", real_name="Bo Berg", email="bo@acme.test", title="QA lead"),
    Person(id="U0CHEN000", name="chen", real_name="Chen Wu", email="chen@acme.test", title="Release manager"),
    Person(id="U0DIA0000", name="dia", real_name="Dia Diallo", email="dia@acme.test", title="On-call engineer"),
    Person(
        id="U0GUS0000", name="gus", real_name="Gus Guest", email="gus@contractor.test", title="Guest", is_guest=True
    ),
    Person(id="U0EVE0000", name="eve", real_name="Eve Else", email="eve@other.test", title="External", team=OTHER_TEAM),
    Person(id="U0OLD0000", name="old", real_name="Old Otto", email="old@acme.test", title="Left", is_deleted=True),
    Person(id=BOT_USER, name="jit", real_name="JIT Approvals", is_bot=True),
)

_STAFF = frozenset({"U0ANA0000", "U0BO00000", "U0CHEN000", "U0DIA0000"})
_VISITORS = frozenset({"U0GUS0000", "U0EVE0000"})

CHANNELS = (
    Channel(
        id="C0APPROVE",
        name="approvals",
        members=_STAFF | _VISITORS | {BOT_USER},
        topic="Yes or no, with the reason on record",
    ),
    Channel(
        id="C0PAYMENT",
        name="payments-releases",
        members=_STAFF | _VISITORS | {BOT_USER},
        topic="What payments ships, and who let it",
    ),
    Channel(id="C0INCIDEN", name="incidents", members=_STAFF | {BOT_USER}, topic="When it burns"),
    Channel(id="C0GENERAL", name="general", members=_STAFF, topic="Everything else; the bot is not in here"),
)


class Roster:
    """Looks people and channels up the way the Web API does, and refuses with its words."""

    def __init__(self, people: Sequence[Person] = PEOPLE, channels: Sequence[Channel] = CHANNELS) -> None:
        self._people = {person.id: person for person in people}
        self._channels = {channel.id: channel for channel in channels}

    def people(self) -> tuple[Person, ...]:
        """Return everybody, in the order they joined."""
        return tuple(self._people.values())

    def person(self, user: str) -> Person:
        """Return one account. Raises SlackRefusal user_not_found."""
        if user not in self._people:
            raise SlackRefusal("user_not_found")
        return self._people[user]

    def by_email(self, email: str) -> Person:
        """Return the living member with that address. Raises SlackRefusal users_not_found."""
        wanted = email.casefold()
        for person in self._people.values():
            if person.email and person.email.casefold() == wanted and not person.is_deleted:
                return person
        raise SlackRefusal("users_not_found")

    def channels(self) -> tuple[Channel, ...]:
        """Return every channel and direct message."""
        return tuple(self._channels.values())

    def channel(self, channel: str) -> Channel:
        """Return one channel by its id. Raises SlackRefusal channel_not_found."""
        if channel not in self._channels:
            raise SlackRefusal("channel_not_found")
        return self._channels[channel]

    def named(self, name: str) -> Channel:
        """Return the channel with that name, without its ``#``. Raises SlackRefusal channel_not_found."""
        for channel in self._channels.values():
            if channel.kind != "im" and channel.name == name:
                return channel
        raise SlackRefusal("channel_not_found")

    def direct(self, user: str) -> Channel:
        """Return the direct message between the bot and *user*, opened when it was not."""
        person = self.person(user)
        if person.is_bot:
            raise SlackRefusal("cannot_dm_bot")
        if person.is_deleted:
            raise SlackRefusal("user_disabled")
        known = self._channels.get(f"D{user[1:]}")
        return known or self.put_channel(
            Channel(id=f"D{user[1:]}", name=person.name, members=frozenset({user, BOT_USER}), kind="im", with_user=user)
        )

    def put_person(self, person: Person) -> Person:
        """Add somebody, or change what is known of them."""
        self._people[person.id] = person
        return person

    def put_channel(self, channel: Channel) -> Channel:
        """Add a channel, or change it."""
        self._channels[channel.id] = channel
        return channel

    def archive(self, channel: str) -> None:
        """Close a channel for good; its messages stay."""
        self.put_channel(replace(self.channel(channel), is_archived=True))
