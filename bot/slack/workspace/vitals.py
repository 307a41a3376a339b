"""What Slack says of our token when it is asked: which workspace, which scopes, and what time it is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.workspace.directory import read_home


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """``scopes`` are those granted to the token, ``now`` (aware UTC) is Slack's clock; None: it did not say."""

    team: str
    user: str
    scopes: frozenset[str] | None
    now: datetime | None


async def take_vitals(client: AsyncWebClient) -> Vitals:
    """Ask Slack who we are. Raises one of faults.CALL_ERRORS, also for a token that we can't serve."""
    answer = await cast("Any", client).auth_test()
    read_home(answer.data)
    headers = {name.lower(): value for name, value in cast("Mapping[str, str]", answer.headers).items()}
    scopes = headers.get("x-oauth-scopes")
    return Vitals(
        team=str(answer["team"]),
        user=str(answer["user"]),
        scopes=None if scopes is None else frozenset(filter(None, (one.strip() for one in scopes.split(",")))),
        now=_read_date(headers.get("date", "")),
    )


async def try_socket(client: AsyncWebClient, app_token: str) -> None:
    """Ask for a websocket's address, which nobody will open. Raises one of faults.CALL_ERRORS."""
    await cast("Any", client).apps_connections_open(app_token=app_token)


def _read_date(text: str) -> datetime | None:
    """Read an HTTP date (RFC 9110), which is in UTC and has whole seconds."""
    try:
        return parsedate_to_datetime(text).replace(tzinfo=UTC)
    except ValueError:
        return None
