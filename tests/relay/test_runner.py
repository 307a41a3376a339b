"""The relay's loop: everything due goes out, in order, one at a time for each destination, and nothing is ever lost."""

import asyncio
from datetime import timedelta

import pytest

from bot.core.attempts import Attempt, Delivered, GiveUp, TryLater, Unknown
from bot.core.effects import CallBack, ShowCard, Whisper
from bot.core.request import RequestId
from bot.relay.errand import Errand, Hold
from bot.relay.runner import Chances
from tests.factories import ID, NOON
from tests.relay.a_door import ADoor
from tests.relay.books_in_memory import BooksInMemory, Fault
from tests.relay.house import running, until
from tests.relay.virtual import clock, simulate


def a_whisper(text: str = "no") -> Whisper:
    return Whisper(channel="C0APPROVE", slack_id="U0ANA0000", text=text)


def a_card(number: int = 1, channel: str = "#approvals") -> ShowCard:
    return ShowCard(request=RequestId(f"request-{number}"), channel=channel)


def test_what_is_due_arrives_and_is_done_once() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        row = books.put(a_card())
        async with running(door, books):
            await until(lambda: row.status == "done")
            await asyncio.sleep(60)
        assert [carried for carried, _ in door.carried] == [row.id]

    simulate(story)


def test_one_destination_is_served_in_order_and_one_at_a_time() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor(seconds=0.3)
        rows = [books.put(a_card(n)) for n in range(5)]
        async with running(door, books):
            await until(lambda: books.statuses()["done"] == 5)
        assert [carried for carried, _ in door.carried] == [row.id for row in rows]

    simulate(story)


def test_different_destinations_are_served_at_the_same_time_up_to_the_cap() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor(seconds=1, cap=3)
        for n in range(7):
            books.put(a_card(n), destination=f"slack:#c{n}")
        async with running(door, books):
            await until(lambda: books.statuses()["done"] == 7)
        assert door.most_at_once == 3

    simulate(story)


def test_a_slow_destination_delays_no_other() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor(slow={"slack:#slow": 40})
        for n in range(3):
            books.put(a_card(n), destination="slack:#slow")
        for n in range(3, 23):
            books.put(a_card(n), destination="slack:#quick")
        async with running(door, books):
            await until(lambda: books.statuses()["done"] >= 20, within=timedelta(seconds=5))
            await until(lambda: books.statuses()["done"] == 23)

    simulate(story)


def test_a_dead_destination_delays_no_other_and_is_left_alone_for_longer_and_longer() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        door.prepare("slack:#dead", *[TryLater(why="refused")] * 400)
        for n in range(20):
            books.put(a_card(n), destination="slack:#dead")
        for n in range(20, 40):
            books.put(a_card(n), destination="slack:#quick")
        async with running(door, books):
            await until(lambda: books.statuses()["done"] == 20, within=timedelta(seconds=5))
            await asyncio.sleep(3600)
            knocks = len(door.carried) - 20
            assert 30 < knocks < 90
            door.answers.clear()
            await until(lambda: books.statuses()["done"] == 40, within=timedelta(minutes=6))

    simulate(story)


@pytest.mark.parametrize("ended", [TryLater(why="answered 500"), Unknown(why="cut")])
@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_a_row_that_fails_by_itself_lets_the_others_go_first(ended: Attempt, chance: float) -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        first, second, *_ = [books.put(a_card(n)) for n in range(10)]

        def answer(errand: Errand) -> Attempt:
            return ended if errand.id == first.id else Delivered()

        door.prepare("slack:#approvals", *[answer] * 100)
        async with running(door, books, Chances(clock=clock, chance=lambda: chance)):
            await until(lambda: books.statuses()["done"] == 9, within=timedelta(seconds=5))
            assert first.status == "due"
            assert [row for row, _ in door.carried[:2]] == [first.id, second.id]
            door.answers.clear()
            await until(lambda: first.status == "done")

    simulate(story)


def test_retry_after_holds_for_the_whole_destination() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        door.prepare("slack:#approvals", TryLater(why="429", after=timedelta(seconds=30)))
        first, second = books.put(a_card(1)), books.put(a_card(2))
        async with running(door, books):
            await until(lambda: books.statuses()["done"] == 2)
        assert [at - NOON for _, at in door.carried][1:] >= [timedelta(seconds=30)] * 2
        assert [carried for carried, _ in door.carried] == [first.id, first.id, second.id]

    simulate(story)


def test_a_caller_that_asks_for_a_day_holds_back_nothing_but_its_own_callback() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor(scope="callback:")
        place = "callback:ci:hooks.acme.test:443"
        door.prepare(place, TryLater(why="answered 429", after=timedelta(days=1)))
        held, other = books.put(CallBack(request=RequestId("one")), place), books.put(CallBack(request=ID), place)
        async with running(door, books):
            await until(lambda: other.status == "done", within=timedelta(seconds=5))
            assert held.status == "due"
            await until(lambda: held.status == "done")
            assert clock() - NOON >= timedelta(days=1)

    simulate(story)


def test_a_hold_is_no_fault_of_the_destination() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        door.prepare("slack:#approvals", Hold(why="not yet", wait=timedelta(seconds=30)))
        held, other = books.put(a_card(1)), books.put(a_card(2))
        async with running(door, books):
            await until(lambda: other.status == "done", within=timedelta(seconds=1))
            assert held.nonce is None
            await until(lambda: held.status == "done")

    simulate(story)


def test_an_attempt_that_nobody_knows_the_end_of_is_repeated_with_its_nonce() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        door.prepare("slack:#approvals", Unknown(why="cut"))
        books.put(a_card())
        async with running(door, books):
            await until(lambda: books.statuses()["done"] == 1)
        first, second = door.errands
        assert (first.is_repeat, second.is_repeat) == (False, True)
        assert first.nonce == second.nonce

    simulate(story)


def test_an_attempt_that_certainly_failed_is_repeated_without_looking() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        door.prepare("slack:#approvals", TryLater(why="429"))
        books.put(a_card())
        async with running(door, books):
            await until(lambda: books.statuses()["done"] == 1)
        assert [errand.is_repeat for errand in door.errands] == [False, False]

    simulate(story)


def test_a_certain_failure_after_an_unknown_one_still_has_to_look() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        door.prepare("slack:#approvals", Unknown(why="cut"), TryLater(why="429"))
        books.put(a_card())
        async with running(door, books):
            await until(lambda: books.statuses()["done"] == 1)
        assert [errand.is_repeat for errand in door.errands] == [False, True, True]

    simulate(story)


def test_what_can_never_arrive_is_dead_at_once_and_not_tried_again() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        door.prepare("slack:#approvals", GiveUp(why="channel_not_found"))
        row = books.put(a_card())
        async with running(door, books):
            await until(lambda: row.status == "dead")
            await asyncio.sleep(3600)
        assert len(door.carried) == 1
        assert books.entries == [("dead", row.id)]

    simulate(story)


def test_a_whisper_is_not_tried_for_longer_than_anybody_would_understand_it() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        door.prepare("slack:whisper", *[TryLater(why="500")] * 100)
        row = books.put(a_whisper(), destination="slack:whisper")
        async with running(door, books):
            await until(lambda: row.status == "dead", within=timedelta(minutes=3))

    simulate(story)


def test_something_for_slack_is_tried_for_three_days_and_then_given_up() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        door.prepare("slack:#approvals", *[TryLater(why="500")] * 10_000)
        row = books.put(a_card())
        row.created_at -= timedelta(hours=74)
        async with running(door, books):
            await asyncio.sleep(timedelta(minutes=50).total_seconds())
            assert row.status == "due"
            await until(lambda: row.status == "dead", within=timedelta(minutes=15))

    simulate(story)


def test_a_bug_in_a_courier_costs_one_attempt_and_no_other_row() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        door.prepare("slack:#bad", KeyError("blocks"))
        bad, good = books.put(a_card(1), destination="slack:#bad"), books.put(a_card(2))
        async with running(door, books):
            await until(lambda: good.status == "done", within=timedelta(seconds=1))
            await until(lambda: bad.status == "done", within=timedelta(seconds=5))
        assert [errand.is_repeat for errand in door.errands if errand.id == bad.id] == [False, True]

    simulate(story)


def test_an_attempt_without_end_is_cut_off_and_unknown() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor(slow={"slack:#approvals": 3600})
        row = books.put(a_card())
        async with running(door, books):
            await until(lambda: row.why.startswith("no end"), within=timedelta(minutes=1))
            door.slow.clear()
            await until(lambda: row.status == "done")
        assert door.errands[-1].is_repeat

    simulate(story)


@pytest.mark.parametrize(("fault", "carried"), [(Fault.FAILED, 2), (Fault.FAILED_BUT_HAPPENED, 1)])
def test_a_settlement_that_fails_is_made_good(fault: Fault, carried: int) -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        row = books.put(a_card())
        books.faults.append(fault)
        door.prepare("slack:#approvals", lambda _errand: Unknown(why="pretend") if carried == 2 else Delivered())
        async with running(door, books):
            await until(lambda: row.status == "done")
        assert len(door.carried) == carried

    simulate(story)


def test_a_claim_whose_settlement_can_not_be_written_comes_back_after_its_lease() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        row = books.put(a_card())
        books.faults.extend([Fault.FAILED, Fault.FAILED])
        door.prepare("slack:#approvals", Unknown(why="cut"))
        async with running(door, books):
            await until(lambda: row.status == "done")
        assert door.errands[-1].is_repeat
        assert clock() - NOON >= timedelta(minutes=2)

    simulate(story)


def test_a_store_that_fails_to_claim_is_asked_again() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        row = books.put(a_card())
        books.look_faults.extend([OSError("disk I/O error"), OSError("disk I/O error")])
        async with running(door, books):
            await until(lambda: row.status == "done", within=timedelta(seconds=5))

    simulate(story)


def test_an_idle_house_looks_rarely_and_never_claims() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        async with running(door, books):
            await asyncio.sleep(600)
        assert books.claims == 0
        assert books.looks <= 600 / 5 + 2

    simulate(story)


def test_a_paced_backlog_does_not_keep_the_loop_busy() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor(pacing={"slack:#approvals": NOON + timedelta(minutes=10)})
        for n in range(1000):
            books.put(a_card(n), rank=2)
        async with running(door, books):
            await asyncio.sleep(590)
        assert books.claims == 0
        assert books.looks <= 600 / 5 + 2

    simulate(story)


def test_what_is_no_new_message_passes_a_paced_backlog() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor(pacing={"slack:#approvals": NOON + timedelta(minutes=10)})
        for n in range(100):
            books.put(a_card(n), rank=2)
        refresh = books.put(a_card(500), rank=0)
        async with running(door, books):
            await until(lambda: refresh.status == "done", within=timedelta(seconds=1))

    simulate(story)


def test_refreshes_of_one_card_are_merged() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        for _ in range(20):
            books.put(a_card())
        async with running(door, books):
            await until(lambda: books.statuses()["done"] == 20)
        assert len(door.carried) == 1

    simulate(story)


def test_a_refresh_asked_for_while_one_is_on_its_way_is_not_lost() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor(seconds=1)
        books.put(a_card())
        async with running(door, books) as runner:
            await asyncio.sleep(0.5)
            books.put(a_card())
            runner.wake()
            await until(lambda: books.statuses()["done"] == 2)
        assert len(door.carried) == 2

    simulate(story)


def test_a_row_written_without_a_word_is_found_by_the_safety_look() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        async with running(door, books):
            await asyncio.sleep(1)
            row = books.put(a_card())
            await until(lambda: row.status == "done", within=timedelta(seconds=6))

    simulate(story)


def test_being_woken_means_looking_at_once() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor()
        async with running(door, books) as runner:
            await asyncio.sleep(1.01)
            row = books.put(a_card())
            runner.wake()
            await asyncio.sleep(0.001)
            assert row.status == "done"

    simulate(story)


def test_closing_claims_nothing_more_and_lets_what_is_under_way_land() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor(seconds=2)
        first, second = books.put(a_card(1)), books.put(a_card(2))
        async with running(door, books):
            await asyncio.sleep(0.5)
        assert (first.status, second.status) == ("done", "due")

    simulate(story)


def test_what_is_cut_short_is_given_back_with_its_nonce() -> None:
    async def story() -> None:
        books, door = BooksInMemory(), ADoor(seconds=30)
        row = books.put(ShowCard(request=ID, channel="#approvals"))
        async with running(door, books) as runner:
            await asyncio.sleep(1)
            (task,) = [task for task in asyncio.all_tasks() if task.get_name() == f"relay:{row.id}"]
            task.cancel()
            await asyncio.sleep(0)
            runner.close()
            await asyncio.sleep(1)
            await runner.give_back()
            assert (row.status, row.nonce) == ("due", door.errands[0].nonce)

    simulate(story)
