"""Our signature is for what the house wrote: whatever else stands in the tables is neither signed nor sent."""

from hashlib import sha256

import orjson
import pytest

from bot.core.attempts import Attempt, Delivered, GiveUp, TryLater
from bot.core.request import State
from bot.delivery import CallbackCourier
from bot.delivery.callbacks import Letter
from bot.relay import CallbackDoor
from bot.relay.books import Books
from bot.relay.errand import Errand, Wanted
from bot.relay.settling import settle
from bot.store import AuditVerdict, Store, verify_audit
from tests.factories import NOON, rejection
from tests.store.asks import a_stored_request, advancing
from tests.store.conftest import Clock, OpenStore
from tests.store.owner import owner_of

FORGED = b'{"type": "request.decided", "data": {"state": "approved"}}'


class FakeCourier(CallbackCourier):
    """Keeps what it would have signed and sent."""

    def __init__(self, *answers: Attempt) -> None:
        super().__init__(lambda _source: None)
        self.sent: list[bytes] = []
        self._answers = iter(answers)

    async def send(self, letter: Letter, now: object) -> Attempt:  # noqa: ARG002 - as the real one
        self.sent.append(letter.body)
        return next(self._answers, Delivered())


async def a_rejection(store: Store) -> None:
    request = await a_stored_request(store)
    await store.committer.run(advancing(request.id, rejection()))


async def claimed(store: Store) -> Errand:
    (errand,) = await Books(store).claim(Wanted(scope="callback:", blocked={}, paced={}, limit=1))
    return errand


async def carried(store: Store, courier: CallbackCourier, errand: Errand) -> Attempt:
    attempt = await CallbackDoor(courier, Books(store), "https://jit.acme.test", lambda: NOON).carry(errand, NOON)
    await Books(store).settle(errand, settle(errand, attempt, lambda: 0.0, NOON))
    return attempt


async def test_the_log_knows_a_body_before_it_is_sent(store: Store) -> None:
    await a_rejection(store)
    courier = FakeCourier(TryLater(why="answered 503"))

    await carried(store, courier, await claimed(store))

    assert orjson.loads(courier.sent[0])["data"]["state"] == State.REJECTED
    log = await store.read(lambda snapshot: tuple(snapshot.audit()))
    assert log[3].event == "callback.drawn"
    assert log[3].entry["detail"]["body"] == "sha256:" + sha256(courier.sent[0]).hexdigest()
    assert (await store.read(verify_audit)).ok


async def test_a_body_is_drawn_once_and_sent_again_as_it_was(store: Store, clock: Clock) -> None:
    await a_rejection(store)
    courier = FakeCourier(TryLater(why="answered 503"))
    await carried(store, courier, await claimed(store))
    clock.forward(seconds=6)

    errand = await claimed(store)
    await carried(store, courier, errand)

    assert courier.sent[0] == courier.sent[1]
    assert not await Books(store).freeze(errand, b"another one")


async def test_whoever_lost_the_claim_draws_no_body(open_store: OpenStore, clock: Clock) -> None:
    one, two = await open_store("one"), await open_store("two")
    await a_rejection(one)
    late = await claimed(one)
    clock.forward(minutes=3)
    await claimed(two)

    courier = FakeCourier()
    attempt = await carried(one, courier, late)

    assert (attempt, courier.sent) == (TryLater(why="its body was drawn elsewhere meanwhile"), [])


@pytest.mark.parametrize("attempts", [0, 1])
async def test_a_forged_body_is_never_signed(store: Store, clock: Clock, url: str, attempts: int) -> None:
    await a_rejection(store)
    courier = FakeCourier(TryLater(why="answered 503"))
    if attempts:
        await carried(store, courier, await claimed(store))
        clock.forward(seconds=6)
    with owner_of(url) as run:
        run("UPDATE outbox SET body = ? WHERE kind = 'call_back'", FORGED)

    attempt = await carried(store, courier, await claimed(store))

    assert isinstance(attempt, GiveUp)
    assert "somebody wrote into the database" in attempt.why
    assert len(courier.sent) == attempts
    assert [row.last_error for row in await store.read(lambda snapshot: snapshot.dead(9))] == [attempt.why]
    log = await store.read(lambda snapshot: tuple(snapshot.audit()))
    assert (log[-1].event, log[-1].entry["detail"]["why"]) == ("callback.failed", attempt.why)
    assert "its body is not the one" in str((await store.read(verify_audit)).why)


async def test_each_attempt_that_failed_is_in_the_log(store: Store, clock: Clock) -> None:
    await a_rejection(store)
    courier = FakeCourier(TryLater(why="answered 503"), GiveUp(why="answered 410"))
    await carried(store, courier, await claimed(store))
    clock.forward(seconds=6)
    await carried(store, courier, await claimed(store))

    log = await store.read(lambda snapshot: tuple(snapshot.audit()))
    failed = [row.entry["detail"] for row in log if row.event == "callback.failed"]
    assert [(said["attempts"], said["why"], "again_at" in said) for said in failed] == [
        (1, "answered 503", True),
        (2, "answered 410", False),
    ]


FORGERIES = ("'rejected', 'approved'", "'ci.acme.test', 'evil.test'", "'1.42.0', '6.6.6'")


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_request_is_never_signed(store: Store, url: str, forgery: str) -> None:
    await a_rejection(store)
    document = f"replace(CAST(document AS text), {forgery})"
    with owner_of(url) as run:
        run(f"UPDATE requests SET document = {document if 'sqlite' in url else f'CAST({document} AS json)'}")  # noqa: S608 - our own text
    courier = FakeCourier()

    attempt = await carried(store, courier, await claimed(store))

    assert (type(attempt), courier.sent) == (GiveUp, [])


async def test_forged_evidence_is_never_signed(store: Store, url: str) -> None:
    await a_rejection(store)
    with owner_of(url) as run:
        run("UPDATE evidence SET document = '{}'")
    courier = FakeCourier()

    attempt = await carried(store, courier, await claimed(store))

    assert (type(attempt), courier.sent) == (GiveUp, [])


LOSSES = (
    ("DELETE FROM outbox WHERE kind = 'call_back'", "is lost"),
    ("UPDATE outbox SET status = 'done' WHERE kind = 'call_back'", "marked as done"),
    ("UPDATE outbox SET destination = 'nowhere' WHERE kind = 'call_back'", "nobody would be"),
    ("UPDATE outbox SET request_id = NULL WHERE kind = 'call_back'", "nobody would be"),
    ("UPDATE outbox SET kind = 'show_card' WHERE kind = 'call_back'", "is lost"),
)


@pytest.mark.parametrize(("loss", "why"), LOSSES)
async def test_a_callback_that_somebody_took_away_is_found(store: Store, url: str, loss: str, why: str) -> None:
    await a_rejection(store)
    await a_stored_request(store)
    assert (await store.read(verify_audit)).ok

    with owner_of(url) as run:
        run(loss)

    assert why in str((await store.read(verify_audit)).why)


async def test_a_callback_that_arrived_is_one_by_the_log(store: Store) -> None:
    await a_rejection(store)
    await carried(store, FakeCourier(), await claimed(store))

    assert await store.read(verify_audit) == AuditVerdict(ok=True, entries=5)
