"""Two replicas on one database: one decision each, whoever was asked; and each hears of the other's commits."""

import asyncio
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.events import Superseded
from bot.core.life.lifecycle import advance
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Person
from bot.core.request import ApprovalRequest, RequestId, State
from bot.core.stamp import Stamp
from bot.store import AuditVerdict, Commit, Snapshot, Store, Transaction, verify_audit
from bot.usecases.replay import take_pass
from tests.factories import ANA, BO, CHEN, CI, DIA, GUS, NOON, a_person, a_ruling, a_subject, approval, rejection
from tests.store.asks import a_stored_request, advancing, outcomes_of, submitting
from tests.store.conftest import OpenStore
from tests.store.owner import owner_of

FAY = a_person("fay")


@pytest.fixture
async def replicas(open_store: OpenStore) -> tuple[Store, Store]:
    return await open_store("one"), await open_store("two")


async def ask_for(store: Store) -> ApprovalRequest:
    return await a_stored_request(store, ruling=a_ruling(quorum=2), subject=a_subject(requester=ANA))


async def answer(store: Store, request_id: RequestId, by: Person, verdict: Callable[..., object]) -> object:
    event = verdict(by)
    try:
        return await store.committer.run(advancing(request_id, event), (request_id,))  # pyright: ignore[reportArgumentType] - one of the two reviews
    except Refused as refused:
        return refused.code


def look(snapshot: Snapshot, request: ApprovalRequest) -> tuple[State, int]:
    now = snapshot.request(request.id)
    assert now is not None
    return now.state, [row.event for row in snapshot.events(request.id)].count("request.decided")


@pytest.mark.parametrize("rejecting", [0, 2])
async def test_competing_answers_lead_to_one_decision_each(replicas: tuple[Store, Store], rejecting: int) -> None:
    requests = [await ask_for(replicas[0]) for _ in range(6)]
    verdicts = [rejection] * rejecting + [approval] * (6 - rejecting)
    people = (BO, CHEN, DIA, GUS, FAY, a_person("hal"))
    answers = [(request, by, verdict) for request in requests for by, verdict in zip(people, verdicts, strict=True)]
    assert len(answers) == 36
    random.Random(rejecting).shuffle(answers)  # noqa: S311 - any order will do

    came = await asyncio.gather(
        *[answer(replicas[n % 2], request.id, by, verdict) for n, (request, by, verdict) in enumerate(answers)]
    )

    for store in replicas:
        found = [await store.read(lambda s, r=request: look(s, r)) for request in requests]
        assert [decisions for _, decisions in found] == [1] * 6
        assert {state for state, _ in found} <= {State.APPROVED, *([State.REJECTED] if rejecting else [])}
        assert (await store.read(verify_audit)).ok
    counted = [one for one in came if isinstance(one, Outcome)]
    assert sum(not one.request.state.is_open for one in counted) == 6
    assert {one for one in came if not isinstance(one, Outcome)} == {Refusal.NOT_OPEN}


async def meeting(replicas: tuple[Store, Store], *use_cases: Callable[[Transaction, datetime], object]) -> list[object]:
    """Run a use case on each replica, both past their first look before either writes, where the database lets them."""
    barrier = threading.Barrier(len(use_cases))

    def meet(use_case: Callable[[Transaction, datetime], object]) -> Callable[[Transaction, datetime], object]:
        def run(tx: Transaction, now: datetime) -> object:
            value = use_case(tx, now)
            with suppress(threading.BrokenBarrierError):
                barrier.wait(timeout=0.3)  # SQLite lets one in at a time: then nobody comes
            return value

        return run

    pairs = zip(replicas, use_cases, strict=True)
    return await asyncio.gather(*[s.committer.run(meet(one)) for s, one in pairs], return_exceptions=True)


async def test_the_same_key_on_both_replicas_at_once_is_one_request(replicas: tuple[Store, Store]) -> None:
    def submit_once(tx: Transaction, now: datetime) -> RequestId:
        known = tx.requests.by_key("ci", "run-1")
        return known.request_id if known else submitting(key="run-1")(tx, now).request.id

    one, two = await meeting(replicas, submit_once, submit_once)

    assert one == two
    assert (await replicas[0].read(lambda s: s.head())).seq == 1


async def test_two_that_supersede_each_other_on_both_replicas_at_once_leave_one_open(
    replicas: tuple[Store, Store],
) -> None:
    """The one lane of a release: whoever commits second sees the first, though it looked before that was there."""
    runs = list[RequestId]()

    def submit_alone(tx: Transaction, now: datetime) -> Outcome:
        older = tx.requests.open_in_lane("ci", "release")
        outcome = submitting(subject=a_subject(lane="release"))(tx, now)
        for request_id in older:
            tx.record(advance(tx.requests.lock(request_id), Superseded(by=CI, newer=outcome.request.id), now))
        runs.append(outcome.request.id)
        return outcome

    made = outcomes_of(await meeting(replicas, submit_alone, submit_alone))

    states = [await replicas[0].read(lambda s, r=one.request: look(s, r)[0]) for one in made]
    assert sorted(states) == [State.PENDING, State.SUPERSEDED]
    assert len(runs) <= 3, "the second is run again at most once"
    entries = await replicas[0].read(lambda s: tuple(s.audit()))
    assert {row.request for row in entries} == {one.request.id for one in made}, "nothing of the first run stays"
    assert (await replicas[0].read(verify_audit)).ok


async def test_the_same_signed_message_on_both_replicas_at_once_counts_once(replicas: tuple[Store, Store]) -> None:
    request = await ask_for(replicas[0])

    def click(tx: Transaction, now: datetime) -> object:
        tx.replays.remember(Stamp("message-1"))
        return advancing(request.id, approval())(tx, now)

    came = await meeting(replicas, click, click)

    refused = [one for one in came if isinstance(one, Refused)]
    assert [one.code for one in refused] == [Refusal.REPLAYED], came
    assert len([one for one in came if isinstance(one, Outcome)]) == 1


async def test_the_same_pass_of_an_operator_on_both_replicas_at_once_counts_once(
    replicas: tuple[Store, Store],
) -> None:
    taken = Stamp("0" * 32, NOON)

    def take(tx: Transaction, now: datetime) -> object:
        take_pass(tx, taken, "POST /operator/reload", now)
        return "taken"

    came = await meeting(replicas, take, take)

    assert [one.code for one in came if isinstance(one, Refused)] == [Refusal.REPLAYED], came
    assert came.count("taken") == 1
    calls = await replicas[0].read(lambda s: [row.entry["detail"] for row in s.audit()])
    assert calls == [{"call": "POST /operator/reload"}]


async def test_two_replicas_never_fork_the_log(replicas: tuple[Store, Store]) -> None:
    await asyncio.gather(*[a_stored_request(store) for store in replicas * 30])

    def whole(snapshot: Snapshot) -> tuple[AuditVerdict, set[object]]:
        return verify_audit(snapshot), {row.entry["replica"] for row in snapshot.audit()}

    verdict, writers = await replicas[0].read(whole)
    assert (verdict.ok, verdict.entries, writers) == (True, 60, {"one", "two"})


class Heard:
    """What a replica hears of commits that touched requests, or of none in particular."""

    def __init__(self, store: Store) -> None:
        self.queue: asyncio.Queue[Commit] = asyncio.Queue()
        store.on_commit(self.queue.put_nowait)

    async def until(self, wanted: Callable[[Commit], bool]) -> Commit:
        async with asyncio.timeout(30):
            while not wanted(commit := await self.queue.get()):
                pass
        return commit


LISTENERS = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'
"""


async def listening(replicas: tuple[Store, Store], url: str) -> Heard:
    """What the second replica hears from now on; both listen. That they began to may have been said before we came."""
    heard = Heard(replicas[1])
    with owner_of(url) as run:
        async with asyncio.timeout(30):
            while len(run(f"{LISTENERS} AND state = 'idle'")) < len(replicas):  # noqa: ASYNC110 - a state of the server
                await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)  # the bell says so right after it has told the server
    while not heard.queue.empty():
        heard.queue.get_nowait()
    return heard


@pytest.mark.postgres
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_commit_wakes_the_other_replica_and_again_after_the_bell_was_cut(
    replicas: tuple[Store, Store], url: str
) -> None:
    heard = await listening(replicas, url)
    first = await a_stored_request(replicas[0])
    assert (await heard.until(lambda commit: bool(commit.requests))).requests == {first.id}

    with owner_of(url) as run:
        run(f"SELECT pg_terminate_backend(pid) FROM ({LISTENERS}) l")  # noqa: S608 - our own text
    woken = await heard.until(lambda commit: not commit.requests)
    second = await a_stored_request(replicas[0])
    told = await heard.until(lambda commit: bool(commit.requests))

    assert woken.outbox, "what was missed meanwhile is worth a look"
    assert (told.requests, told.outbox) == ({second.id}, True)


@pytest.mark.postgres
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_what_somebody_else_shouts_does_not_deafen_a_replica(replicas: tuple[Store, Store], url: str) -> None:
    heard = await listening(replicas, url)

    with owner_of(url) as run:
        for noise in ("", "not json", "[]", "{}", '{"by": "x", "requests": 7, "outbox": null}', "null"):
            run("SELECT pg_notify('jit_commit', ?)", noise)
    request = await a_stored_request(replicas[0])

    assert (await heard.until(lambda commit: bool(commit.requests))).requests == {request.id}


async def test_many_requests_of_one_commit_are_all_told(replicas: tuple[Store, Store], url: str) -> None:
    if url.startswith("sqlite"):
        return  # nobody to tell: one house to a file
    heard, told = Heard(replicas[1]), set[RequestId]()
    made = await asyncio.gather(*[a_stored_request(replicas[0]) for _ in range(300)])

    while len(told) < len(made):
        told |= (await heard.until(lambda commit: bool(commit.requests))).requests

    assert told == {request.id for request in made}
