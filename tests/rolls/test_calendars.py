"""The last good copy of a calendar is good for a day; without one nobody is on call, and it says why."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from bot.copies import Kept
from bot.core.people.identity import People
from bot.core.people.membership import GroupKind, LiveGroup, Roll
from bot.rolls import Calendars, Copies, calendars
from tests.factories import ANA, BO, CHEN, DIA, NOON
from tests.fakes.slack import served
from tests.rolls.test_ical import a_calendar

DIAS = a_calendar("ATTENDEE:mailto:dia@acme.test\r\nRRULE:FREQ=DAILY")


class Clock:
    """The time; it moves when a test says so."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def reading(clock: Clock, folder: Path | None = None) -> AsyncGenerator[Calendars]:
    async with ClientSession() as session:
        found = Calendars(session, lambda: People((ANA, BO, CHEN, DIA)), clock, Copies(folder))
        yield found
        await found.close()


def a_rota(ref: object) -> LiveGroup:
    return LiveGroup(name="on-call", kind=GroupKind.CALENDAR, ref=str(ref))


async def test_whoever_is_on_duty_at_that_moment_is_on_call(tmp_path: Path) -> None:
    file, clock = tmp_path / "oncall.ics", Clock()
    file.write_bytes(DIAS)
    async with reading(clock) as found:
        on_duty = await found.roll(a_rota(file))
        clock.now += timedelta(hours=1)
        off_duty = await found.roll(a_rota(file))

    assert ([person.key for person in on_duty.people], on_duty.read_at) == (["dia"], NOON)
    assert (off_duty.people, off_duty.trouble) == ((), None)


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        ("SUMMARY:chen & bo", ["chen", "bo"]),
        ("SUMMARY:Primary on call\r\nORGANIZER:mailto:bo@acme.test", ["bo"]),
        ("SUMMARY:chen\r\nORGANIZER:mailto:bo@acme.test", ["chen"]),
        ("SUMMARY:nobody we know", []),
        ("ATTENDEE:mailto:new@acme.test", ["new@acme.test"]),
    ],
)
async def test_names_are_those_of_the_people_table(event: str, keys: list[str], tmp_path: Path) -> None:
    file = tmp_path / "oncall.ics"
    file.write_bytes(a_calendar(event))
    async with reading(Clock()) as found:
        assert [person.key for person in (await found.roll(a_rota(file))).people] == keys


async def test_the_last_good_copy_is_used_for_a_day_and_then_no_more(tmp_path: Path) -> None:
    file, clock = tmp_path / "oncall.ics", Clock()
    file.write_bytes(DIAS)
    async with reading(clock) as found:
        await found.roll(a_rota(file))
        file.write_bytes(b"<html>")
        clock.now = NOON + timedelta(hours=23, minutes=59)
        kept = await found.roll(a_rota(file))
        clock.now = NOON + timedelta(hours=24, minutes=30)
        gone = await found.roll(a_rota(file))

    assert (kept.trouble, kept.read_at) == (None, NOON)
    assert gone.people == ()
    assert gone.trouble == "its calendar can't be read as iCalendar (ValueError)"


async def test_a_calendar_is_fetched_without_following_anybody_elsewhere() -> None:
    async def redirect(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/oncall.ics"})

    async def calendar(_: web.Request) -> web.Response:
        return web.Response(body=DIAS)

    async def endless(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * 3 * 1024 * 1024)

    app = web.Application()
    app.router.add_get("/moved", redirect)
    app.router.add_get("/oncall.ics", calendar)
    app.router.add_get("/large", endless)
    async with served(app) as url, reading(Clock()) as found:
        there = await found.roll(a_rota(f"{url}/oncall.ics"))
        moved = await found.roll(a_rota(f"{url}/moved"))
        large = await found.roll(a_rota(f"{url}/large"))
        nowhere = await found.roll(a_rota("https://127.0.0.1:1/oncall.ics"))

    assert [person.key for person in there.people] == ["dia"]
    assert moved.trouble == "its calendar was answered with status 302"
    assert large.trouble == "its calendar is larger than 1024 KiB"
    assert nowhere.trouble is not None
    assert nowhere.trouble.startswith("its calendar can't be read")


async def test_what_takes_too_long_is_given_up_and_not_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, clock, held, begun = tmp_path / "oncall.ics", Clock(), threading.Event(), list[bytes]()

    def hold(content: bytes, *_: datetime) -> tuple[()]:
        begun.append(content)
        held.wait(10)
        return ()

    monkeypatch.setattr(calendars, "READ_LIMIT", 0.05)
    monkeypatch.setattr(calendars, "read_shifts", hold)
    file.write_bytes(DIAS)
    async with reading(clock) as found:
        first = await found.roll(a_rota(file))
        second = await found.roll(a_rota(file))
    held.set()

    assert first.trouble == second.trouble == "its calendar takes too long to work out"
    assert len(begun) == 1


async def test_whoever_answers_need_not_wait_for_a_calendar_that_was_read_lately(tmp_path: Path) -> None:
    file = tmp_path / "oncall.ics"
    file.write_bytes(DIAS)
    async with reading(Clock()) as found:
        await found.refresh([str(file), str(file)])
        await asyncio.to_thread(file.unlink)

        assert [person.key for person in (await found.roll(a_rota(file))).people] == ["dia"]


# Whoever watches the garbage collector in these tests may be what the thread is told in; then it is told again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("rule", ["FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;BYMONTHDAY=40"])
async def test_a_rule_without_an_end_takes_nothing_from_anybody_once_it_was_given_up(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "oncall.ics"
    file.write_bytes(a_calendar(f"RRULE:{rule}"))
    monkeypatch.setattr(calendars, "READ_LIMIT", 0.3)
    async with reading(Clock()) as found:
        given_up = await found.roll(a_rota(file))
        busy = [thread for thread in threading.enumerate() if thread.name == "calendar"]
        await asyncio.to_thread(lambda: [thread.join(10) for thread in busy])

    assert given_up.trouble == "its calendar takes too long to work out"
    assert not any(thread.is_alive() for thread in busy)


async def test_a_thread_that_does_not_hear_the_first_time_is_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is raised while a finalizer or a callback of the garbage collector runs is printed, and lost."""
    file = tmp_path / "oncall.ics"
    file.write_bytes(DIAS)
    heard = list[str]()

    def deaf(*_: object) -> object:
        while True:
            try:
                while True:
                    sum(range(100))
            except BaseException as told:
                heard.append(type(told).__name__)
                if len(heard) == 3:
                    raise

    monkeypatch.setattr(calendars, "READ_LIMIT", 0.05)
    monkeypatch.setattr(calendars, "read_shifts", deaf)
    async with reading(Clock()) as found:
        given_up = await found.roll(a_rota(file))
        busy = [thread for thread in threading.enumerate() if thread.name == "calendar"]
        await asyncio.to_thread(lambda: [thread.join(10) for thread in busy])

    assert given_up.trouble == "its calendar takes too long to work out"
    assert not any(thread.is_alive() for thread in busy)
    assert heard == ["_Overdue"] * 3


async def on_call_after_a_restart(folder: Path, ref: Path, age: timedelta) -> Roll:
    """Ask a house that has just begun, whose calendar can't be read any more, *age* after another read it at noon."""
    first, later = Clock(), Clock()
    later.now += age
    async with reading(first, folder) as found:
        await found.refresh([str(ref)])
    await asyncio.to_thread(ref.unlink)
    async with reading(later, folder) as found:
        return await found.roll(a_rota(ref))


@pytest.fixture
def rota(tmp_path: Path) -> Path:
    file = tmp_path / "oncall.ics"
    file.write_bytes(DIAS)
    return file


async def test_the_last_good_copy_survives_a_restart(tmp_path: Path, rota: Path) -> None:
    roll = await on_call_after_a_restart(tmp_path / "kept", rota, timedelta(minutes=20))

    assert ([person.key for person in roll.people], roll.read_at, roll.trouble) == (["dia"], NOON, None)


async def test_whoever_asks_while_the_copy_is_taken_up_waits_for_it_too(tmp_path: Path, rota: Path) -> None:
    """Else the second to ask would hear of trouble, and the fallback could answer, though there is a good copy."""
    async with reading(Clock(), tmp_path / "kept") as before:
        await before.refresh([str(rota)])
    await asyncio.to_thread(rota.unlink)

    copies = SlowCopies(tmp_path / "kept")

    async with ClientSession() as session:
        found = Calendars(session, lambda: People((DIA,)), Clock(), copies)
        first, second = (asyncio.create_task(found.roll(a_rota(rota))) for _ in range(2))
        await asyncio.wait({first, second}, timeout=0.3)  # as long as it takes to find no file, and much longer
        copies.go_on.set()
        rolls = await asyncio.gather(first, second)
        await found.close()

    assert [[person.key for person in roll.people] for roll in rolls] == [["dia"]] * 2


class SlowCopies(Copies):
    """Copies on a slow disk."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.go_on = threading.Event()

    def recall(self, ref: str) -> Kept | None:
        assert self.go_on.wait(10)
        return super().recall(ref)


async def test_a_copy_that_survived_is_good_no_longer_than_any_other(tmp_path: Path, rota: Path) -> None:
    roll = await on_call_after_a_restart(tmp_path / "kept", rota, timedelta(hours=24))

    assert roll.people == ()
    assert roll.trouble is not None
    assert roll.trouble.startswith("its calendar can't be read")


async def test_a_copy_from_the_future_is_not_used(tmp_path: Path, rota: Path) -> None:
    roll = await on_call_after_a_restart(tmp_path / "kept", rota, -timedelta(minutes=20))

    assert roll.people == ()


async def test_a_copy_that_is_not_whole_is_not_used(tmp_path: Path, rota: Path) -> None:
    folder = tmp_path / "kept"
    async with reading(Clock(), folder) as found:
        await found.refresh([str(rota)])
    (copy,) = folder.iterdir()
    copy.write_bytes(copy.read_bytes().replace(b"dia@", b"bo@"))
    await asyncio.to_thread(rota.unlink)

    async with reading(Clock(), folder) as found:
        roll = await found.roll(a_rota(rota))

    assert roll.people == ()


async def test_a_copy_says_nothing_of_its_address_and_is_for_nobody_else(tmp_path: Path, rota: Path) -> None:
    folder = tmp_path / "kept"
    async with reading(Clock(), folder) as found:
        await found.refresh([str(rota)])

    (copy,) = folder.iterdir()
    assert b"oncall.ics" not in copy.read_bytes()
    assert "oncall" not in copy.name
    assert (copy.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path, rota: Path) -> None:
    (tmp_path / "kept").write_text("no folder")

    async with reading(Clock(), tmp_path / "kept") as found:
        await found.refresh([str(rota)])
        roll = await found.roll(a_rota(rota))

    assert [person.key for person in roll.people] == ["dia"]
