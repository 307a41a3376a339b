"""The door to native sources: each is told the decision in its own words, and shown the way there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from bot.core.attempts import Attempt, Delivered, GiveUp, TryLater
from bot.core.effects import AnswerSource, TellSource
from bot.core.receiver import ReturnAddress
from bot.core.request import ApprovalRequest
from bot.core.view import RequestView
from bot.delivery.native import AddressUnreadable, AddressVault, Memo, Receiver, Return, Terms
from bot.relay.books import Books
from bot.relay.errand import Errand
from bot.relay.slots import QUIET
from bot.store import Contradicted


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """Who receives, by kind; what the policy says of a source now, None when it no longer knows it; who opens."""

    receivers: Mapping[str, Receiver]
    terms: Callable[[str], Terms | None]
    vault: AddressVault


class SourceDoor:
    """Carries answers and progress to native sources. *public_url* is how the request is linked in them."""

    scope = "source:"
    cap = 32

    def __init__(self, receiving: Receiving, books: Books, public_url: str, clock: Callable[[], datetime]) -> None:
        self._receiving = receiving
        self._books = books
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    def paced(self, now: datetime) -> Mapping[str, datetime]:  # noqa: ARG002 - sources set no pace in advance
        """Return nothing: a source says by Retry-After when it has had enough."""
        return {}

    async def carry(self, errand: Errand, now: datetime) -> Attempt:  # noqa: ARG002 - it goes by the clock on the wall
        """Send the decision as it was drawn first, or what there is to show now."""
        try:
            view, address = await self._books.to_answer(errand)
            if view is None or address is None:
                return GiveUp(why="there is no native source to answer")
            back = self._opened(errand, view, address)
        except (Contradicted, AddressUnreadable, _Unfit) as error:
            return GiveUp(why=f"not sent: {error}")
        match errand.effect:
            case AnswerSource():
                return await self._answer(errand, back, view, address)
            case TellSource():
                receiver = self._receiving.receivers[back.terms.source.kind]
                return await receiver.tell(back, view, self._public_url, self._clock())
            case _:
                return GiveUp(why="nothing for a native source")

    async def _answer(self, errand: Errand, back: Return, view: RequestView, address: ReturnAddress) -> Attempt:
        receiver, body = self._receiving.receivers[back.terms.source.kind], errand.body
        if body is None:
            body = receiver.draw(view, back.address, self._public_url)
            # A crash after this line and before the source hears of it: the same bytes go out next time.
            if not await self._books.freeze(errand, body):
                return TryLater(why="its body was drawn elsewhere meanwhile")
        rival = await self._books.rival(view.request, address)
        if rival is not None:
            return _overtaken(view.request, rival)
        return await receiver.answer(back, body, self._clock())

    def _opened(self, errand: Errand, view: RequestView, address: ReturnAddress) -> Return:
        """Return where to answer, in the clear. Raises AddressUnreadable; _Unfit: somebody changed what it must be."""
        receiver, request = view.request.subject.receiver, view.request
        if receiver is None or receiver.seal != address.seal or address.source != request.source:
            raise _Unfit("where to answer is not what the log says; somebody wrote into the database")
        terms = self._receiving.terms(request.source)
        if terms is None or terms.source.kind != receiver.kind:
            raise _Unfit(
                f"the policy no longer has a source {request.source} of the kind {receiver.kind}; "
                "name it there again, then replay"
            )

        async def remember(memo: Memo) -> None:
            await self._books.remember(errand, orjson.dumps(memo).decode())

        return Return(
            terms=terms,
            request=request,
            since=address.since,
            address=self._receiving.vault.open(address.source, address.sealed),
            memo={} if address.memo is None else orjson.loads(address.memo),
            remember=remember,
        )


def _overtaken(request: ApprovalRequest, rival: ApprovalRequest) -> Attempt:
    """Return what becomes of an answer that would reach the deployment of *rival*."""
    why = f"not sent: request #{rival.number} is about what waits there now"
    return Delivered(detail={"not_taken": why}) if request.state in QUIET else GiveUp(why=why)


class _Unfit(Exception):
    """There is nowhere to answer; the sentence says why."""
