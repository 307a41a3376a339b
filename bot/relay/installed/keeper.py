"""Lends the token that holds now: from the books, at most two seconds old, and renewed by one process at a time."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.installation import Installation
from bot.relay.installed.renewing import RENEWING, claim_renewal, keep_renewed
from bot.slack.faults import CALL_ERRORS, NotInstalled, read_fault, remedy_of
from bot.slack.installing import Tokens, Vault
from bot.store import Store, Transaction

FRESH = 2.0
"""Seconds that what the books say is gone by; another replica may have renewed or dropped it."""

_PATIENCE, _PAUSE = 10.0, 0.2
"""Seconds to wait for the replica that renews a token which has ended, and between two looks."""

_log = structlog.get_logger("slack")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Our app at Slack, and the workspace that it serves."""

    client_id: str
    client_secret: str
    team: str

    def __repr__(self) -> str:
        """Return what may be logged."""
        return f"App(client_id={self.client_id!r}, team={self.team!r})"


@dataclass(frozen=True, slots=True)
class _Known:
    installation: Installation
    tokens: Tokens


class Keeper:
    """Knows the token of one workspace. *client* has none: it renews with the app's own secret."""

    def __init__(self, store: Store, vault: Vault, app: App, client: AsyncWebClient) -> None:
        self._store = store
        self._vault = vault
        self._app = app
        self._client = cast("Any", client)  # the SDK leaves the types of its keywords open
        self._renewing = asyncio.Lock()
        self._known: tuple[float, _Known] | None = None
        self._rests_until = 0.0

    async def token(self) -> str:
        """Return the bot token that holds now.

        Raises one of faults.CALL_ERRORS: NotInstalled, TokenUnreadable, or why one that has ended is not renewed.
        """
        known = await self._look()
        if not self._is_to_be_renewed(known.installation):
            return known.tokens.bot
        async with self._renewing:
            known = await self._look()
            if self._is_to_be_renewed(known.installation):
                known = await self._renew(known)
        return known.tokens.bot

    def forget(self) -> None:
        """Read the books again before the next call: something was written there."""
        self._known, self._rests_until = None, 0.0

    def _is_to_be_renewed(self, installation: Installation) -> bool:
        """Tell whether to begin: not again at every call, while the token lasts and another replica is at it."""
        now = self._store.now()
        rests = asyncio.get_running_loop().time() < self._rests_until
        return installation.is_due(now) and (installation.has_ended(now) or not rests)

    async def _look(self) -> _Known:
        now = asyncio.get_running_loop().time()
        if self._known is not None and now - self._known[0] < FRESH:
            return self._known[1]
        known = await self._read()
        self._known = (now, known)
        return known

    async def _read(self) -> _Known:
        self._known, team = None, self._app.team
        installation = await self._store.read(lambda snapshot: snapshot.installation(team))
        if installation is None or installation.sealed is None:
            raise NotInstalled(team)
        return _Known(installation, self._vault.open(installation.sealed, team))

    async def _renew(self, known: _Known) -> _Known:
        """Renew the token, or leave it to whoever does; while it lasts it is used, whatever comes of that."""
        team, version = self._app.team, known.installation.version

        def claim(tx: Transaction, now: datetime) -> bool:
            return claim_renewal(tx, team, version, now)

        self._rests_until = asyncio.get_running_loop().time() + RENEWING.total_seconds()
        has_ended = known.installation.has_ended(self._store.now())
        if not await self._store.committer.run(claim):
            return await self._renewed_by_another(version) if has_ended else known
        try:
            return await self._ask(known)
        except CALL_ERRORS as error:
            fault = read_fault(error)
            _log.error("slack.token_not_renewed", code=fault.code, team=team, remedy=remedy_of(fault))
            if has_ended:
                raise
            return known

    async def _ask(self, known: _Known) -> _Known:
        app = self._app
        answer = await self._client.oauth_v2_access(
            client_id=app.client_id,
            client_secret=app.client_secret,
            grant_type="refresh_token",
            refresh_token=known.tokens.refresh,
        )
        tokens = Tokens(team=app.team, bot=str(answer["access_token"]), refresh=str(answer["refresh_token"]))
        ends = self._store.now() + timedelta(seconds=int(answer["expires_in"]))
        renewed = replace(known.installation, sealed=self._vault.seal(tokens), expires_at=ends)

        def keep(tx: Transaction, now: datetime) -> None:
            keep_renewed(tx, renewed, now)

        await self._store.committer.run(keep)
        _log.info("slack.token_renewed", team=app.team)
        return await self._read()

    async def _renewed_by_another(self, version: int) -> _Known:
        """Wait for another replica's renewal. Raises TimeoutError when none comes."""
        async with asyncio.timeout(_PATIENCE):
            while (known := await self._read()).installation.version == version:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(_PAUSE)
        return known
