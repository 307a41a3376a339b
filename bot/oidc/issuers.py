"""Whose keys are good: read from each issuer, kept, renewed before they are old, and used on while it is away.

A key that is known costs no network. One that is not has its issuer asked once a minute at most, whoever invents names
of keys; and all who wait for that wait for the same answer.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.copies import Copies, Kept
from bot.core.judging.keyless import Keyless
from bot.oidc.discovery import NotTheIssuer, read_jwks_uri
from bot.oidc.keys import BadKeys, SigningKey, read_keys
from bot.oidc.outside import Outside, Unreachable

SHORTEST, USUAL, LONGEST = timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6)
"""How long keys are good before they are read again: as their issuer says, within these bounds."""

GOOD_FOR = timedelta(hours=24)
"""How old keys may be that are used while their issuer can't be asked."""

AGAIN_AFTER = timedelta(minutes=1)
"""How soon an issuer is asked again, whatever for."""

_log = structlog.get_logger("oidc")


class IssuersDown(Exception):
    """Nobody can tell just now: the issuer's keys could not be read, or not again so soon."""

    def __init__(self, why: str, retry_after: timedelta) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class KeyUnknown(Exception):
    """The issuer, asked just now, has no such key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ring:
    """The keys of one issuer, as they were at ``read_at``."""

    keys: Mapping[str, SigningKey]
    read_at: datetime
    fresh_for: timedelta


class Issuers:
    """The keys of every issuer that the policy names. *clock* never goes back."""

    def __init__(
        self, outside: Outside, clock: Callable[[], datetime], kept: Copies, registry: CollectorRegistry | None = None
    ) -> None:
        self._outside = outside
        self._clock = clock
        self._kept = kept
        self._rings: dict[str, _Ring] = {}
        self._asked_at: dict[str, datetime] = {}
        self._trouble: dict[str, str] = {}
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._recalled: set[str] = set()
        registry = registry or CollectorRegistry()
        self._reads = Counter("jit_oidc_key_reads", "Readings of issuers' keys.", ("issuer", "end"), registry=registry)
        self._read_at = Gauge(
            "jit_oidc_keys_read_timestamp_seconds", "When keys were read last.", ("issuer",), registry=registry
        )

    async def find(self, keyless: Keyless, kid: str) -> SigningKey:
        """Return the key of that name. Raises KeyUnknown, or IssuersDown."""
        await self._recall(keyless.issuer)
        key = self._known(keyless.issuer, kid)
        if key is not None:
            return key
        if not self._may_ask(keyless.issuer):
            raise self._not_now(keyless.issuer)
        await self._ask(keyless)
        key = self._known(keyless.issuer, kid)
        if key is None and keyless.issuer in self._trouble:
            raise self._not_now(keyless.issuer)
        if key is None:
            raise KeyUnknown(keyless.issuer)
        return key

    async def refresh(self, sources: Iterable[Keyless]) -> None:
        """Read keys again that will soon be old, so that nobody who calls has to wait for it."""
        for keyless in {one.issuer: one for one in sources}.values():
            await self._recall(keyless.issuer)
            ring, now = self._rings.get(keyless.issuer), self._clock()
            is_due = ring is None or now - ring.read_at >= ring.fresh_for * 0.8
            if is_due and self._may_ask(keyless.issuer):
                await self._ask(keyless)

    async def close(self) -> None:
        """Stop asking."""
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def describe(self, issuer: str) -> tuple[datetime | None, int, str | None]:
        """Return when its keys were read, how many there are, and what went wrong at the last reading."""
        ring = self._rings.get(issuer)
        return (ring.read_at if ring else None, len(ring.keys) if ring else 0, self._trouble.get(issuer))

    def _known(self, issuer: str, kid: str) -> SigningKey | None:
        ring = self._rings.get(issuer)
        if ring is None or self._clock() - ring.read_at > GOOD_FOR:
            return None
        return ring.keys.get(kid)

    def _may_ask(self, issuer: str) -> bool:
        """Whoever joins an asking that is under way makes no new one."""
        asked_at = self._asked_at.get(issuer)
        return issuer in self._asking or asked_at is None or self._clock() - asked_at >= AGAIN_AFTER

    def _not_now(self, issuer: str) -> IssuersDown:
        asked_at, now = self._asked_at.get(issuer, self._clock()), self._clock()
        why = self._trouble.get(issuer, "its keys were read a moment ago, and this one was not among them")
        return IssuersDown(why, max(timedelta(seconds=1), asked_at + AGAIN_AFTER - now))

    async def _ask(self, keyless: Keyless) -> None:
        """Read the keys of one issuer; many who want that share one reading, which goes on if some of them leave."""
        task = self._asking.get(keyless.issuer)
        if task is None:
            task = self._asking[keyless.issuer] = asyncio.create_task(self._read(keyless), name="issuer's keys")
            task.add_done_callback(lambda _: self._asking.pop(keyless.issuer, None))
        await asyncio.shield(task)

    async def _read(self, keyless: Keyless) -> None:
        issuer, now = keyless.issuer, self._clock()
        self._asked_at[issuer] = now
        try:
            uri = keyless.jwks_uri or await self._discovered(keyless)
            document = await self._outside.read(uri, keyless.hosts)
            keys = read_keys(document.content)
        except (Unreachable, NotTheIssuer, BadKeys) as error:
            self._trouble[issuer] = str(error)
            self._reads.labels(issuer, "failed").inc()
            ring = self._rings.get(issuer)
            age = None if ring is None else int((now - ring.read_at).total_seconds())
            _log.warning("oidc.keys_not_read", issuer=issuer, why=str(error), keys_age_seconds=age)
            return
        self._hold(issuer, _Ring(keys=keys, read_at=now, fresh_for=_within(document.good_for)))
        self._trouble.pop(issuer, None)
        self._reads.labels(issuer, "read").inc()
        await asyncio.to_thread(self._kept.keep, issuer, Kept(content=document.content, read_at=now))

    async def _discovered(self, keyless: Keyless) -> str:
        address = f"{keyless.issuer.rstrip('/')}/.well-known/openid-configuration"
        document = await self._outside.read(address, keyless.hosts)
        return read_jwks_uri(document.content, keyless.issuer)

    async def _recall(self, issuer: str) -> None:
        """Before an issuer is asked for the first time, take the keys that an earlier run has left, where still good.

        They are old at once: the next refresh asks their issuer.
        """
        if issuer in self._recalled:
            return
        kept, now = await asyncio.to_thread(self._kept.recall, issuer), self._clock()
        self._recalled.add(issuer)
        if kept is None or issuer in self._rings or not timedelta() <= now - kept.read_at <= GOOD_FOR:
            return
        try:
            keys = read_keys(kept.content)
        except BadKeys as error:
            _log.warning("oidc.keys_not_recalled", issuer=issuer, why=str(error))
            return
        self._hold(issuer, _Ring(keys=keys, read_at=kept.read_at, fresh_for=timedelta()))

    def _hold(self, issuer: str, ring: _Ring) -> None:
        self._rings[issuer] = ring
        self._read_at.labels(issuer).set(ring.read_at.timestamp())


def _within(told: timedelta | None) -> timedelta:
    return USUAL if told is None else min(max(told, SHORTEST), LONGEST)
