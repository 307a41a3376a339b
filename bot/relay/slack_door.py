"""The door to Slack: which message an errand becomes, and whether its channel can take one now."""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from bot.core.attempts import Attempt, GiveUp
from bot.core.effects import CallBack, Effect, ShowCard, TellAccount, TellRequester, TellThread, Whisper
from bot.core.view import RequestView
from bot.relay.backoff import delay
from bot.relay.books import Books
from bot.relay.errand import Errand, Hold
from bot.relay.pace import Pace
from bot.slack.delivery import Posting, SlackCourier


class SlackDoor:
    """Carries cards, thread lines, direct messages and whispers."""

    scope = "slack:"
    cap = 16

    def __init__(self, courier: SlackCourier, books: Books, pace: Pace) -> None:
        self._courier = courier
        self._books = books
        self._pace = pace

    def paced(self, now: datetime) -> Mapping[str, datetime]:
        """Return the channels that have had their share of new messages."""
        return self._pace.waiting(now)

    async def carry(self, errand: Errand, now: datetime) -> Attempt | Hold:
        """Post or update what the request looks like now."""
        effect = errand.effect
        if isinstance(effect, Whisper):
            return await self._courier.whisper(effect)
        if isinstance(effect, TellAccount):
            return await self._tell_account(errand, effect)
        view = await self._books.view(effect.request)
        if view is None:
            return GiveUp(why="the request it is about is not in the books")
        if await self._has_lost_its_card(effect, view):
            # Not gone for good: what revives the card revives its lines.
            return GiveUp(why="its card was given up")
        hold = self._hold(errand, view, now)
        return hold or await self._send(errand, view)

    async def _tell_account(self, errand: Errand, effect: TellAccount) -> Attempt:
        posting = Posting(nonce=errand.nonce, is_repeat=errand.is_repeat)
        return await self._courier.tell_account(effect, errand.created_at, posting)

    async def _has_lost_its_card(self, effect: Effect, view: RequestView) -> bool:
        if not isinstance(effect, TellThread) or view.card_in(effect.channel) is not None:
            return False
        return await self._books.card_is_dead(effect.request, effect.channel)

    def _hold(self, errand: Errand, view: RequestView, now: datetime) -> Hold | None:
        """Say why a new message has to wait; else count it and let it go."""
        effect = errand.effect
        if isinstance(effect, ShowCard) and view.card_in(effect.channel) is not None:
            return None
        if isinstance(effect, TellThread) and view.card_in(effect.channel) is None:
            return Hold(why="its card is not there yet", wait=delay(errand.attempts, 0))
        channel = errand.destination
        turn = self._pace.free_at(channel, now)
        if turn > now:
            return Hold(why="the channel has had its share of messages", wait=turn - now)
        self._pace.take(channel, now)
        return None

    async def _send(self, errand: Errand, view: RequestView) -> Attempt:
        effect = errand.effect
        posting = Posting(nonce=errand.nonce, is_repeat=errand.is_repeat)
        match effect:
            case ShowCard():
                return await self._courier.show_card(view, effect.channel, posting)
            case TellThread():
                return await self._courier.tell_thread(view, effect.channel, effect.said, posting)
            case TellRequester():
                return await self._courier.tell_requester(view, effect.said, posting)
            case TellAccount() | Whisper() | CallBack():
                return GiveUp(why="no message for Slack")
            case _:
                assert_never(effect)
