"""Who is in a workspace, and in which channels, as somebody describes it in a file."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.sandbox.config import SandboxConfig
from bot.sandbox.ids import BOT_USER, OTHER_TEAM, TEAM
from bot.sandbox.people import Channel, ChannelKind, Person, Sharing
from bot.sandbox.usergroups import UserGroup

APP_NAME = "app"
"""By this word the app is a member of a channel."""

_Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]


class _Described(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Person(_Described):
    name: _Name
    real_name: str = ""
    id: Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{8,}$")] | None = None
    email: str | None = None
    title: str = ""
    timezone: str = "Europe/Berlin"
    guest: bool = False
    external: bool = False
    deactivated: bool = False


class _Channel(_Described):
    name: _Name
    id: Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{8,}$")] | None = None
    topic: str = ""
    private: bool = False
    shared: Sharing = "no"
    members: list[str] | None = None


class _Group(_Described):
    handle: _Name
    name: str = ""
    id: Annotated[str, Field(pattern=r"^S[A-Z0-9]{8,}$")] | None = None
    members: list[str] = []


class _Tokens(_Described):
    bot: Annotated[str, Field(pattern="^xoxb-.")] | None = None
    app: Annotated[str, Field(pattern="^xapp-.")] | None = None
    signing_secret: Annotated[str, Field(min_length=1)] | None = None


class _Workspace(_Described):
    people: Annotated[list[_Person], Field(min_length=1)] | None = None
    channels: Annotated[list[_Channel], Field(min_length=1)] | None = None
    usergroups: list[_Group] | None = None
    tokens: _Tokens = _Tokens()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Somebody has to be there to be, and to be in the first channel."""
        if (self.people is None) is not (self.channels is None):
            raise ValueError("people and channels are described together, or both left out")
        if self.people is not None and all(person.deactivated for person in self.people):
            raise ValueError("everybody is deactivated, and nobody is left to be")
        return self


def with_description(config: SandboxConfig, description: Mapping[str, Any]) -> SandboxConfig:
    """Return *config* with the people, channels, groups and tokens that are described; what is not stays as it is.

    Raises pydantic's ValidationError for another form, and LookupError for members who are not there.
    """
    read = _Workspace.model_validate(description)
    bot = tuple(person for person in config.people if person.id == BOT_USER)
    people = config.people if read.people is None else (*map(_read_person, read.people), *bot)
    ids = {person.name: person.id for person in people} | {APP_NAME: BOT_USER}
    tokens = read.tokens
    return replace(
        config,
        people=people,
        channels=config.channels if read.channels is None else tuple(_read_channel(c, ids) for c in read.channels),
        usergroups=_read_groups(read, config, ids),
        bot_token=tokens.bot or config.bot_token,
        app_token=tokens.app or config.app_token,
        signing_secret=tokens.signing_secret or config.signing_secret,
    )


def _read_person(person: _Person) -> Person:
    return Person(
        id=person.id or _make_id("U", person.name),
        name=person.name,
        real_name=person.real_name or person.name.title(),
        email=person.email,
        title=person.title,
        team=OTHER_TEAM if person.external else TEAM,
        timezone=person.timezone,
        is_guest=person.guest,
        is_deleted=person.deactivated,
    )


def _read_channel(channel: _Channel, ids: Mapping[str, str]) -> Channel:
    kind: ChannelKind = "private_channel" if channel.private else "public_channel"
    return Channel(
        id=channel.id or _make_id("C", channel.name),
        name=channel.name,
        kind=kind,
        topic=channel.topic,
        sharing=channel.shared,
        members=frozenset(ids.values() if channel.members is None else _look_up(channel.members, ids)),
    )


def _read_groups(read: _Workspace, config: SandboxConfig, ids: Mapping[str, str]) -> tuple[UserGroup, ...]:
    if read.usergroups is None:
        return config.usergroups if read.people is None else ()
    return tuple(
        UserGroup(
            id=group.id or _make_id("S", group.handle),
            handle=group.handle,
            name=group.name or group.handle,
            members=tuple(_look_up(group.members, ids)),
        )
        for group in read.usergroups
    )


def _look_up(names: Iterable[str], ids: Mapping[str, str]) -> Iterable[str]:
    for name in names:
        if name not in ids:
            raise LookupError(f"there is nobody called {name!r}; there are {', '.join(sorted(ids))}")
        yield ids[name]


def _make_id(kind: str, name: str) -> str:
    """Return an id as long as Slack's, made of the name: the same at every start."""
    letters = "".join(letter for letter in name.upper() if letter.isalnum() and letter.isascii())
    return f"{kind}0{letters:0<8}"
