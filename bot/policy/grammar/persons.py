"""The grammar of who there is: a mapping of the file, an entry of the people table, and a group."""

from pydantic import BaseModel, ConfigDict, Field

from bot.policy.grammar.scalars import CalendarRef, Emails, GithubLogins, SlackIds, UserGroupRef

MAX_HANDLES = 10


class Part(BaseModel):
    """A mapping in the file: nothing is guessed, and no key that isn't known is passed over."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class PersonPart(Part):
    """One human, however they sign in. With a Slack id, no other account answers in their name."""

    email: Emails = Field(default=[], max_length=MAX_HANDLES)
    """As Slack and the pipelines know it. A list, where there are several; so for the two below."""
    slack: SlackIds = Field(default=[], max_length=MAX_HANDLES)
    """The Slack member id; of several, the first is the one that is called."""
    github: GithubLogins = Field(default=[], max_length=MAX_HANDLES)
    """The GitHub login."""
    manager: str | None = None
    """The entry of whoever `manager_of_requester` stands for when this person asks."""


class GroupPart(Part):
    """People who answer for something together: listed here, or looked up when somebody answers.

    A Slack user group is at most a minute old then; where Slack can't be asked, nobody counts as its member. A calendar
    is read every minute, and its last good copy is good for a day, also after a restart. Whoever is on call are those
    of the event who have not declined; else the e-mail addresses in its summary, or the names of the people table
    there; else its organizer.
    """

    users: list[str] = []
    """Names of the people table, or e-mail addresses."""
    groups: list[str] = []
    """Other groups, whose people are in this one, too."""
    slack_usergroup: UserGroupRef | None = None
    """A Slack user group, by its handle or its id; it needs the app's scope `usergroups:read`."""
    calendar: CalendarRef | None = None
    """An on-call calendar (iCalendar): an `https://` address that does not redirect (`http://` on this machine), or a
    file beside this one."""
    fallback: list[str] = []
    """People, and groups of people, who stand in while nobody of the Slack user group may answer, nobody is on call, or
    no good copy of the calendar is there; without it, the people of the defaults' `fallback`."""
