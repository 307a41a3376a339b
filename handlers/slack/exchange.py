"""Where several workspaces share one app: every letter goes to the house of the workspace that it was written in.

Which one that is stands in what Slack has signed. A house sees no letter of another one, and whoever writes from a
workspace that is none of ours hears so and reaches no house.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol, assert_never

import structlog
from aiohttp import ClientSession
from slack_bolt.response import BoltResponse
from structlog.contextvars import bound_contextvars

from bot.slack.words.installing import NOT_SERVED
from handlers.slack import dialogs
from handlers.slack.apology import say_at
from handlers.slack.inbound import Chosen, Clicked, Commanded, Happened, Inbound, Letter, Submitted
from handlers.slack.jit import command

_REMEDY = "if it is yours, give it a file in the folder JIT_WORKSPACES"

_QUIET, _REMEMBERED = 60.0, 100
"""Seconds in which the same workspace is named once, and how many are remembered."""

_log = structlog.get_logger("slack")


class Taker(Protocol):
    """Takes letters: a switchboard, or an exchange before several."""

    async def pass_on(self, letter: Letter) -> BoltResponse:
        """Return the acknowledgement; what it acknowledges is durable by then."""
        ...


@dataclass(frozen=True, slots=True)
class Served:
    """A workspace that is served: what it is called, and who takes its letters."""

    name: str
    letters: Taker


class Exchange:
    """Knows who takes the letters of every workspace, by the workspace's id."""

    def __init__(self, served: Mapping[str, Served], session: ClientSession) -> None:
        self._served = served
        self._session = session
        self._quiet_until = dict[str, float]()

    async def pass_on(self, letter: Letter) -> BoltResponse:
        """Return what its workspace answers. What has no meaning to us gets Bolt's own answer, whosever it is."""
        inbound = letter.inbound
        if inbound is None:
            return await next(iter(self._served.values())).letters.pass_on(letter)
        served = self._served.get(inbound.team_id or "")
        if served is not None:
            with bound_contextvars(workspace=served.name):
                return await served.letters.pass_on(letter)
        self._say(inbound)
        return await self._decline(inbound)

    def _say(self, inbound: Inbound) -> None:
        """Say in the log that a workspace is not served, once a minute each: anybody may install the app in theirs."""
        team, now = inbound.team_id or "", asyncio.get_running_loop().time()
        if now < self._quiet_until.get(team, now):
            return
        if len(self._quiet_until) >= _REMEMBERED:
            self._quiet_until.clear()
        self._quiet_until[team] = now + _QUIET
        kind = type(inbound).__name__.lower()
        _log.warning("slack.workspace_not_served", team=inbound.team_id, kind=kind, remedy=_REMEDY)

    async def _decline(self, inbound: Inbound) -> BoltResponse:
        match inbound:
            case Clicked() | Chosen():
                if inbound.response_url is None:
                    return BoltResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)  # Slack marks it as failed
                await say_at(inbound.response_url, self._session, NOT_SERVED)
                return BoltResponse(status=HTTPStatus.OK)
            case Submitted():
                return _answered(dialogs.draw_broken(inbound, NOT_SERVED))
            case Commanded():
                return _answered(command.draw_broken(NOT_SERVED))
            case Happened():
                return BoltResponse(status=HTTPStatus.OK)  # else Slack sends it again, to no other end
            case _:
                assert_never(inbound)


def _answered(answer: Mapping[str, object]) -> BoltResponse:
    return BoltResponse(status=HTTPStatus.OK, body=dict(answer))
