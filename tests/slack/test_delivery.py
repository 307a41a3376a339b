from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.attempts import Delivered, GiveUp, TryLater, Unknown
from bot.core.effects import Note, Reply, Said, Unfurl, Whisper
from bot.core.people.identity import People, Person
from bot.core.request import State
from bot.core.ruling import Verdict
from bot.core.view import CardRef, RequestView
from bot.sandbox import Workspace
from bot.sandbox.faults import CutAfter, CutBefore, RateLimit, Refusal, ServerError, Slow
from bot.slack import Channels, Directory, Posting, Seal, SlackCourier, make_client, open_session
from bot.slack.workspace import lookup
from tests.factories import ANA, BO, EVE, GUS, OLD, a_request, a_subject, an_actor
from tests.fakes.slack import BOT_TOKEN, running_workspace
from tests.slack.views_of import CARD, a_chain, a_view

FIRST = Posting(nonce="nonce-1")
AGAIN = Posting(nonce="nonce-1", is_repeat=True)
REVIEWED = Said(note=Note.REVIEWED, by=an_actor(BO), verdict=Verdict.APPROVE)
REPLY = Reply(
    channel="",
    slack_id="U0BO00000",
    text="Nothing waits.",
    drawn='[{"type": "section", "text": {"type": "plain_text", "text": "Nothing waits."}}]',
)
DECIDED = Said(note=Note.DECIDED, by=an_actor(BO), verdict=Verdict.REJECT, words="red")


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with running_workspace() as running:
        yield running


@pytest.fixture
async def client(workspace: Workspace) -> AsyncIterator[AsyncWebClient]:
    async with open_session() as session:
        yield make_client(BOT_TOKEN, f"{workspace.config.base_url}/api", session)


@pytest.fixture
def courier(client: AsyncWebClient) -> SlackCourier:
    return courier_of(client)


def courier_of(client: AsyncWebClient) -> SlackCourier:
    """A courier that knows nothing yet, as after a restart."""
    directory = Directory(client, People, lambda: datetime.now(UTC))
    channels = Channels(client, frozenset, lambda: datetime.now(UTC))
    return SlackCourier(client, directory, channels, Seal("a-secret-key-of-thirty-two-characters"))


def shown(view: RequestView, card: Delivered) -> RequestView:
    assert card.channel
    assert card.ts
    return replace(view, cards=(CardRef(channel="#approvals", channel_id=card.channel, ts=card.ts),))


def said_in(workspace: Workspace, channel: str = "C0APPROVE") -> list[str]:
    return [message.text for message in workspace.state.history.timeline(channel)]


def now_view(**fields: Any) -> RequestView:  # noqa: ANN401 - any field by its name
    """A request of this very moment: the look for a nonce begins where the request does."""
    return a_view(a_request(now=datetime.now(UTC), **fields))


async def delivered(courier: SlackCourier, view: RequestView) -> Delivered:
    attempt = await courier.show_card(view, "#approvals", FIRST)
    assert isinstance(attempt, Delivered)
    return attempt


async def test_a_card_is_posted_and_then_updated(courier: SlackCourier, workspace: Workspace) -> None:
    view = now_view()
    card = await delivered(courier, view)

    ended = shown(replace(view, request=a_request(state=State.APPROVED)), card)
    attempt = await courier.show_card(ended, "#approvals", Posting(nonce="nonce-2"))

    assert isinstance(attempt, Delivered)
    assert (attempt.channel, attempt.ts) == (card.channel, card.ts) == ("C0APPROVE", card.ts)
    assert card.permalink == f"{workspace.config.base_url}/archives/C0APPROVE/p{str(card.ts).replace('.', '')}"
    (text,) = said_in(workspace)
    assert text.startswith("✅ Approved")


@pytest.mark.parametrize("fault", [CutAfter(), ServerError(502)])
async def test_when_nobody_knows_whether_it_was_posted_it_is_unknown(
    courier: SlackCourier, workspace: Workspace, fault: CutAfter | ServerError
) -> None:
    workspace.faults.add("chat.postMessage", fault)

    assert isinstance(await courier.show_card(now_view(), "#approvals", FIRST), Unknown)


async def test_a_card_that_was_posted_although_the_answer_was_lost_is_found_and_not_posted_twice(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    view = now_view()
    workspace.faults.add("chat.postMessage", CutAfter())
    await courier_of(client).show_card(view, "#approvals", FIRST)

    attempt = await courier_of(client).show_card(view, "#approvals", AGAIN)

    assert isinstance(attempt, Delivered)
    assert len(said_in(workspace)) == 1
    assert attempt.ts == workspace.state.history.timeline("C0APPROVE")[0].ts


async def test_a_card_that_was_lost_before_it_was_posted_is_posted_once(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    view = now_view()
    workspace.faults.add("chat.postMessage", CutBefore())
    assert isinstance(await courier_of(client).show_card(view, "#approvals", FIRST), Unknown)

    assert isinstance(await courier_of(client).show_card(view, "#approvals", AGAIN), Delivered)

    assert len(said_in(workspace)) == 1


async def test_while_nobody_can_look_nothing_is_posted_again(client: AsyncWebClient, workspace: Workspace) -> None:
    view = now_view()
    workspace.faults.add("chat.postMessage", CutAfter())
    await courier_of(client).show_card(view, "#approvals", FIRST)
    workspace.faults.add("conversations.history", ServerError(500))

    assert isinstance(await courier_of(client).show_card(view, "#approvals", AGAIN), TryLater)

    assert len(said_in(workspace)) == 1


async def test_the_nonce_is_found_behind_other_messages(
    client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "PAGE", 1)
    view = now_view()
    courier = courier_of(client)
    card = await delivered(courier, view)
    for number in range(3):
        await courier.show_card(now_view(number=number + 2), "#approvals", Posting(nonce=f"other-{number}"))

    attempt = await courier_of(client).show_card(view, "#approvals", AGAIN)

    assert isinstance(attempt, Delivered)
    assert attempt.ts == card.ts


async def test_it_is_known_which_revision_a_card_shows(client: AsyncWebClient) -> None:
    view = now_view(revision=3)
    courier = courier_of(client)

    posted = await delivered(courier, view)
    found = await courier_of(client).show_card(view, "#approvals", AGAIN)
    updated = await courier.show_card(shown(view, posted), "#approvals", AGAIN)

    assert posted.revision == 3
    assert isinstance(found, Delivered)
    assert (found.ts, found.revision) == (posted.ts, 1), "whatever an earlier attempt drew, it was a revision"
    assert isinstance(updated, Delivered)
    assert updated.revision == 3


async def test_a_deleted_card_is_posted_anew_and_its_thread_waits_for_it(
    courier: SlackCourier, workspace: Workspace
) -> None:
    view = now_view()
    card = await delivered(courier, view)
    old = workspace.state.history.get("C0APPROVE", str(card.ts))
    assert old is not None
    workspace.state.remove(old)

    line = await courier.tell_thread(shown(view, card), "#approvals", REVIEWED, Posting(nonce="nonce-2"))
    again = await courier.show_card(shown(view, card), "#approvals", Posting(nonce="nonce-3"))

    assert isinstance(line, TryLater)
    assert isinstance(again, Delivered)
    assert again.ts != card.ts


async def test_a_line_stands_in_the_thread_once_whatever_gets_lost(
    client: AsyncWebClient, workspace: Workspace
) -> None:
    view = now_view()
    courier = courier_of(client)
    card = await delivered(courier, view)
    workspace.faults.add("chat.postMessage", CutAfter())
    line = Posting(nonce="line")
    assert isinstance(await courier.tell_thread(shown(view, card), "#approvals", REVIEWED, line), Unknown)

    again = await courier.tell_thread(shown(view, card), "#approvals", REVIEWED, replace(line, is_repeat=True))

    assert isinstance(again, Delivered)
    thread = workspace.state.history.thread("C0APPROVE", str(card.ts)).replies
    assert [message.text for message in thread] == [
        "#1 (Deploy payments 1.42.0; deploy · payments · production), ⏳ Approval needed: bo approved this."
    ]


async def test_a_line_without_a_card_is_skipped_and_says_so(courier: SlackCourier) -> None:
    attempt = await courier.tell_thread(now_view(), "#approvals", REVIEWED, FIRST)

    assert isinstance(attempt, Delivered)
    assert "skipped" in attempt.detail


@pytest.mark.parametrize(
    "requester", [ANA, Person(key="ana", email="ana@acme.test"), Person(key="x", email="ANA@acme.test"), GUS]
)
async def test_whoever_asked_gets_one_message_by_id_or_address(
    client: AsyncWebClient, workspace: Workspace, requester: Person
) -> None:
    view = replace(now_view(subject=a_subject(requester=requester)), cards=(CARD,))
    workspace.faults.add("chat.postMessage", CutAfter())
    assert isinstance(await courier_of(client).tell_requester(view, DECIDED, FIRST), Unknown)

    assert isinstance(await courier_of(client).tell_requester(view, DECIDED, AGAIN), Delivered)

    channel = "D0GUS0000" if requester is GUS else "D0ANA0000"
    (text,) = said_in(workspace, channel)
    assert text.startswith("⏳ Your request #1")


@pytest.mark.parametrize(
    "requester",
    [
        OLD,
        EVE,
        Person(key="nobody", email="nobody@acme.test"),
        Person(key="ci", github="ci"),
        Person(key="x", slack_id="U0NOBODY0"),
    ],
)
async def test_a_requester_who_has_no_account_here_is_no_fault(courier: SlackCourier, requester: Person) -> None:
    attempt = await courier.tell_requester(now_view(subject=a_subject(requester=requester)), DECIDED, FIRST)

    assert isinstance(attempt, Delivered)
    assert "skipped" in attempt.detail


async def test_a_whisper_reaches_one_person_only(courier: SlackCourier, workspace: Workspace) -> None:
    attempt = await courier.whisper(Whisper(channel="C0APPROVE", slack_id="U0BO00000", text="Not <you>."))

    assert attempt == Delivered()
    assert said_in(workspace) == []


async def test_an_answer_in_a_channel_is_seen_by_whoever_asked_in_their_thread(
    courier: SlackCourier, workspace: Workspace
) -> None:
    root = workspace.say("U0BO00000", "C0APPROVE", "What waits?")
    reply = replace(REPLY, channel="C0APPROVE", thread_ts=root.ts)

    assert await courier.reply(reply, datetime.now(UTC), FIRST) == Delivered()

    (said,) = workspace.ephemerals("U0BO00000")
    assert (said.text, said.channel, said.thread_ts) == ("Nothing waits.", "C0APPROVE", root.ts)
    assert said_in(workspace) == ["What waits?"]


async def test_an_answer_to_a_direct_message_stands_there_once_although_its_answer_was_lost(
    courier: SlackCourier, workspace: Workspace
) -> None:
    asked = workspace.say("U0BO00000", workspace.state.direct("U0BO00000").id, "list")
    reply = replace(REPLY, channel=asked.channel, is_direct=True)
    workspace.faults.add("chat.postMessage", CutAfter())
    assert isinstance(await courier.reply(reply, datetime.now(UTC), FIRST), Unknown)

    assert isinstance(await courier.reply(reply, datetime.now(UTC), AGAIN), Delivered)

    assert [message.text for message in workspace.dms("U0BO00000")] == ["list", "Nothing waits."]
    assert workspace.ephemerals("U0BO00000") == ()


LINK = "https://jit.acme.test/v1/requests/7"


def linked(workspace: Workspace, channel: str = "C0APPROVE") -> Unfurl:
    """Somebody writes a link to a request."""
    workspace.state.config = replace(workspace.config, unfurl_domains=("jit.acme.test",))
    said = workspace.say("U0BO00000", channel, f"See <{LINK}>")
    return Unfurl(about=a_request().id, channel=channel, ts=said.ts, url=LINK)


async def test_a_link_shows_the_request_as_it_is_now_and_shown_again_does_no_harm(
    courier: SlackCourier, workspace: Workspace
) -> None:
    link, view = linked(workspace), now_view(state=State.APPROVED)

    for _ in range(2):
        assert await courier.unfurl(replace(view, cards=(CARD,)), link, datetime.now(UTC)) == Delivered()

    (shown,) = workspace.messages("C0APPROVE")[0].attachments
    assert shown["from_url"] == LINK
    assert "✅ Approved" in shown["blocks"][0]["text"]["text"]


@pytest.mark.parametrize(
    "fault",
    [Refusal("cannot_unfurl_url"), Refusal("cannot_find_message"), Refusal("is_archived")],
    ids=lambda fault: fault.error,
)
async def test_a_link_that_slack_shows_nothing_of_is_let_go(
    courier: SlackCourier, workspace: Workspace, fault: Refusal
) -> None:
    workspace.faults.add("chat.unfurl", fault)

    attempt = await courier.unfurl(now_view(), linked(workspace), datetime.now(UTC))

    assert attempt == Delivered(detail={"skipped": f"Slack: {fault.error}"})


async def test_a_link_waits_while_slack_asks_to_and_is_given_up_for_what_nobody_mends(
    courier: SlackCourier, workspace: Workspace
) -> None:
    link = linked(workspace)
    workspace.faults.add("chat.unfurl", RateLimit(7))
    assert await courier.unfurl(now_view(), link, datetime.now(UTC)) == TryLater(
        why="Slack: ratelimited", after=timedelta(seconds=7)
    )
    workspace.faults.add("chat.unfurl", ServerError(500))
    assert isinstance(await courier.unfurl(now_view(), link, datetime.now(UTC)), TryLater)
    workspace.faults.add("chat.unfurl", Refusal("invalid_blocks"))
    assert isinstance(await courier.unfurl(now_view(), link, datetime.now(UTC)), GiveUp)


async def test_where_others_have_come_to_read_along_a_link_is_let_go_and_in_doubt_it_waits(
    courier: SlackCourier, workspace: Workspace
) -> None:
    link = linked(workspace)
    workspace.faults.add("conversations.info", ServerError(500))
    assert isinstance(await courier.unfurl(now_view(), link, datetime.now(UTC)), TryLater)
    roster = workspace.state.roster
    roster.put_channel(replace(roster.channel("C0APPROVE"), sharing="external"))

    assert isinstance(await courier.unfurl(now_view(), link, datetime.now(UTC)), Delivered)

    assert workspace.messages("C0APPROVE")[0].attachments == ()


async def test_a_whisper_to_somebody_who_left_the_channel_is_let_go(courier: SlackCourier) -> None:
    attempt = await courier.whisper(Whisper(channel="C0INCIDEN", slack_id="U0GUS0000", text="Not you."))

    assert isinstance(attempt, Delivered)
    assert "skipped" in attempt.detail


async def test_a_limit_is_kept_for_as_long_as_slack_says(courier: SlackCourier, workspace: Workspace) -> None:
    workspace.faults.add("chat.postMessage", RateLimit(17))

    attempt = await courier.show_card(now_view(), "#approvals", FIRST)

    assert isinstance(attempt, TryLater)
    assert attempt.after == timedelta(seconds=17)


@pytest.mark.parametrize("channel", ["#general", "#no-such", "C0NOSUCH0"])
async def test_a_channel_that_takes_no_card_is_tried_again_and_its_remedy_told(
    courier: SlackCourier, channel: str
) -> None:
    attempt = await courier.show_card(now_view(), channel, FIRST)

    assert isinstance(attempt, TryLater)
    assert attempt.remedy is not None
    assert "/invite @jit" in attempt.remedy


@pytest.mark.parametrize(
    "error",
    [
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "is_archived",
        "missing_scope",
        "restricted_action",
        "channel_not_found",
        "not_in_channel",
    ],
)
async def test_what_an_operator_can_mend_waits_until_it_is_mended(
    courier: SlackCourier, workspace: Workspace, error: str
) -> None:
    workspace.faults.add("chat.postMessage", Refusal(error))

    refused = await courier.show_card(now_view(), "#approvals", FIRST)
    mended = await courier.show_card(now_view(), "#approvals", FIRST)

    assert isinstance(refused, TryLater)
    assert refused.why == f"Slack: {error}"
    assert refused.remedy
    assert isinstance(mended, Delivered)


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long", "some_new_error"])
async def test_what_no_attempt_can_mend_is_given_up(courier: SlackCourier, workspace: Workspace, error: str) -> None:
    workspace.faults.add("chat.postMessage", Refusal(error))

    attempt = await courier.show_card(now_view(), "#approvals", FIRST)

    assert isinstance(attempt, GiveUp)
    assert error in attempt.why


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "request_timeout"])
async def test_slack_s_own_half_failures_are_looked_into(
    courier: SlackCourier, workspace: Workspace, error: str
) -> None:
    workspace.faults.add("chat.postMessage", Refusal(error))

    assert isinstance(await courier.show_card(now_view(), "#approvals", FIRST), Unknown)


async def test_nobody_at_home_is_tried_later() -> None:
    async with open_session() as session:
        nowhere = make_client(BOT_TOKEN, "http://127.0.0.1:9/api/", session)

        attempt = await courier_of(nowhere).show_card(now_view(), "#approvals", FIRST)

    assert isinstance(attempt, TryLater)


async def test_a_card_stays_delivered_when_its_link_cannot_be_had(courier: SlackCourier, workspace: Workspace) -> None:
    for _ in range(2):  # before it is posted, too, somebody asks whose workspace this is
        workspace.faults.add("auth.test", ServerError(500))

    assert (await delivered(courier, now_view())).permalink is None


async def test_an_update_that_takes_too_long_is_unknown_and_harmless(
    workspace: Workspace, courier: SlackCourier
) -> None:
    view = now_view()
    card = await delivered(courier, view)
    async with open_session(limit=0.1) as session:
        workspace.faults.add("chat.update", Slow(1.0))
        hasty = courier_of(make_client(BOT_TOKEN, f"{workspace.config.base_url}/api", session))

        assert isinstance(await hasty.show_card(shown(view, card), "#approvals", FIRST), Unknown)


async def deleted(courier: SlackCourier, workspace: Workspace, view: RequestView) -> RequestView:
    """Return *view* with a card that was posted and that somebody deleted."""
    card = await delivered(courier, view)
    old = workspace.state.history.get("C0APPROVE", str(card.ts))
    assert old is not None
    workspace.state.remove(old)
    return shown(view, card)


async def test_a_deleted_card_of_a_request_that_has_ended_is_left_and_so_is_its_thread(
    courier: SlackCourier, workspace: Workspace
) -> None:
    view = await deleted(courier, workspace, now_view())
    ended = replace(view, request=now_view(state=State.APPROVED).request)

    card = await courier.show_card(ended, "#approvals", Posting(nonce="nonce-2"))
    line = await courier.tell_thread(ended, "#approvals", DECIDED, Posting(nonce="nonce-3"))

    assert said_in(workspace) == []
    for attempt in (card, line):
        assert isinstance(attempt, Delivered)
        assert "deleted" in str(attempt.detail["skipped"])
        assert attempt.ts is None


async def test_what_may_have_been_posted_before_it_ended_is_looked_for_all_the_same(
    courier: SlackCourier, workspace: Workspace
) -> None:
    view = await deleted(courier, workspace, now_view())
    workspace.faults.add("chat.postMessage", CutAfter())
    again = Posting(nonce="nonce-2")
    assert isinstance(await courier.show_card(view, "#approvals", again), Unknown)
    ended = replace(view, request=replace(now_view(state=State.APPROVED).request, created_at=view.request.created_at))

    found = await courier.show_card(ended, "#approvals", replace(again, is_repeat=True))

    assert isinstance(found, Delivered)
    assert found.ts is not None
    assert len(said_in(workspace)) == 1


async def test_a_deleted_card_on_which_a_review_is_owed_is_posted_anew(
    courier: SlackCourier, workspace: Workspace
) -> None:
    view = await deleted(courier, workspace, now_view())
    ended = now_view(state=State.APPROVED).request
    owing = replace(view, request=replace(ended, review_due=ended.created_at + timedelta(days=1)))

    again = await courier.show_card(owing, "#approvals", Posting(nonce="nonce-2"))

    assert isinstance(again, Delivered)
    assert len(said_in(workspace)) == 1


async def test_a_card_that_slack_lets_nobody_edit_any_more_is_posted_anew_to_show_the_end(
    courier: SlackCourier, workspace: Workspace
) -> None:
    view = now_view()
    view = shown(view, await delivered(courier, view))
    workspace.faults.add("chat.update", Refusal("edit_window_closed"))
    ended = replace(view, request=now_view(state=State.APPROVED).request)

    again = await courier.show_card(ended, "#approvals", Posting(nonce="nonce-2"))

    assert isinstance(again, Delivered)
    assert len(said_in(workspace)) == 2


async def test_a_deleted_card_that_is_posted_anew_calls_nobody_and_in_quiet_hours_not_even_later(
    courier: SlackCourier, workspace: Workspace
) -> None:
    night = datetime.now(UTC) + timedelta(hours=8)
    for request in (a_chain(), replace(a_chain(), quiet_until=night)):
        view = await deleted(courier, workspace, a_view(request))
        before = len(workspace.calls())
        assert isinstance(await courier.show_card(view, "#approvals", Posting(nonce="again")), Delivered)
        said = [(call.method, orjson.dumps(call.arguments).decode()) for call in workspace.calls()[before:]]
        posted = [text for method, text in said if method == "chat.postMessage"]
        redrawn = [text for method, text in said if method == "chat.update"][1:]

        assert len(posted) == 1
        assert str(BO.slack_id) not in posted[0]
        assert bool(redrawn) is (request.quiet_until is None)
