"""The composition root: builds the house from its settings, and owns its start and stop."""

import platform
import random
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from time import monotonic

import structlog
from aiohttp import ClientSession, web
from prometheus_client import CollectorRegistry

from bot import __version__
from bot.core.errors import Unavailable
from bot.core.judging.freeze_windows import live_freezes
from bot.core.moments import draw_moment
from bot.core.people.membership import GroupKind, rotas
from bot.credentials import find_credentials
from bot.delivery import CallbackCourier
from bot.delivery.outward import Outward
from bot.doors import GRACE, Rooms, in_background, open_doors
from bot.machine import new_id, utc_now
from bot.native_wiring import address_vault_of, callback_terms_of, receiving_by, register_hooks
from bot.oidc import Issuers, Outside
from bot.policy.current import CurrentPolicy
from bot.probes import probe_clock, probe_database, probe_policy, probe_slack
from bot.relay import CallbackDoor, Chances, Pace, Relay, SlackDoor, Standby
from bot.relay.books import Books
from bot.relay.home_tabs import HomeTabs
from bot.relay.repair import Reconciler, RepairBooks, RepairNotices, Watcher
from bot.relay.source_door import SourceDoor
from bot.reload import Reload, Reloaded
from bot.rolls import Calendars, Copies, Memberships
from bot.settings import Settings
from bot.slack import Channels, Directory, Seal, SlackCourier, UserGroups, greet, open_session
from bot.slack.workspace.sight import Sight
from bot.slack_wiring import Behind, open_line, secret_key_of
from bot.store import Store, StoreUnusable, StoreWiring, occupy
from bot.timers import SWEEP_EVERY, Tick, Timers
from bot.usecases.desk import Desk
from bot.usecases.keep_history import COUNT_EVERY, FORGET_EVERY, Forgetter, Historian, HistoryMeters
from bot.usecases.keep_time import watch_clock
from bot.usecases.muster import LOOKS_EVERY, Musterer
from bot.usecases.past_runs import read_pasts
from bot.usecases.ring import Sweeper
from bot.usecases.roll_call import RollCaller
from bot.usecases.waiver_clock import WAIVERS_EVERY, WaiverClock
from handlers import api, slack
from handlers.api import ApiWiring, Meters
from handlers.api.wiring import Probe
from handlers.operator import OperatorCalls, Passes

RELAY_EVERY = timedelta(seconds=2)
CLOCK_EVERY = timedelta(seconds=10)
CALENDARS_EVERY = timedelta(minutes=1)
ISSUERS_EVERY = timedelta(minutes=1)
REPAIR_EVERY = timedelta(minutes=1)

_log = structlog.get_logger("house")


def build(settings: Settings) -> "House":
    """Return the house, ready to start.

    Raises SettingsInvalid, PolicyInvalid or StoreUnusable, each with lines that say what to change.
    """
    return House(settings)


class House:
    """Everything that runs in one process. Built whole or not at all; what starts last stops first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._slack = settings.slack()
        self._seal = Seal(secret_key_of(settings))
        self._vault = address_vault_of(settings)
        self.policy = CurrentPolicy(settings.policy_file, partial(find_credentials, settings=settings))
        self._freezes = live_freezes(lambda: self.policy().freezes)
        self._occupancy = occupy(settings.database_url)
        # The next life of this process has the same name, and goes on at once with what this one had claimed. Replicas
        # on PostgreSQL must differ in host name or port.
        self._replica = f"{platform.node()}:{settings.port}"
        wiring = StoreWiring(
            clock=utc_now, monotonic=monotonic, new_id=new_id, replica=self._replica, version=__version__
        )
        try:
            self.store = Store.open(settings.database_url, wiring=wiring)
        except StoreUnusable:
            if self._occupancy is not None:
                self._occupancy.leave()
            raise
        self._stack = AsyncExitStack()
        self._desk = Desk(self.store)
        self._reload = Reload(self.policy, self._desk, utc_now)
        self._registry = CollectorRegistry()
        self._relay: Relay | None = None
        self._reconciler: Reconciler | None = None
        self._issuers: Issuers | None = None

    async def start(self) -> None:
        """Open every door. Raises OSError when the port is taken; then everything is closed again."""
        async with AsyncExitStack() as stack:
            rooms = await self.open_on(stack)
            await open_doors(stack, self._settings, rooms.app, rooms.switchboard, [rooms])
            self._stack = stack.pop_all()
        _log.info("house.open", host=self._settings.host, port=self._settings.port, version=__version__)

    async def stop(self) -> None:
        """Let nobody in any more, finish what was accepted, and close. Nothing that was answered is lost."""
        await self._stack.aclose()
        _log.info("house.closed")

    async def reload(self) -> Reloaded:
        """Read the policy file again, and try again what Slack refused: whoever asks for this has mended something."""
        came = await self._reload.again()
        await self._try_slack_again()
        return came

    async def repair(self) -> dict[str, object]:
        """Look after the cards at once, as far as Slack may be asked, and say what was found."""
        return {} if self._reconciler is None else await self._reconciler.repair_now()

    def status(self) -> dict[str, object]:
        """Say which version this is, which policy it goes by, and what time it has."""
        now = draw_moment(self.store.now())
        return {"version": __version__, "replica": self._replica, "policy": self.policy().hash, "now": now}

    async def open_on(self, stack: AsyncExitStack) -> Rooms:
        """Open everything but the doors, which close before it; *stack* closes both."""
        if self._occupancy is not None:
            stack.callback(self._occupancy.leave)
        stack.push_async_callback(self.store.close)
        await self.store.start()
        await self._reload.begin()
        session = await stack.enter_async_context(open_session())
        behind = Behind(store=self.store, desk=self._desk, clock=utc_now, came=self._try_slack_again)
        client, installing = open_line(self._settings, session, behind)
        directory = Directory(client, lambda: self.policy().people, utc_now)
        channels = Channels(client, lambda: self.policy().shared_channels, utc_now)
        usergroups = UserGroups(client, directory, self.store.now)
        calendars = await self._open_calendars(stack)
        readers = {GroupKind.SLACK_USERGROUP: usergroups.roll, GroupKind.CALENDAR: calendars.roll}
        memberships = Memberships(readers, self.store.now)
        caller = RollCaller(self._desk, memberships.rolls)
        courier = SlackCourier(client, directory, channels, self._seal, memberships.rolls)
        homes = HomeTabs(Books(self.store), directory, memberships, self._seal)
        relay = self._relay = await self._open_relay(stack, courier, homes)
        books, notices = RepairBooks(self.store), RepairNotices(self._registry)
        watcher = Watcher(books, Sight(client, channels), courier, notices, utc_now)
        self._reconciler = Reconciler(books, watcher, notices)
        await self._open_timers(stack, relay, calendars, caller)
        front = slack.Front(
            desk=self._desk,
            directory=directory,
            channels=channels,
            usergroups=usergroups,
            memberships=memberships,
            client=client,
            seal=self._seal,
            clock=utc_now,
            freezes=self._freezes,
            policy=self.policy,
            public_url=self._settings.public_url.rstrip("/"),
        )
        await in_background(stack, greet(directory), "greeting")
        return self._furnish(front, installing)

    async def _try_slack_again(self) -> None:
        try:
            if self._relay is not None:
                await self._relay.revive()
        except Unavailable as error:
            _log.error("relay.not_revived", why=str(error), remedy="send SIGHUP again")

    async def _open_calendars(self, stack: AsyncExitStack) -> Calendars:
        session = await stack.enter_async_context(ClientSession())
        calendars = Calendars(
            session, lambda: self.policy().people, self.store.now, Copies(self._settings.calendar_folder())
        )
        stack.push_async_callback(calendars.close)
        return calendars

    async def _open_relay(self, stack: AsyncExitStack, courier: SlackCourier, homes: HomeTabs) -> Relay:
        callbacks = await stack.enter_async_context(CallbackCourier(partial(callback_terms_of, self.policy)))
        receiving = receiving_by(await stack.enter_async_context(Outward()), self.policy, self._vault)
        books = Books(self.store)
        doors = (
            SlackDoor(courier, books, Pace(self._slack.pace), self._standby, homes),
            CallbackDoor(callbacks, books, self._settings.public_url, utc_now),
            SourceDoor(receiving, books, self._settings.public_url, utc_now),
        )
        chances = Chances(clock=self.store.now, chance=random.SystemRandom().random)
        relay = Relay(self.store, books, doors, chances, self._registry)
        await relay.start()
        stack.push_async_callback(relay.stop, GRACE)
        return relay

    async def _open_issuers(self, stack: AsyncExitStack) -> Issuers:
        outside, copies = await stack.enter_async_context(Outside()), Copies(self._settings.issuer_folder(), "jwks")
        issuers = Issuers(outside, self.store.now, copies, self._registry)
        stack.push_async_callback(issuers.close)
        return issuers

    async def _open_timers(self, stack: AsyncExitStack, relay: Relay, calendars: Calendars, caller: RollCaller) -> None:
        issuers = self._issuers = await self._open_issuers(stack)

        async def look_for_deliveries() -> None:
            relay.wake()

        async def read_calendars() -> None:
            await calendars.refresh(rotas(self.policy().groups.values()))

        async def renew_keys() -> None:
            await issuers.refresh(one.keyless for one in self.policy().sources.values() if one.keyless is not None)

        async def look_after_cards() -> None:
            if self._reconciler is not None:
                await self._reconciler.tick()

        historian, forgetter = self._historians()
        timers = Timers(
            Tick(name="sweep", every=SWEEP_EVERY, do=Sweeper(self._desk, self._freezes).sweep),
            Tick(name="presence", every=LOOKS_EVERY, do=Musterer(self._desk).look),
            Tick(name="roll-calls", every=LOOKS_EVERY, do=caller.call),
            Tick(name="waivers", every=WAIVERS_EVERY, do=WaiverClock(self._desk).ring),
            Tick(name="relay", every=RELAY_EVERY, do=look_for_deliveries),
            Tick(name="clock", every=CLOCK_EVERY, do=partial(watch_clock, self._desk)),
            Tick(name="calendars", every=CALENDARS_EVERY, do=read_calendars),
            Tick(name="history", every=COUNT_EVERY, do=historian.count),
            Tick(name="forget", every=FORGET_EVERY, do=forgetter.forget),
            Tick(name="issuers", every=ISSUERS_EVERY, do=renew_keys),
            Tick(name="repair", every=REPAIR_EVERY, do=look_after_cards),
            clock=utc_now,
            registry=self._registry,
        )
        timers.start()
        stack.push_async_callback(timers.stop)

    def _historians(self) -> tuple[Historian, Forgetter]:
        meters, keep = HistoryMeters(self._registry), timedelta(days=self._settings.history_days)
        self.store.on_commit(meters.heard)
        forgetter = Forgetter(self._desk, meters, keep, self.store.now, random.SystemRandom().random)
        return Historian(self._desk, meters), forgetter

    def _furnish(self, front: slack.Front, installing: slack.Installing | None) -> Rooms:
        app, desk = web.Application(), front.desk
        if installing is not None:
            slack.register_install(app, slack.InstallPages(installing))
        probes: dict[str, Probe] = {
            "database": partial(probe_database, self.store),
            "clock": partial(probe_clock, desk),
            "policy": partial(probe_policy, self._reload),
            "slack": partial(probe_slack, front),
        }
        wiring = self._api_wiring(desk, probes)
        api.register(app, wiring)
        register_hooks(app, desk, self.policy, self._vault)
        self._operator_calls(desk).register(app)
        return Rooms(
            team=self._settings.slack_team_id,
            api_url=self._slack.api_url,
            app=app,
            front=front,
            switchboard=slack.Switchboard(front),
            wiring=wiring,
            probes=probes,
        )

    def _api_wiring(self, desk: Desk, probes: Mapping[str, Probe]) -> ApiWiring:
        return ApiWiring(
            desk=desk,
            policy=self.policy,
            credentials=self.policy.found,
            issuers=self._issuers,
            public_url=self._settings.public_url.rstrip("/"),
            mount=self._settings.mount,
            clock=utc_now,
            new_id=new_id,
            version=__version__,
            probes=probes,
            meters=Meters(self._registry),
            pasts=partial(read_pasts, desk=desk),
        )

    def _standby(self) -> Standby:
        policy = self.policy()
        return Standby(channel=policy.default.channels[0], admins=policy.admin_channel)

    def _operator_calls(self, desk: Desk) -> OperatorCalls:
        async def reload() -> dict[str, object]:
            return asdict(await self.reload())

        passes = Passes(secret_key_of(self._settings))
        return OperatorCalls(
            passes=passes, desk=desk, clock=utc_now, reload=reload, repair=self.repair, status=self.status
        )
