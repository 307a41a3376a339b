"""What is tried again, how often, and when it is given up."""

import asyncio
import signal
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jit_gate import Astray, NoAnswer, Patience, Refused
from jit_gate.patience import Trier

from tests.sdk.impostor import ID, a_decision, a_request, a_yes, http, impostor, problem
from tests.sdk.running import run, start

ASK = ("request", "--title=t", "--action=deploy")
PAGE = http(b"<html>404 page not found</html>", "404 Not Found", "text/html")
CREATED = http(a_request(), "201 Created")


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def patient(
    time: Time, luck: Callable[[], float] = lambda: 1.0, retry_for: float = 600, strange_for: float = 30
) -> Trier:
    return Trier(
        Patience(retry_for=retry_for, strange_for=strange_for, clock=time.clock, sleep=time.sleep, random=luck)
    )


def failing(*errors: Exception) -> Callable[[float], str]:
    """Return a call that fails so, one after the other, and then works."""
    left = list(errors)

    def attempt(_: float) -> str:
        if left:
            raise left.pop(0)
        return "done"

    return attempt


def test_pauses_double_up_to_half_a_minute() -> None:
    time = Time()

    assert patient(time).run(failing(*[NoAnswer("gone")] * 9)) == "done"

    assert time.pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 10_000))
def test_luck_makes_a_pause_shorter_and_never_nothing(luck: float, failures: int) -> None:
    patience = Patience(random=lambda: luck)

    assert 0.1 < patience.pause(failures, None) <= patience.longest_pause


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 1e6), st.integers(0, 50))
def test_whoever_says_when_is_not_asked_before(luck: float, asked_for: float, failures: int) -> None:
    assert Patience(random=lambda: luck).pause(failures, asked_for) > asked_for


def test_it_is_given_up_within_its_time() -> None:
    time = Time()

    with pytest.raises(NoAnswer, match="gone"):
        patient(time, retry_for=60).run(failing(*[NoAnswer("gone")] * 1000))

    assert time.now <= 1060


def test_nobody_waits_for_what_comes_too_late() -> None:
    time = Time()

    with pytest.raises(NoAnswer):
        patient(time, retry_for=60).run(failing(NoAnswer("later", retry_after=3600)))

    assert time.pauses == []


def test_a_no_of_the_bots_own_is_not_argued_with() -> None:
    time = Time()

    with pytest.raises(Refused):
        patient(time).run(failing(Refused(422, "invalid_input", "no")))

    assert time.pauses == []


def test_a_stranger_is_believed_to_be_a_wrong_address_until_the_bot_was_met() -> None:
    first, later = Time(), Time()
    met = patient(later)
    met.run(failing())

    with pytest.raises(Astray):
        patient(first).run(failing(*[Astray("a page")] * 1000))
    assert met.run(failing(*[Astray("a page")] * 9)) == "done"

    assert first.now <= 1030 < later.now


async def test_the_same_key_and_the_same_bytes_are_sent_each_time() -> None:
    busy = problem("503 Service Unavailable", "unavailable", headers=["Retry-After: 0"])
    limited = problem("429 Too Many Requests", "too_many", headers=["Retry-After: 1"])
    async with impostor(busy, b"", limited, PAGE, CREATED) as it:
        ended = await run(*ASK, url=it.url)

    assert (ended.code, ended.out) == (0, f"{ID}\n")
    assert len(it.heard) == 5
    assert len(set(it.keys)) == len(set(it.heard)) == 1
    assert it.keys[0]


async def test_two_runs_are_two_requests() -> None:
    async with impostor(CREATED) as it:
        await run(*ASK, url=it.url)
        await run(*ASK, url=it.url)

    assert len(set(it.keys)) == 2


@pytest.mark.parametrize("answer", [PAGE, http(b"", "302 Found", headers=["Location: https://sso.test/"])])
async def test_a_wrong_address_is_exit_3_with_a_sentence(answer: bytes) -> None:
    async with impostor(answer) as it:
        ended = await run(*ASK, "--retry-for=1s", url=it.url)

    assert (ended.code, ended.out) == (3, "")
    assert len(ended.err.splitlines()[-1]) < 200


async def test_a_house_that_closes_is_not_asked_at_once_again() -> None:
    async with impostor(CREATED, http(a_request())) as it:
        ended = await run(*ASK, "--wait", "--wait-limit=3s", url=it.url)

    assert ended.code == 2
    assert len(it.heard) <= 7


async def test_stopped_while_it_asks_it_takes_back_what_may_have_been_asked() -> None:
    heard = asyncio.Event()

    async def silent(_: asyncio.StreamWriter) -> None:
        heard.set()
        await asyncio.sleep(60)

    gone = http(a_request(state="cancelled", decision=a_decision(verdict=None, reason="stopped")))
    async with impostor(silent, CREATED, gone) as it:
        gate = await start(*ASK, "--wait", url=it.url)
        await heard.wait()
        gate.process.send_signal(signal.SIGTERM)
        ended = await gate.end(seconds=8)

    assert (ended.code, ended.out) == (2, "cancelled\n")
    assert it.keys[0] == it.keys[1]
    assert it.heard[2].startswith(f"POST /v1/requests/{ID}/cancel ".encode())


async def test_stopped_it_is_no_yes_even_if_somebody_said_yes_in_the_meantime() -> None:
    waits = asyncio.Event()

    async def never(_: asyncio.StreamWriter) -> None:
        waits.set()
        await asyncio.sleep(60)

    settled = problem("409 Conflict", "not_open", "It is approved.")
    async with impostor(CREATED, http(a_request()), never, settled, http(a_yes())) as it:
        gate = await start(*ASK, "--wait", url=it.url)
        await waits.wait()
        gate.process.send_signal(signal.SIGINT)
        ended = await gate.end(seconds=8)

    assert (ended.code, ended.out) == (2, "")
    assert "It is approved." in ended.err


async def test_stopped_and_unable_to_take_it_back_is_exit_3_and_soon() -> None:
    async with impostor(CREATED, http(a_request()), b"") as it:
        gate = await start(*ASK, "--wait", url=it.url)
        await gate.until("Trying again")
        gate.process.send_signal(signal.SIGTERM)
        ended = await gate.end(seconds=9)

    assert ended.code == 3
    assert "could not be taken back" in ended.err
