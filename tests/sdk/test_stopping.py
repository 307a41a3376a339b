"""A signal is heeded even where what it raised got lost, and only while somebody heeds."""

import os
import signal
from collections.abc import Generator

import pytest
from jit_gate.cli.stopping import Stopped, Stops

HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def stops() -> Generator[Stops]:
    before = {number: signal.getsignal(number) for number in HANDLED}
    # A shell that runs the tests behind it lets them ignore interrupts, and what is ignored stays so.
    for number in HANDLED:
        signal.signal(number, signal.SIG_DFL)
    stops = Stops()
    stops.install()
    yield stops
    for number, handler in before.items():
        signal.signal(number, handler)


def test_what_was_lost_is_raised_by_the_next_signal_and_at_the_next_look(stops: Stops) -> None:
    with stops.heeded():
        with pytest.raises(Stopped):  # swallowed here, as by a destructor
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopped):
            os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Stopped):
            stops.heed()

    assert stops.received == "SIGTERM"


def test_while_nobody_heeds_it_is_remembered_only(stops: Stops) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    stops.heed()

    with pytest.raises(Stopped), stops.heeded():
        raise AssertionError("it was heeded at once")
