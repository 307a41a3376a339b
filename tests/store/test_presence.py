"""Who is away, on both databases: noticed by whatever request begins to wait, and by a look when somebody goes."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from bot.core.judging.freeze_windows import never_frozen
from bot.core.people.absence import Absence
from bot.core.people.identity import Person
from bot.core.people.membership import Crowd, LiveGroup, Rolls
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Verdict
from bot.core.stamp import Stamp
from bot.store import Store, Transaction, verify_audit
from bot.usecases.ask_back import Answer, Question, answer, ask_back
from bot.usecases.away import Leave, come_back, leave
from bot.usecases.delegate import Handover, delegate, revoke
from bot.usecases.desk import Desk
from bot.usecases.muster import BATCH, Musterer, look_through
from bot.usecases.review import Click, review
from bot.usecases.ring import Sweeper
from bot.usecases.roll_call import RollCaller
from tests.factories import ANA, BO, CHEN, DIA, EVE, GUS, HOUR, MICROSECOND, NOON, a_ruling, a_stage, a_step, an_actor
from tests.store.asks import a_stored_request, at_once, outcomes_of, submitting
from tests.store.conftest import Clock, OpenStore
from tests.store.failing import WRITTEN, failing_for
from tests.store.owner import owner_of
from tests.store.test_ringing import events_of, request_of

MINUTE = timedelta(minutes=1)
STAGE = a_stage("qa", 1, [BO, CHEN], escalate=(a_step(15, to=[DIA]),))
RULING = replace(a_ruling(stages=[STAGE]), fallback=Crowd(people=(EVE,)))
STEPPED_OR_WRITTEN = ("bot.usecases.muster.advance", WRITTEN)
BO_ID = "U0BO00000"

Go = Callable[[Transaction, datetime], Absence]


def going(person: Person = BO, until: datetime = NOON + HOUR, key: str = "1") -> Go:
    wish = Leave(by=an_actor(person), until=until, reason="a holiday", replay_key=Stamp(f"{person.key}{key}"))
    return lambda tx, now: leave(tx, wish, now)


async def everybody_goes(store: Store, *people: Person) -> None:
    for person in people or (BO, CHEN):
        await store.committer.run(going(person))


async def steps_of(store: Store, request: ApprovalRequest) -> tuple[int, int]:
    now = await request_of(store, request.id)
    return now.steps, (await events_of(store, request.id))["request.deserted"]


async def nobody_knows(groups: Iterable[LiveGroup]) -> Rolls:
    assert not list(groups), "nobody of RULING is in a live group"
    return {}


async def is_whole(store: Store) -> None:
    verdict = await store.read(verify_audit)
    assert verdict.ok, verdict.why


async def test_it_is_there_until_its_end_and_not_at_it(store: Store, clock: Clock) -> None:
    absence = await store.committer.run(going())

    clock.forward(hours=1, microseconds=-1)
    assert await store.read(lambda snapshot: snapshot.absence_of(BO_ID)) == absence
    assert (await store.read(lambda snapshot: snapshot.presence())).absences == (absence,)
    clock.forward(microseconds=1)
    assert await store.read(lambda snapshot: snapshot.absence_of(BO_ID)) is None
    assert (await store.read(lambda snapshot: snapshot.presence())).is_full
    await is_whole(store)


async def test_the_last_word_counts_within_one_group_too(store: Store) -> None:
    def look(tx: Transaction, _now: datetime) -> list[tuple[str, datetime]]:
        return [(one.person.key, one.until) for one in tx.presence.now().absences]

    found = await at_once(
        store,
        going(),
        look,
        going(until=NOON + 2 * HOUR, key="2"),
        look,
        lambda tx, now: come_back(tx, an_actor(BO), Stamp("bo3"), now),
        look,
    )

    assert found[1::2] == [[("bo", NOON + HOUR)], [("bo", NOON + 2 * HOUR)], []]
    await is_whole(store)


async def test_whoever_goes_last_has_everything_that_is_open_looked_through_once(store: Store) -> None:
    request, other = await a_stored_request(store, ruling=RULING), await a_stored_request(store)
    musterer = Musterer(Desk(store))

    await everybody_goes(store, BO)
    await musterer.look()
    assert await steps_of(store, request) == (0, 0)
    await everybody_goes(store, CHEN)
    await musterer.look()
    await musterer.look()

    assert await steps_of(store, request) == (1, 1)
    assert await steps_of(store, other) == (0, 0)
    assert await store.read(lambda snapshot: snapshot.musters.next()) is None
    await is_whole(store)


async def test_a_look_that_a_crash_left_is_carried_out_by_the_next_life(open_store: OpenStore) -> None:
    store = await open_store()
    request = await a_stored_request(store, ruling=RULING)
    await everybody_goes(store)
    await store.close()

    woken = await open_store()
    await Musterer(Desk(woken)).look()

    assert await steps_of(woken, request) == (1, 1)


async def test_more_than_one_batch_is_looked_through_and_one_that_cannot_be_read_stops_none(
    store: Store, url: str
) -> None:
    requests = [await a_stored_request(store, ruling=RULING) for _ in range(3)]
    await everybody_goes(store)
    with owner_of(url) as run:
        broken = '{"state": "perhaps"}'
        run("UPDATE requests SET document = ? WHERE id = ?", broken, requests[0].id)

    with capture_logs() as log:
        looks = 0
        while await store.committer.run(partial(look_through, most=1)):
            looks += 1

    assert (looks, BATCH > 1, log) == (4, True, [])
    for request in requests[1:]:
        assert await steps_of(store, request) == (1, 1)


@pytest.mark.parametrize("place", STEPPED_OR_WRITTEN)
async def test_whatever_one_request_raises_when_stepped_or_written_stops_no_other_and_is_tried_again(
    store: Store, clock: Clock, place: str
) -> None:
    requests = [await a_stored_request(store, ruling=RULING) for _ in range(3)]
    await everybody_goes(store)

    with failing_for(requests[1].id, place), capture_logs() as log:
        await Musterer(Desk(store)).look()

    assert [await steps_of(store, request) for request in requests] == [(1, 1), (0, 0), (1, 1)]
    assert {(one["event"], one["request"]) for one in log} == {("presence.request_stuck", requests[1].id)}
    clock.forward(minutes=1)
    await RollCaller(Desk(store), nobody_knows).call()
    assert await steps_of(store, requests[1]) == (1, 1)
    await is_whole(store)


@pytest.mark.postgres
async def test_two_replicas_take_each_step_once(open_store: OpenStore) -> None:
    one, two = await open_store("one"), await open_store("two")
    requests = [await a_stored_request(one, ruling=RULING) for _ in range(20)]
    await everybody_goes(one)

    await asyncio.gather(*(Musterer(Desk(store)).look() for store in (one, two, one, two)))

    assert {await steps_of(two, request) for request in requests} == {(1, 1)}
    await is_whole(one)


async def test_a_request_that_is_made_in_the_same_group_as_the_last_goes_is_not_missed(store: Store) -> None:
    before, *_, after = await at_once(store, submitting(ruling=RULING), going(), going(CHEN), submitting(ruling=RULING))

    await Musterer(Desk(store)).look()

    for outcome in outcomes_of([before, after]):
        assert await steps_of(store, outcome.request) == (1, 1)


async def test_a_new_stage_looks_for_itself(store: Store) -> None:
    ruling = replace(RULING, stages=(a_stage("first", 1, [GUS]), STAGE))
    request = await a_stored_request(store, ruling=ruling)
    await everybody_goes(store)
    await Musterer(Desk(store)).look()
    assert await steps_of(store, request) == (0, 0)

    click = Click(request_id=request.id, verdict=Verdict.APPROVE, by=an_actor(GUS))
    await store.committer.run(lambda tx, now: review(tx, click, never_frozen, now))

    assert await steps_of(store, request) == (1, 1)
    await is_whole(store)


async def test_a_question_stops_it_and_its_answer_looks_again(store: Store) -> None:
    request = await a_stored_request(store, ruling=RULING)
    question = Question(request_id=request.id, by=an_actor(BO), text="Which customers?")
    await store.committer.run(lambda tx, now: ask_back(tx, question, now))
    await everybody_goes(store)
    await Musterer(Desk(store)).look()
    assert await steps_of(store, request) == (0, 0)

    said = Answer(request_id=request.id, by=an_actor(ANA), text="None.")
    await store.committer.run(lambda tx, now: answer(tx, said, now))

    assert await steps_of(store, request) == (1, 1)
    await is_whole(store)


async def test_whom_an_escalation_calls_may_be_away_as_well(store: Store, clock: Clock) -> None:
    request = await a_stored_request(store, ruling=replace(RULING, stages=(replace(STAGE, approvers=(BO, ANA)),)))
    await everybody_goes(store, DIA)
    clock.now = NOON + 15 * MINUTE
    await Sweeper(Desk(store)).sweep()
    assert await steps_of(store, request) == (1, 0)

    await everybody_goes(store, BO)
    await Musterer(Desk(store)).look()

    now = await request_of(store, request.id)
    assert [person.key for person in now.called] == ["dia", "eve"]
    await is_whole(store)


async def test_the_end_of_a_delegation_is_looked_at_too(store: Store, clock: Clock) -> None:
    alone = replace(RULING, stages=(replace(STAGE, approvers=(BO,)),))
    request = await a_stored_request(store, ruling=alone)
    loan = Handover(
        by=an_actor(BO), to=an_actor(CHEN), until=NOON + 10 * MINUTE, until_words="soon", replay_key=Stamp("loan")
    )
    await store.committer.run(lambda tx, now: delegate(tx, loan, now))
    await everybody_goes(store, BO)
    musterer = Musterer(Desk(store))
    await musterer.look()
    clock.now = NOON + 10 * MINUTE - MICROSECOND
    await musterer.look()
    assert await steps_of(store, request) == (0, 0), "chen answers for bo"

    clock.now = NOON + 10 * MINUTE
    await musterer.look()

    assert await steps_of(store, request) == (1, 1)
    await is_whole(store)


async def test_what_is_lent_and_taken_back_is_looked_at_at_once(store: Store) -> None:
    request = await a_stored_request(store, ruling=replace(RULING, stages=(replace(STAGE, approvers=(BO,)),)))
    loan = Handover(by=an_actor(BO), to=an_actor(CHEN), until=NOON + HOUR, until_words="then", replay_key=Stamp("loan"))
    await store.committer.run(lambda tx, now: delegate(tx, loan, now))
    await everybody_goes(store, BO)
    musterer = Musterer(Desk(store))
    await musterer.look()
    assert await steps_of(store, request) == (0, 0)

    await store.committer.run(lambda tx, now: revoke(tx, an_actor(BO), Stamp("back"), now))
    await musterer.look()

    assert await steps_of(store, request) == (1, 1)
    await is_whole(store)


async def test_at_its_deadline_a_request_only_ends(store: Store, clock: Clock) -> None:
    request = await a_stored_request(store, ruling=RULING)
    clock.now = NOON + HOUR
    await everybody_goes_until(store, NOON + 2 * HOUR)

    await Musterer(Desk(store)).look()
    await Sweeper(Desk(store)).sweep()

    assert (await request_of(store, request.id)).state is State.EXPIRED
    assert await steps_of(store, request) == (0, 0)


async def everybody_goes_until(store: Store, until: datetime) -> None:
    for person in (BO, CHEN):
        await store.committer.run(going(person, until))


@pytest.mark.parametrize("is_first_later", [True, False])
async def test_of_what_one_human_lent_from_two_accounts_the_newest_counts_for_everybody(
    store: Store,
    clock: Clock,
    is_first_later: bool,  # noqa: FBT001 - a column
) -> None:
    """Whoever looks, and whoever reads the log, takes the same one of the two for who stands in."""
    both = replace(BO, aliases=frozenset({"slack:U0BO00000", "slack:U0BO20000"}))
    ruling = replace(RULING, stages=(a_stage("qa", 2, [both, DIA], escalate=(a_step(15, to=[EVE]),)),))
    request = await a_stored_request(store, ruling=ruling)
    ends = (5 * HOUR, HOUR) if is_first_later else (HOUR, 5 * HOUR)
    lent = zip((both, replace(both, slack_id="U0BO20000")), (CHEN, DIA), ends, strict=True)
    for giver, to, span in lent:
        loan = Handover(
            by=an_actor(giver), to=an_actor(to), until=clock.now + span, until_words="then", replay_key=Stamp(to.key)
        )
        await store.committer.run(lambda tx, now, loan=loan: delegate(tx, loan, now))
        clock.forward(minutes=1)

    await Musterer(Desk(store)).look()

    assert await steps_of(store, request) == (1, 1), "Dia answers for herself, so for Bo there is nobody"
    await is_whole(store)


async def test_an_absence_is_that_of_an_account(store: Store) -> None:
    nameless = Absence(id="one", person=replace(BO, slack_id=None), since=NOON, until=NOON + HOUR)

    with pytest.raises(ValueError, match="Slack account"):
        await store.committer.run(lambda tx, _now: tx.presence.put(nameless))


FORGERIES = {
    "made": "INSERT INTO absences SELECT 'U0EVE0000', until, document FROM absences",
    "lost": "DELETE FROM absences",
    "said of somebody else": "UPDATE absences SET account = 'U0EVE0000'",
    "changed inside": "UPDATE absences SET document = replace(CAST(document AS TEXT), 'holiday', 'cold')",
    "no document": "UPDATE absences SET document = '{}'",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
async def test_verify_finds_what_was_written_past_the_log(store: Store, url: str, forgery: str) -> None:
    await store.committer.run(going())
    if url.startswith("postgresql"):
        forgery = forgery.replace("replace(CAST(document AS TEXT), 'holiday', 'cold')", _REPLACED)

    with owner_of(url) as sql:
        sql(forgery)

    verdict = await store.read(verify_audit)
    assert not verdict.ok
    assert "absence of U0" in (verdict.why or "")


_REPLACED = "replace(document::text, 'holiday', 'cold')::json"
