"""A caller's endpoint and a courier that may reach it."""

from collections.abc import AsyncIterator

import pytest

from bot.delivery import CallbackCourier, CallbackTerms
from tests.delivery.receiver import Receiver, a_receiver

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with a_receiver() as found:
        yield found


@pytest.fixture
async def courier() -> AsyncIterator[CallbackCourier]:
    """A courier whose only source, ci, may be reached on this machine."""
    terms = {"ci": CallbackTerms(secrets=(SECRET,), hosts=frozenset({"127.0.0.1"})), "mute": CallbackTerms(secrets=())}
    async with CallbackCourier(terms.get) as found:
        yield found
