"""Who is who in the workspace: standing and person behind a Slack account, never older than a minute."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.people.identity import Actor, Identity, People, Person, Standing, Via
from bot.slack.client import Home, is_user_id
from bot.slack.faults import CALL_ERRORS, OrganisationToken, read_fault

FRESH = timedelta(seconds=60)
"""How old what we know of somebody may be when it decides something."""

HOME_FRESH = timedelta(minutes=10)
"""How old what we know of our own workspace may be: it can be moved into an organisation while we run."""

MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What Slack says of a user id; ``zone`` is the name of the time zone they live in.

    ``global_id`` is another id of the same account: the one that an organisation (Enterprise Grid) knows it by.
    """

    id: str
    standing: Standing
    email: str | None = None
    zone: str | None = None
    global_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody acted: through which door, in which team's workspace, of which organisation, on which message."""

    via: Via
    team_id: str | None
    channel: str | None = None
    ts: str | None = None
    enterprise_id: str | None = None


class Directory:
    """Asks Slack who somebody is. *people* returns the people table of the policy that holds now."""

    def __init__(
        self,
        client: AsyncWebClient,
        people: Callable[[], People],
        clock: Callable[[], datetime],
    ) -> None:
        self._client = cast("Any", client)  # the SDK leaves the types of its keywords open
        self._people = people
        self._clock = clock
        self._home: Home | None = None
        self._home_until = clock()
        self._known: OrderedDict[str, tuple[datetime, Account]] = OrderedDict()

    async def home(self) -> Home:
        """Return our own workspace, as Slack told it a while ago. Raises one of faults.CALL_ERRORS until it has.

        So it does, with OrganisationToken, where the token belongs to no workspace: nobody would be one of ours. Else
        what is known already holds while Slack can't be asked anew, which is tried each minute.
        """
        known, now = self._home, self._clock()
        # A clock that jumped back makes what we know older, not younger.
        if known is not None and timedelta() < self._home_until - now <= HOME_FRESH:
            return known
        return await self._look_home(known, now)

    async def _look_home(self, known: Home | None, now: datetime) -> Home:
        """Ask Slack for our workspace; who somebody is to another one than was *known* is asked anew, too."""
        try:
            found = read_home(cast("dict[str, Any]", (await self._client.auth_test()).data))
        except OrganisationToken:
            raise
        except CALL_ERRORS:
            if known is None:
                raise
            self._home_until = now + FRESH
            return known
        if found != known:
            self._known.clear()
        self._home, self._home_until = found, now + HOME_FRESH
        return found

    async def _home_of(self, place: Place) -> Home:
        """Return our own workspace, asked anew when it seems to have come into the organisation of *place*."""
        home, now = await self.home(), self._clock()
        is_moved = place.team_id == home.team_id and place.enterprise_id not in {None, home.enterprise_id}
        # What was asked less than a minute ago is not asked again: somebody may go on clicking somewhere else.
        is_young = HOME_FRESH - FRESH < self._home_until - now <= HOME_FRESH
        return await self._look_home(home, now) if is_moved and not is_young else home

    def forget(self) -> None:
        """Forget the workspace and everybody in it: Slack has to be asked anew, and may let us in no more."""
        self._home = None
        self._known.clear()

    async def require_workspace(self) -> None:
        """Raise OrganisationToken where nobody could answer what we ask. While Slack does not say, it can be asked."""
        try:
            await self.home()
        except OrganisationToken:
            raise
        except CALL_ERRORS:
            return

    async def actor(self, user_id: str, place: Place) -> Actor:
        """Return who acted. When Slack can't be asked the standing is unknown, and such a person decides nothing."""
        account = await self._account_in(user_id, place)
        person = self._behind(account)
        return Actor(
            name=person.key if person else "somebody unknown",
            via=place.via,
            person=person,
            standing=account.standing,
            team_id=place.team_id,
            channel=place.channel,
            message_ts=place.ts,
        )

    async def account(self, user_id: str) -> Account:
        """Return what Slack says of *user_id*, at most a minute old. Raises one of faults.CALL_ERRORS."""
        now = self._clock()
        known = self._known.get(user_id)
        # A clock that jumped back makes what we know older, not younger.
        if known is not None and timedelta() <= now - known[0] < FRESH:
            return known[1]
        home = await self.home()
        answer = await self._client.users_info(user=user_id)
        account = read_account(cast("dict[str, Any]", answer["user"]), home)
        self._remember(now, account)
        return account

    def person(self, user_id: str) -> Person:
        """Return the human behind a Slack account, as far as the people table knows it."""
        return self._people().resolve(Identity(slack_id=user_id)) or Person(key=f"slack:{user_id}", slack_id=user_id)

    async def known(self, user_id: str) -> tuple[Person, Standing]:
        """Return the human behind a Slack account, and what it is here. Raises one of faults.CALL_ERRORS."""
        account = await self.account(user_id)
        return self._behind(account) or self.person(user_id), account.standing

    async def account_of(self, person: Person) -> Account | None:
        """Return the account of *person*, by id or else by e-mail address; None when Slack knows none.

        Raises one of faults.CALL_ERRORS.
        """
        try:
            if is_user_id(person.slack_id):
                return await self.account(cast("str", person.slack_id))
            if not person.email:
                return None
            home = await self.home()
            answer = await self._client.users_lookupByEmail(email=person.email)
        except SlackApiError as error:
            if read_fault(error).code in {"user_not_found", "users_not_found", "user_not_visible"}:
                return None
            raise
        return read_account(cast("dict[str, Any]", answer["user"]), home)

    def _behind(self, account: Account) -> Person | None:
        """Return the human behind *account*: its other id counts against them, in bans, and for nothing else."""
        person = self._people().resolve(Identity(email=account.email, slack_id=account.id or None))
        if person is None or account.global_id in {None, account.id}:
            return person
        return replace(person, also=(person.also | {f"slack:{account.global_id}"}) - person.handles)

    async def _account_in(self, user_id: str, place: Place) -> Account:
        if not is_user_id(user_id):
            return Account(id="", standing=Standing.UNKNOWN)
        try:
            home = await self._home_of(place)
            account = await self.account(user_id)
        except CALL_ERRORS:
            return Account(id=user_id, standing=Standing.UNKNOWN)
        if not _is_at(place, home) and account.standing in {Standing.MEMBER, Standing.GUEST}:
            # Clicked in somebody else's workspace, through a shared channel: what they are here does not count there.
            return Account(id=user_id, standing=Standing.EXTERNAL, email=account.email)
        return account

    def _remember(self, now: datetime, account: Account) -> None:
        self._known[account.id] = (now, account)
        self._known.move_to_end(account.id)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


def read_home(answer: dict[str, Any]) -> Home:
    """Return the workspace that ``auth.test`` tells of. Raises OrganisationToken where it is none."""
    if answer.get("is_enterprise_install"):
        raise OrganisationToken("is_enterprise_install")
    return Home(
        team_id=answer["team_id"],
        url=answer["url"],
        bot_user_id=answer["user_id"],
        enterprise_id=answer.get("enterprise_id") or None,
    )


def read_account(user: dict[str, Any], home: Home) -> Account:
    """Return the account behind a user object of the Web API.

    https://docs.slack.dev/reference/objects/user-object
    """
    profile = cast("dict[str, Any]", user.get("profile") or {})
    email, zone = profile.get("email"), user.get("tz")
    other = cast("dict[str, Any]", user.get("enterprise_user") or {}).get("id")
    return Account(
        id=str(user.get("id", "")),
        standing=_standing(user, home),
        email=email if isinstance(email, str) else None,
        zone=zone if isinstance(zone, str) else None,
        global_id=other if isinstance(other, str) and is_user_id(other) else None,
    )


def _standing(user: dict[str, Any], home: Home) -> Standing:
    """Return the first that applies; what is not said is never read in somebody's favour."""
    if user.get("deleted") is not False:
        return Standing.DEACTIVATED
    if user.get("is_bot") or user.get("is_app_user") or user.get("id") in {home.bot_user_id, "USLACKBOT"}:
        return Standing.BOT
    if user.get("is_stranger") or not _is_of(user, home):
        return Standing.EXTERNAL
    if user.get("is_restricted") is not False or user.get("is_ultra_restricted") is not False:
        return Standing.GUEST
    return Standing.MEMBER


def _is_at(place: Place, home: Home) -> bool:
    """Tell whether it was done in our workspace; the ids of workspaces are Slack's, and no two have the same."""
    return place.team_id == home.team_id and place.enterprise_id in {None, home.enterprise_id}


def _is_of(user: dict[str, Any], home: Home) -> bool:
    """Tell whether an account is one of our workspace: its own, or one of the organisation's that was let into it.

    https://docs.slack.dev/enterprise
    """
    if user.get("team_id") == home.team_id:
        return True
    there = cast("dict[str, Any]", user.get("enterprise_user") or {})
    teams = there.get("teams")
    is_ours = home.enterprise_id is not None and there.get("enterprise_id") == home.enterprise_id
    return is_ours and isinstance(teams, list) and home.team_id in teams
