"""The door to Slack: what counts as a new message waits for its channel's pace, and lines wait for their card."""

from datetime import timedelta

from bot.core.attempts import Delivered, GiveUp
from bot.core.effects import CallBack, Effect, Note, Reply, Said, ShowCard, TellRequester, TellThread, Unfurl, Whisper
from bot.core.request import RequestId
from bot.core.view import CardRef, RequestView
from bot.relay.errand import Errand, Hold
from bot.relay.pace import Pace
from bot.relay.slack_door import SlackDoor
from bot.store.transaction.addresses import address_of
from tests.factories import ID, NOON, an_actor
from tests.relay.books_in_memory import BooksInMemory
from tests.relay.slack_world import FakeSlack, World
from tests.relay.virtual import simulate

SAID = Said(note=Note.REVIEWED, by=an_actor(), words="fine")
CARD = CardRef(channel="#approvals", channel_id="C0APPROVE", ts="1.1")


def an_errand(effect: Effect, destination: str = "slack:#approvals", attempts: int = 1, nonce: str = "n1") -> Errand:
    return Errand(
        id="row",
        destination=destination,
        effect=effect,
        request=effect.request,
        attempts=attempts,
        created_at=NOON,
        nonce=nonce,
        is_repeat=False,
    )


def a_door(world: World, books: BooksInMemory, burst: int = 1) -> SlackDoor:
    return SlackDoor(FakeSlack(world), books, Pace(1, burst))


def test_a_new_card_is_posted_and_counts_against_the_pace() -> None:
    async def story() -> None:
        world = World()
        door = a_door(world, BooksInMemory())

        attempt = await door.carry(an_errand(ShowCard(request=ID, channel="#approvals")), NOON)

        assert isinstance(attempt, Delivered)
        assert len(world.messages) == 1
        assert door.paced(NOON) == {"slack:#approvals": NOON + timedelta(seconds=1)}

    simulate(story)


def test_an_update_goes_out_whatever_the_pace_and_costs_none() -> None:
    async def story() -> None:
        world, books = World(), BooksInMemory()
        door = a_door(world, books)
        show = ShowCard(request=ID, channel="#approvals")
        posted = await door.carry(an_errand(show), NOON)
        assert isinstance(posted, Delivered)
        books.cards[ID, "#approvals"] = CardRef(channel="#approvals", channel_id="C0APPROVE", ts=posted.ts or "")

        for _ in range(5):
            assert isinstance(await door.carry(an_errand(show), NOON), Delivered)

        assert len(world.messages) == 1
        assert door.paced(NOON) == {"slack:#approvals": NOON + timedelta(seconds=1)}

    simulate(story)


def test_a_refresh_that_turns_out_to_be_a_new_card_waits_for_its_turn() -> None:
    async def story() -> None:
        world = World()
        door = a_door(world, BooksInMemory())
        await door.carry(an_errand(ShowCard(request=ID, channel="#approvals")), NOON)

        other = ShowCard(request=RequestId("other"), channel="#approvals")
        attempt = await door.carry(an_errand(other, nonce="n2"), NOON)

        assert isinstance(attempt, Hold)
        assert attempt.wait == timedelta(seconds=1)
        assert len(world.messages) == 1

    simulate(story)


def test_a_line_waits_for_its_card_and_counts_nothing() -> None:
    async def story() -> None:
        world = World()
        door = a_door(world, BooksInMemory())

        attempt = await door.carry(an_errand(TellThread(request=ID, channel="#approvals", said=SAID), attempts=3), NOON)

        assert attempt == Hold(why="its card is not there yet", wait=timedelta(seconds=4))
        assert door.paced(NOON) == {}

    simulate(story)


def test_a_line_does_not_wait_for_a_card_that_was_given_up() -> None:
    async def story() -> None:
        books = BooksInMemory()
        books.put(ShowCard(request=ID, channel="#approvals")).status = "dead"
        line = an_errand(TellThread(request=ID, channel="#approvals", said=SAID))

        given_up = await a_door(World(), books).carry(line, NOON)
        books.put(ShowCard(request=ID, channel="#approvals"))
        waits = await a_door(World(), books).carry(line, NOON)

        assert given_up == GiveUp(why="its card was given up")
        assert isinstance(waits, Hold)

    simulate(story)


def test_a_line_goes_under_its_card() -> None:
    async def story() -> None:
        world, books = World(), BooksInMemory(cards={(ID, "#approvals"): CARD})
        door = a_door(world, books)

        attempt = await door.carry(an_errand(TellThread(request=ID, channel="#approvals", said=SAID)), NOON)

        assert isinstance(attempt, Delivered)
        assert [m.about for m in world.messages] == [f"line:{ID}:#approvals:fine"]

    simulate(story)


def test_a_direct_message_has_a_pace_of_its_own() -> None:
    async def story() -> None:
        world = World()
        door = a_door(world, BooksInMemory())
        await door.carry(an_errand(ShowCard(request=ID, channel="#approvals")), NOON)

        told = an_errand(TellRequester(request=ID, said=SAID), "slack:requester:ana", nonce="n2")

        assert isinstance(await door.carry(told, NOON), Delivered)

    simulate(story)


def test_whoever_writes_without_end_is_answered_at_a_pace_and_holds_up_no_card() -> None:
    async def story() -> None:
        world = World()
        door = a_door(world, BooksInMemory())
        asked = Reply(channel="#approvals", slack_id="U0ANA0000", text="Nothing waits.", drawn="[]")
        line = address_of(asked, None, is_first=False).destination

        first = await door.carry(an_errand(asked, line), NOON)
        second = await door.carry(an_errand(asked, line, nonce="n2"), NOON)
        card = await door.carry(an_errand(ShowCard(request=ID, channel="#approvals"), nonce="n3"), NOON)

        assert isinstance(first, Delivered)
        assert second == Hold(why="the channel has had its share of messages", wait=timedelta(seconds=1))
        assert isinstance(card, Delivered)
        assert [message.about for message in world.messages] == ["reply:Nothing waits.:1200", f"card:{ID}:#approvals"]

    simulate(story)


def test_a_flood_of_links_is_shown_at_a_pace_and_holds_up_no_card() -> None:
    async def story() -> None:
        door = a_door(World(), BooksInMemory())
        link = Unfurl(about=ID, channel="C0APPROVE", ts="1.1", url="https://jit.acme.test/")
        line = address_of(link, None, is_first=False).destination

        first = await door.carry(an_errand(link, line), NOON)
        second = await door.carry(an_errand(link, line, nonce="n2"), NOON)
        card = await door.carry(an_errand(ShowCard(request=ID, channel="C0APPROVE"), "slack:C0APPROVE"), NOON)

        assert first == Delivered(detail={"shown": link.url, "of": ID, "at": "1200"})
        assert isinstance(second, Hold)
        assert isinstance(card, Delivered)

    simulate(story)


def test_a_whisper_needs_no_request_and_no_turn() -> None:
    async def story() -> None:
        door = a_door(World(), BooksInMemory())
        whisper = Whisper(channel="C0APPROVE", slack_id="U0ANA0000", text="no")

        for _ in range(5):
            assert isinstance(await door.carry(an_errand(whisper, "slack:whisper:U0ANA0000"), NOON), Delivered)

    simulate(story)


def test_what_does_not_belong_to_slack_is_given_up() -> None:
    async def story() -> None:
        door = a_door(World(), BooksInMemory())

        assert isinstance(await door.carry(an_errand(CallBack(request=ID)), NOON), GiveUp)

    simulate(story)


def test_a_request_that_is_not_in_the_books_is_given_up() -> None:
    class Empty(BooksInMemory):
        async def view(self, request_id: RequestId) -> RequestView | None:
            del request_id
            return None

    async def story() -> None:
        door = a_door(World(), Empty())

        assert isinstance(await door.carry(an_errand(ShowCard(request=ID, channel="#approvals")), NOON), GiveUp)

    simulate(story)
