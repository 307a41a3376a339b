"""Waivers, and failures for them, for tests: everything has a default, a test says only what matters to it."""

from dataclasses import replace
from datetime import timedelta

from bot.core.evidence import Failure, TestEvidence
from bot.core.evidence.triage import Terms, triaged
from bot.core.people.identity import Actor
from bot.core.people.membership import Crowd
from bot.core.waivers.giving import WaiverWish
from bot.core.waivers.terms import WaiverTerms
from bot.core.waivers.waiver import Site, Waiver
from tests.factories import BO, DIA, ID, NOON, a_failure, an_actor

SITE = Site(source="ci", repository="acme/payments", environment="production")
TERMS = WaiverTerms(by=Crowd(people=(BO, DIA)))
DAY = timedelta(days=1)


def failing(*failures: Failure, total: int = 12, incomplete: tuple[str, ...] = ()) -> TestEvidence:
    """What reports say, triaged: nothing is known of any of it."""
    found = failures or (a_failure(),)
    tests = TestEvidence(
        total=total, passed=total - len(found), failed=len(found), failures=found, incomplete=incomplete
    )
    return triaged(tests, {}, Terms())


def signed(failure: Failure | None = None) -> Failure:
    """Return *failure* with its signature."""
    return failing(failure or a_failure()).failures[0]


def a_wish(by: Actor | None = None, **fields: object) -> WaiverWish:
    """Bo wants the failed refund test waived for three days; *fields* are any other fields of a WaiverWish."""
    wish = WaiverWish(
        by=by or an_actor(BO),
        revision=1,
        failure=signed(),
        reason="the sandbox of the bank is down",
        ticket="PAY-77",
        until=NOON + 3 * DAY,
        uses=5,
    )
    return replace(wish, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def a_waiver(number: int = 1, **fields: object) -> Waiver:
    """Bo's waiver of the refund test; *fields* are any other fields of a Waiver."""
    failure = signed()
    waiver = Waiver(
        number=number,
        site=SITE,
        test=failure.id,
        signature=failure.signature or "",
        reason="the sandbox of the bank is down",
        ticket="PAY-77",
        by=BO,
        about=ID,
        since=NOON,
        until=NOON + 3 * DAY,
        uses=5,
        remind_at=NOON + 2 * DAY,
    )
    return replace(waiver, **fields)  # pyright: ignore[reportArgumentType] - any field by its name
