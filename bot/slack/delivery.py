"""The courier to Slack: carries cards, thread lines, messages and whispers, and says truly how each attempt ended."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

import orjson
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.attempts import Attempt, Delivered, GiveUp, TryLater
from bot.core.effects import Reply, Said, TellAccount, TellAdmins, Unfurl, Whisper
from bot.core.life.waiting import silent_groups
from bot.core.people.identity import Person, Standing
from bot.core.people.membership import LiveGroup, Rolls
from bot.core.request import RequestId
from bot.core.view import CardRef, Detour, RequestView
from bot.slack.cards.button_value import Seal
from bot.slack.cards.calling import groups_on
from bot.slack.cards.card import Card, draw_card
from bot.slack.cards.likeness import digest_of, hush, words_kept
from bot.slack.cards.unfurled import draw_unfurl
from bot.slack.faults import CALL_ERRORS, after_look, after_post, read_fault
from bot.slack.passing import passed_over, show_link, whisper_to
from bot.slack.spots import About, Posting, Spot, about_request, draw_message
from bot.slack.words import rich
from bot.slack.words.digest import draw_digest
from bot.slack.words.lines import draw_person_message, draw_requester_message, draw_thread_line, draw_whisper
from bot.slack.workspace.channels import Channels
from bot.slack.workspace.directory import Directory
from bot.slack.workspace.lookup import Found, Lookup, draw_metadata

_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_NO_THREAD = frozenset({"message_not_found", "thread_not_found"})
_NO_MAIL = frozenset({"user_disabled", "cannot_dm_bot", "user_not_found", "messages_tab_disabled", "not_allowed"})


_LEFT = "somebody deleted the card, and nobody has anything to do on it any more"


@dataclass(frozen=True, slots=True)
class _Lost:
    """A card that can't be redrawn; with ``is_deleted`` it is gone, else it stays as it is for ever."""

    is_deleted: bool


Look = Callable[[Iterable[LiveGroup]], Awaitable[Rolls]]
"""Finds out who is in live groups; what can't be told comes back as trouble, never as an error."""


async def _nothing_known(groups: Iterable[LiveGroup]) -> Rolls:
    """Look nobody up: for a courier in whose house no policy names a live group."""
    del groups
    return {}


class SlackCourier:
    """Never repeats anything by itself: what follows from an attempt is the relay's business."""

    def __init__(
        self, client: AsyncWebClient, directory: Directory, channels: Channels, seal: Seal, look: Look | None = None
    ) -> None:
        self._client = cast("Any", client)  # the SDK leaves the types of its keywords open
        self._directory = directory
        self._channels = channels
        self._seal = seal
        self._look = look or _nothing_known
        self._lookup = Lookup(client)

    async def show_card(
        self, view: RequestView, channel: str, posting: Posting, detour: Detour | None = None
    ) -> Attempt:
        """Bring the card in *channel* up to date; post it when there is none, or when somebody deleted it.

        One that was deleted is left so where nobody has anything to do on it any more.
        With a *detour* it is posted there, and a card that is in the channel already stays as it is.
        """
        if view.was_handed_over(channel):
            return Delivered(detail={"skipped": "its card has become that of another request"})
        known = view.card_in(channel)
        is_redrawn = known is not None and (detour is None or known.detour is not None)
        if known is not None and is_redrawn:
            detour = known.detour
            attempt = await self._update(view, await self.draw(view, channel, detour), known)
            if not isinstance(attempt, _Lost):
                return attempt
            if attempt.is_deleted and not posting.is_repeat and not view.request.awaits_somebody:
                return Delivered(detail={"skipped": _LEFT})
        spot = Spot(channel=channel if detour is None else detour.to)
        card = await self.draw(view, channel, detour)
        # Somebody deleted it: whoever it called was called, and is not called again.
        first = replace(card, blocks=hush(card.blocks)) if is_redrawn else card
        attempt = await self._post(about_request(view), spot, first, "jit_card", posting)
        if not isinstance(attempt, Delivered) or posting.is_repeat:
            # A message that an earlier attempt left may show fewer than there are now.
            return attempt
        if first.blocks != card.blocks:
            return await self._finish(view, card, attempt, channel)
        return replace(attempt, company=_company(view), drawn=self.digest(view, channel, detour))

    async def _finish(self, view: RequestView, card: Card, posted: Delivered, channel: str) -> Delivered:
        """Give a card that was posted hushed its names, which calls nobody; if that fails, a later look does."""
        there = CardRef(
            channel=channel, channel_id=posted.channel or "", ts=posted.ts or "", permalink=posted.permalink
        )
        attempt = await self._update(view, card, there)
        return attempt if isinstance(attempt, Delivered) else replace(posted, company=_company(view), kept=None)

    def digest(self, view: RequestView, channel: str, detour: Detour | None) -> str:
        """Return what tells two drawings of a card apart, but for who is in its live groups, which only Slack knows."""
        return digest_of(draw_card(view, self._seal, _remark(channel, detour)))

    async def draw(self, view: RequestView, channel: str, detour: Detour | None) -> Card:
        """Return the card as it would be shown in *channel* now. May raise one of faults.CALL_ERRORS."""
        rolls = await self._look(groups_on(view.request))
        return draw_card(view, self._seal, _remark(channel, detour), rolls)

    async def tell_thread(self, view: RequestView, channel: str, said: Said, posting: Posting) -> Attempt:
        """Add a line under the card in *channel*."""
        known = view.card_in(channel)
        if known is None:
            return Delivered(detail={"skipped": "the channel has no card to add a line to"})
        spot = Spot(channel=known.channel_id, thread_ts=known.ts)
        line = draw_thread_line(view, said, await self._look(said.groups))
        return await self._post(about_request(view), spot, line, "jit_line", posting)

    async def tell_requester(self, view: RequestView, said: Said, posting: Posting) -> Attempt:
        """Write whoever asked a direct message.

        Somebody Slack does not know, or who has left, is no fault that anybody could mend: delivered, with a remark.
        """
        requester = view.request.subject.requester
        card = draw_requester_message(view, said, self._seal)
        return await self._write(view, requester, card, posting)

    async def tell_person(self, view: RequestView, person: Person, said: Said, posting: Posting) -> Attempt:
        """Write *person* a direct message; for somebody Slack does not know, as with whoever asked."""
        return await self._write(view, person, draw_person_message(view, said), posting)

    async def _write(self, view: RequestView, person: Person | None, card: Card, posting: Posting) -> Attempt:
        try:
            account = await self._directory.account_of(person) if person else None
            if account is None or account.standing not in {Standing.MEMBER, Standing.GUEST}:
                return Delivered(detail={"skipped": "they have no account in this workspace"})
            answer = await self._client.conversations_open(users=account.id)
        except CALL_ERRORS as error:
            fault = read_fault(error)
            if fault.code in _NO_MAIL:
                return Delivered(detail={"skipped": f"Slack: {fault.code}"})
            return after_look(fault)
        spot = Spot(channel=answer["channel"]["id"])
        return await self._post(about_request(view), spot, card, "jit_answer", posting)

    async def tell_account(self, effect: TellAccount, since: datetime, posting: Posting) -> Attempt:
        """Write one account a direct message that is about no request, and was asked for at *since*."""
        try:
            answer = await self._client.conversations_open(users=effect.slack_id)
        except CALL_ERRORS as error:
            fault = read_fault(error)
            if fault.code in _NO_MAIL:
                return Delivered(detail={"skipped": f"Slack: {fault.code}"})
            return after_look(fault)
        spot = Spot(channel=answer["channel"]["id"])
        return await self._post(About(since=since), spot, draw_whisper(effect.text), "jit_note", posting)

    async def tell_admins(self, effect: TellAdmins, since: datetime, posting: Posting) -> Attempt:
        """Say something about the house itself, which was asked for at *since*."""
        spot = Spot(channel=effect.channel)
        return await self._post(About(since=since), spot, draw_whisper(effect.text), "jit_note", posting)

    async def send_digest(
        self, view: RequestView, channel: str, waiting: Sequence[RequestView], posting: Posting
    ) -> Attempt:
        """Call in *channel*, in one message, whoever still has to answer the requests that are *waiting*.

        *view* is one that it was asked for. Nothing is said where everybody has answered meanwhile.
        """
        called = (group for each in waiting if each.request.ruling.stages for group in silent_groups(each.request))
        card = draw_digest(waiting, await self._look(called))
        if card is None:
            return Delivered(detail={"skipped": "nothing waits for anybody any more"})
        known = view.card_in(channel)
        spot = Spot(channel=known.channel_id if known else channel)
        return await self._post(about_request(view), spot, card, "jit_digest", posting)

    async def whisper(self, whisper: Whisper) -> Attempt:
        """Answer one person where they clicked. Repeating it does no harm, so nothing is looked up before."""
        spot = Spot(channel=whisper.channel)
        return await whisper_to(self._client, spot, whisper.slack_id, draw_whisper(whisper.text))

    async def reply(self, reply: Reply, since: datetime, posting: Posting) -> Attempt:
        """Answer what somebody wrote at *since*: by a message where they are alone with us, else as a whisper."""
        spot = Spot(channel=reply.channel, thread_ts=reply.thread_ts)
        card = Card(text=reply.text, blocks=orjson.loads(reply.drawn))
        if reply.is_direct:
            return await self._post(About(since=since), spot, card, "jit_reply", posting)
        return await whisper_to(self._client, spot, reply.slack_id, card)

    async def unfurl(self, view: RequestView, unfurl: Unfurl, now: datetime) -> Attempt:
        """Show below somebody's message what its link leads to: little, where the request has no card."""
        there = await self._reach(unfurl.channel)
        if not isinstance(there, str):
            return passed_over(there)
        return await show_link(self._client, unfurl, draw_unfurl(view, unfurl.channel, now))

    async def show_home(self, slack_id: str, view: rich.Json) -> Attempt:
        """Publish somebody's Home tab. Repeating it does no harm: it shows what is true when it is drawn."""
        try:
            await self._client.views_publish(user_id=slack_id, view=view)
        except CALL_ERRORS as error:
            return after_look(read_fault(error))
        return Delivered()

    async def _update(self, view: RequestView, card: Card, known: CardRef) -> "Attempt | _Lost":
        """Redraw a posted card, unless it is lost."""
        there = await self._reach(known.channel_id)
        if not isinstance(there, str):
            return there
        try:
            answer = await self._client.chat_update(
                channel=known.channel_id, ts=known.ts, text=card.text, blocks=card.blocks, link_names=False
            )
        except CALL_ERRORS as error:
            fault = read_fault(error)
            if fault.code in _GONE:
                return _Lost(is_deleted=fault.code == "message_not_found")
            return after_post(fault)
        return Delivered(
            channel=known.channel_id,
            ts=known.ts,
            permalink=known.permalink,
            revision=view.request.revision,
            company=_company(view),
            drawn=self.digest(view, known.channel, known.detour),
            kept=words_kept(answer.get("message")),
        )

    async def _reach(self, channel: str) -> "str | TryLater | GiveUp":
        """Return the id of a channel that only people of our workspace read, or why nothing is said in it."""
        try:
            await self._directory.require_workspace()
            return await self._channels.ours(channel)
        except CALL_ERRORS as error:
            return after_look(read_fault(error))

    async def _post(self, about: About, spot: Spot, card: Card, event_type: str, posting: Posting) -> Attempt:
        there = await self._reach(spot.channel)
        if not isinstance(there, str):
            return there
        # By its id: a name may be another channel's by the time Slack reads it.
        return await self._post_at(about, replace(spot, channel=there), card, event_type, posting)

    async def _post_at(self, about: About, spot: Spot, card: Card, event_type: str, posting: Posting) -> Attempt:
        if posting.is_repeat:
            try:
                earlier = await self._earlier(about.since, spot, posting.nonce)
            except CALL_ERRORS as error:
                return after_look(read_fault(error))
            if earlier is not None:
                # It shows what the request was when that attempt began: the first revision, or a newer one.
                return await self._delivered(earlier, None if about.revision is None else 1)
        metadata = draw_metadata(event_type, posting.nonce, about.request)
        try:
            answer = await self._client.chat_postMessage(**draw_message(spot, card, metadata))
        except CALL_ERRORS as error:
            fault = read_fault(error)
            if spot.thread_ts is not None and fault.code in _NO_THREAD:
                if not about.is_awaited:
                    return Delivered(detail={"skipped": _LEFT})
                # Somebody deleted the card; it is about to be posted anew, and then the line finds it.
                return TryLater(why=f"Slack: {fault.code}: the card is gone")
            return after_post(fault)
        posted = await self._delivered(Found(channel=answer["channel"], ts=answer["ts"]), about.revision)
        return replace(posted, kept=words_kept(answer.get("message")))

    async def _earlier(self, since: datetime, spot: Spot, nonce: str) -> Found | None:
        if spot.thread_ts is not None:
            return await self._lookup.in_thread(spot.channel, spot.thread_ts, nonce, since)
        return await self._lookup.in_channel(spot.channel, nonce, since)

    async def _delivered(self, found: Found, revision: int | None) -> Delivered:
        """Say where it is. Without an address of the workspace it is delivered all the same, only without a link."""
        try:
            permalink = (await self._directory.home()).permalink(found.channel, found.ts)
        except CALL_ERRORS:
            permalink = None
        return Delivered(channel=found.channel, ts=found.ts, permalink=permalink, revision=revision)


def _company(view: RequestView) -> tuple[RequestId, ...]:
    return tuple(companion.id for companion in view.company)


def _remark(channel: str, detour: Detour | None) -> str | None:
    return None if detour is None else f"Shown here because {channel} can't be used: {detour.why}."
