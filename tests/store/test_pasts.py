"""Runs wait in the books until they are counted, once each; and what they say is found again by the tests' ids."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.evidence.past import Past, RefKind, Sighting
from bot.core.evidence.runs import Realm, pack_signature
from bot.core.evidence.signs import pack_signs
from bot.core.evidence.track import Mark, Track
from bot.store import BEGINNING, Commit, Store, Transaction
from bot.store.past_rows import draw_track, read_tracks
from bot.store.transaction import runs
from bot.usecases.past_runs import Taken, Told, count_next, forget, tell
from tests.factories import NOON
from tests.store.conftest import Clock, OpenStore
from tests.store.past_runs import REALM, a_run, count_all, pasts, take

OTHER = Realm(source="cd", repository="acme/payments", environment="production")


@pytest.fixture(autouse=True)
def _later(clock: Clock) -> None:
    """What is told of lies in the past."""
    clock.forward(hours=2)


def seen(minute: int, commit: str | None, *, failed: bool) -> Sighting:
    return Sighting(failed=failed, commit=commit, at=NOON + timedelta(minutes=minute))


async def test_what_runs_say_is_found_by_the_ids_of_their_tests(store: Store) -> None:
    await take(store, a_run(passed="ab"), a_run(passed="a", failed="b", kind=RefKind.BRANCH, commit="c2", minute=5))

    await count_all(store)

    assert await pasts(store) == {
        "a": Past(runs=2, base=seen(0, "c1", failed=False)),
        "b": Past(
            runs=2,
            failures=1,
            base=seen(0, "c1", failed=False),
            first_bad=seen(5, "c2", failed=True),
            last_failed=seen(5, "c2", failed=True),
        ),
    }


async def test_a_run_counts_once_in_as_many_pieces_as_it_has(store: Store) -> None:
    await take(store, a_run(passed="abc", size=2))

    assert await count_all(store) == 2
    assert [past.runs for past in (await pasts(store)).values()] == [1, 1, 1]
    size = await store.read(lambda s: s.pasts.size())
    assert (size.realms, size.tests, size.waiting, size.oldest) == (1, 3, 0, None)


async def test_a_piece_whose_counting_fails_is_counted_later_and_once(store: Store) -> None:
    await take(store, a_run(passed="a"))

    def half(tx: Transaction, now: datetime) -> None:
        count_next(tx, now)
        raise RuntimeError("in the middle of it")

    with pytest.raises(RuntimeError):
        await store.committer.run(half)
    assert (await pasts(store), await store.read(lambda s: s.pasts.is_waiting())) == ({}, True)
    await count_all(store)

    assert (await pasts(store))["a"].runs == 1


async def test_a_late_run_overrules_no_newer_one(store: Store) -> None:
    await take(store, a_run(passed="a", commit="new", minute=9), a_run(failed="a", commit="old", minute=1))

    await count_all(store)

    assert (await pasts(store))["a"].base == seen(9, "new", failed=False)


async def test_what_failed_at_the_commit_that_is_asked_for_is_no_base_and_signatures_come_back(store: Store) -> None:
    signature = "s1:0123456789abcdef"
    signed = {"a": signature, "b": signature}
    await take(store, a_run(passed="ab"), a_run(failed="a", retried="b", commit="c2", minute=5, signatures=signed))

    await count_all(store)

    here = await store.read(lambda s: s.pasts.of(REALM, ["a", "b"], "c2"))
    there = await pasts(store)
    assert (here["a"].base, here["a"].base_signature) == (seen(0, "c1", failed=False), None)
    assert (there["a"].base, there["a"].base_signature) == (seen(5, "c2", failed=True), signature)
    assert [(past["b"].mixed, past["b"].signatures) for past in (here, there)] == [(False, set()), (True, {signature})]


def test_what_was_stored_before_refs_were_told_apart_is_read_and_excuses_nothing() -> None:
    track = Track(runs=b"\x01", seen=9, base=Mark(9, 1), base_failed=True, passed_commit=7)
    at_signs = draw_track(track).index(pack_signs(track.signs))

    for signs, passed_commit in ((pack_signature("s1:0123456789abcdef"), None), (b"", None), (b"\0", 7)):
        row = list(draw_track(track))
        row[at_signs] = signs
        assert read_tracks([(5, *row)]) == {5: replace(track, passed_commit=passed_commit)}


async def test_what_is_said_to_be_still_to_come_is_now(store: Store, clock: Clock) -> None:
    await take(store, a_run(passed="a", minute=100_000))

    await count_all(store)

    base = (await pasts(store))["a"].base
    assert base is not None
    assert base.at == clock.now


async def test_no_source_writes_what_another_reads(store: Store) -> None:
    await take(store, a_run(passed="a"), a_run(failed="a", realm=OTHER))

    await count_all(store)

    assert [(await pasts(store, realm=realm))["a"].failures for realm in (REALM, OTHER)] == [0, 1]
    realms = await store.read(lambda s: s.pasts.realms_of("acme/payments"))
    assert realms == (OTHER, REALM)


async def test_of_two_replicas_that_count_none_forgets_what_the_other_counted(open_store: OpenStore) -> None:
    one, other = await open_store("one"), await open_store("other")
    await take(one, *(a_run(passed="ab", minute=minute) for minute in range(12)))

    await asyncio.gather(count_all(one), count_all(other))

    assert [past.runs for past in (await pasts(one)).values()] == [12, 12]


async def test_too_many_of_one_source_drop_its_oldest_and_nobody_elses(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MOST_WAITING", 2)
    commits: list[Commit] = []
    store.on_commit(commits.append)

    await take(store, a_run(passed="a", realm=OTHER), *(a_run(passed=name) for name in "abc"))

    assert sum(commit.dropped_runs for commit in commits) == 1
    await count_all(store)
    assert sorted(await pasts(store)) == ["b", "c"]
    assert list(await pasts(store, realm=OTHER)) == ["a"]


async def test_many_that_come_together_are_no_more_than_may_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_WAITING", 2)

    await asyncio.gather(*(take(store, a_run(passed=name)) for name in "abcdef"))

    assert (await store.read(lambda s: s.pasts.size())).waiting == 2


async def test_a_run_that_is_sent_twice_counts_once(store: Store) -> None:
    told = partial(tell, told=Told(ran=a_run(passed="a"), key="k", body_hash="h"))

    first, second = await store.committer.run(lambda tx, now: told(tx, now=now)), None
    second = await store.committer.run(lambda tx, now: told(tx, now=now))
    await count_all(store)

    assert second == Taken(id=first.id, is_new=False)
    assert (await pasts(store))["a"].runs == 1


async def test_two_that_come_together_under_one_key_are_one(store: Store) -> None:
    told = Told(ran=a_run(passed="a"), key="k", body_hash="h")

    both = await asyncio.gather(*(store.committer.run(lambda tx, now: tell(tx, told, now)) for _ in range(2)))

    assert [taken.is_new for taken in both] == [True, False]


async def test_a_key_that_came_with_another_run_is_refused(store: Store) -> None:
    one, other = (Told(ran=a_run(passed="a"), key="k", body_hash=body) for body in ("h", "i"))
    await store.committer.run(lambda tx, now: tell(tx, one, now))

    with pytest.raises(Refused) as caught:
        await store.committer.run(lambda tx, now: tell(tx, other, now))

    assert caught.value.code is Refusal.KEY_REUSED


async def test_what_was_not_seen_for_long_is_forgotten_with_its_realm_and_commits(store: Store) -> None:
    await take(store, a_run(passed="ab"), a_run(passed="a", commit="c2", minute=60))
    await take(store, a_run(passed="a", commit="c3", minute=61, realm=OTHER))
    await count_all(store)
    before = NOON + timedelta(minutes=30)

    stretch = await store.read(lambda s: s.pasts.stretch(BEGINNING, 100, int(before.timestamp())))
    gone = await store.committer.run(lambda tx, now: forget(tx, stretch, before, now))

    assert (gone, list(await pasts(store))) == (1, ["a"])
    assert (await pasts(store))["a"].runs == 2
    size = await store.read(lambda s: s.pasts.size())
    assert (size.realms, size.tests) == (2, 2)


async def test_a_realm_goes_when_its_last_test_has_gone_and_its_number_is_not_given_again(store: Store) -> None:
    await take(store, a_run(passed="a"), a_run(passed="a", realm=OTHER))
    await count_all(store)
    before = NOON + timedelta(minutes=30)
    stretch = await store.read(lambda s: s.pasts.stretch(BEGINNING, 100, int(before.timestamp())))

    await store.committer.run(lambda tx, now: forget(tx, stretch, before, now))
    realms = await store.read(lambda s: s.pasts.realms_of("acme/payments"))
    await take(store, a_run(passed="a", minute=60))
    await count_all(store)

    assert realms == (OTHER,)  # the newest number stays, without a test
    assert (await pasts(store))["a"].runs == 1
    assert await pasts(store, realm=OTHER) == {}


async def test_a_walk_goes_on_where_it_stopped_and_begins_anew_at_the_end(store: Store) -> None:
    await take(store, a_run(passed="abcde"))
    await count_all(store)
    found, begins, walks = list[tuple[int, int]](), BEGINNING, 0

    while not walks or begins != BEGINNING:
        stretch = await store.read(lambda s, begins=begins: s.pasts.stretch(begins, 2, 2**40))
        found += stretch.tests
        begins = (*stretch.ends[:2], 0, 0)
        walks += 1

    assert (walks, len(set(found)), found) == (3, 5, sorted(found))


async def test_keys_of_runs_are_forgotten_after_a_week(store: Store, clock: Clock) -> None:
    told = Told(ran=a_run(passed="a"), key="k", body_hash="h")
    nothing = await store.read(lambda s: s.pasts.stretch(BEGINNING, 100, 0))
    await store.committer.run(lambda tx, now: tell(tx, told, now))

    clock.forward(days=6)
    await store.committer.run(lambda tx, now: forget(tx, nothing, NOON, now))
    assert not (await store.committer.run(lambda tx, now: tell(tx, told, now))).is_new
    clock.forward(days=2)
    assert await store.read(lambda s: s.pasts.has_old_keys(clock.now - timedelta(days=7)))
    await store.committer.run(lambda tx, now: forget(tx, nothing, NOON, now))

    assert (await store.committer.run(lambda tx, now: tell(tx, told, now))).is_new
