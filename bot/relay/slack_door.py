"""The door to Slack: which message an errand becomes, and whether its channel can take one now."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import assert_never

from bot.core.attempts import Attempt, Delivered, GiveUp, TryLater
from bot.core.effects import (
    AnswerSource,
    CallBack,
    Effect,
    Reply,
    SendDigest,
    ShowCard,
    ShowHome,
    TellAccount,
    TellAdmins,
    TellPerson,
    TellRequester,
    TellSource,
    TellThread,
    Unfurl,
    Whisper,
)
from bot.core.request import RequestId
from bot.core.view import Detour, RequestView
from bot.relay.backoff import delay
from bot.relay.books import Books
from bot.relay.errand import Closed, Errand, Hold, Standby
from bot.relay.home_tabs import HomeTabs
from bot.relay.pace import Pace
from bot.slack.delivery import Posting, SlackCourier


class SlackDoor:
    """Carries cards, thread lines, direct messages and whispers."""

    scope = "slack:"
    cap = 16

    def __init__(
        self,
        courier: SlackCourier,
        books: Books,
        pace: Pace,
        standby: Callable[[], Standby | None] = lambda: None,
        homes: HomeTabs | None = None,
    ) -> None:
        self._courier = courier
        self._books = books
        self._pace = pace
        self._standby = standby
        self._homes = homes

    def paced(self, now: datetime) -> Mapping[str, datetime]:
        """Return the channels that have had their share of new messages."""
        return self._pace.waiting(now)

    async def carry(self, errand: Errand, now: datetime) -> Attempt | Hold | Closed:
        """Post or update what the request looks like now."""
        effect = errand.effect
        match effect:
            case Whisper():
                return await self._whisper(errand, effect)
            case ShowHome():
                return await self._show_home(effect)
            case TellAccount():
                return await self._tell_account(errand, effect)
            case Reply() | Unfurl() | TellAdmins():
                return self._turn(errand, now) or await self._tell_in_turn(errand, effect, now)
            case _:
                return await self._carry_about(errand, effect.request, now)

    async def _show_home(self, effect: ShowHome) -> Attempt:
        if self._homes is None:
            return GiveUp(why="this house draws no Home tabs")
        view = await self._homes.draw(effect.slack_id)
        if view is None:
            return Delivered(detail={"skipped": "they have no account here that sees a Home tab"})
        if isinstance(view, TryLater):
            return view
        return await self._courier.show_home(effect.slack_id, view)

    async def _carry_about(self, errand: Errand, request: RequestId, now: datetime) -> Attempt | Hold | Closed:
        effect, view = errand.effect, await self._books.view(request)
        if view is None:
            return GiveUp(why="the request it is about is not in the books")
        if isinstance(effect, ShowCard):
            view = view.without_borrowed_cards()
        if await self._has_lost_its_card(effect, view):
            # Not gone for good: what revives the card revives its lines.
            return GiveUp(why="its card was given up")
        hold = self._hold(errand, view, now)
        if hold is not None:
            return hold
        attempt = await self._send(errand, view)
        if isinstance(attempt, TryLater) and attempt.is_closed:
            return self._closed(effect, attempt, view)
        return attempt

    def _closed(self, effect: Effect, attempt: TryLater, view: RequestView) -> Attempt | Closed:
        """Say where the card goes while its channel is closed: to the default channel, unless it is shown there."""
        if not isinstance(effect, ShowCard | TellThread):
            return attempt
        request, standby, known = view.request, self._standby(), view.card_in(effect.channel)
        tried = effect.detour if isinstance(effect, ShowCard) and (known is None or known.detour is None) else None
        where = tried.to if tried is not None else effect.channel if known is None else known.place
        is_free = standby is not None and where == effect.channel and not _is_shown_in(standby.channel, effect, view)
        why = (attempt.remedy or attempt.why).partition(":")[0]
        return Closed(
            channel=where,
            why=attempt.why,
            remedy=attempt.remedy or "",
            detour=Detour(to=standby.channel, why=why) if standby and is_free and request.state.is_open else None,
            admins=standby.admins if standby else None,
        )

    async def _whisper(self, errand: Errand, effect: Whisper) -> Attempt:
        """Whisper; where we are not in the channel, or they no longer are, write them a direct message instead."""
        attempt = await self._courier.whisper(effect)
        if isinstance(attempt, Delivered) and "skipped" in attempt.detail:
            return await self._tell_account(errand, TellAccount(slack_id=effect.slack_id, text=effect.text))
        return attempt

    async def _tell_account(self, errand: Errand, effect: TellAccount) -> Attempt:
        posting = Posting(nonce=errand.nonce, is_repeat=errand.is_repeat)
        return await self._courier.tell_account(effect, errand.created_at, posting)

    async def _tell_in_turn(self, errand: Errand, effect: Reply | Unfurl | TellAdmins, now: datetime) -> Attempt:
        posting = Posting(nonce=errand.nonce, is_repeat=errand.is_repeat)
        match effect:
            case Reply():
                return await self._courier.reply(effect, errand.created_at, posting)
            case TellAdmins():
                return await self._courier.tell_admins(effect, errand.created_at, posting)
            case Unfurl():
                return await self._unfurl(effect, now)
            case _:
                assert_never(effect)

    async def _unfurl(self, effect: Unfurl, now: datetime) -> Attempt:
        view = await self._books.view(effect.about)
        if view is None:
            return GiveUp(why="the request it leads to is not in the books")
        return await self._courier.unfurl(view, effect, now)

    async def _has_lost_its_card(self, effect: Effect, view: RequestView) -> bool:
        if not isinstance(effect, TellThread) or view.card_in(effect.channel) is not None:
            return False
        return await self._books.card_is_dead(effect.request, effect.channel)

    def _hold(self, errand: Errand, view: RequestView, now: datetime) -> Hold | None:
        """Say why a new message has to wait; else count it and let it go."""
        effect = errand.effect
        known = view.card_in(effect.channel) if isinstance(effect, ShowCard | TellThread) else None
        if isinstance(effect, ShowCard) and known is not None and (effect.detour is None or known.detour is not None):
            return None
        if isinstance(effect, TellThread) and known is None:
            return Hold(why="its card is not there yet", wait=delay(errand.attempts, 0))
        return self._turn(errand, now)

    def _turn(self, errand: Errand, now: datetime) -> Hold | None:
        """Say when the channel can take one more message; else count it and let it go."""
        channel = _line_of(errand)
        turn = self._pace.free_at(channel, now)
        if turn > now:
            return Hold(why="the channel has had its share of messages", wait=turn - now)
        self._pace.take(channel, now)
        return None

    async def _send(self, errand: Errand, view: RequestView) -> Attempt:  # noqa: PLR0911 - one arm an effect
        effect = errand.effect
        detour = effect.detour if isinstance(effect, ShowCard) else None
        if detour is not None and not errand.is_repeat and _is_shown_in(detour.to, effect, view):
            # Two channels of one request are closed: the other one's card is there already, and one is enough.
            return TryLater(why=f"{detour.why}; {detour.to} shows it already", remedy=detour.why, is_closed=True)
        posting = Posting(nonce=errand.nonce, is_repeat=errand.is_repeat)
        match effect:
            case ShowCard():
                return await self._courier.show_card(view, effect.channel, posting, effect.detour)
            case TellThread():
                return await self._courier.tell_thread(view, effect.channel, effect.said, posting)
            case TellRequester():
                return await self._courier.tell_requester(view, effect.said, posting)
            case TellPerson():
                return await self._courier.tell_person(view, effect.person, effect.said, posting)
            case SendDigest():
                waiting = await self._books.held_back(effect.channel, effect.until)
                return await self._courier.send_digest(view, effect.channel, waiting, posting)
            case (
                ShowHome()
                | TellAccount()
                | TellAdmins()
                | Whisper()
                | Reply()
                | Unfurl()
                | CallBack()
                | AnswerSource()
                | TellSource()
            ):
                return GiveUp(why="no message for Slack")
            case _:
                assert_never(effect)


def _line_of(errand: Errand) -> str:
    """Return the line whose pace a new message counts against: that of the channel it goes to."""
    effect = errand.effect
    if isinstance(effect, ShowCard) and effect.detour is not None:
        return f"{SlackDoor.scope}{effect.detour.to}"
    return errand.destination


def _is_shown_in(channel: str, effect: Effect, view: RequestView) -> bool:
    """Tell whether *channel* shows the request already, for its own sake or for another channel's."""
    others = [card.place for card in view.cards if isinstance(effect, ShowCard) and card.channel != effect.channel]
    return channel in (*view.request.channels, *others)
