"""The door to callers: the body is frozen before it is sent for the first time."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.core.attempts import Attempt, GiveUp, TryLater
from bot.core.effects import CallBack
from bot.delivery import CallbackCourier, callback_id, draw_callback
from bot.delivery.callbacks import Letter
from bot.relay.books import Books
from bot.relay.errand import Errand
from bot.store import Contradicted


class CallbackDoor:
    """Carries signed answers to callers. *public_url* is how the request is linked in them.

    They are signed by the *clock* on the wall, which is what callers compare with theirs; the house's time may differ.
    """

    scope = "callback:"
    cap = 48

    def __init__(self, courier: CallbackCourier, books: Books, public_url: str, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._courier = courier
        self._books = books
        self._public_url = public_url.rstrip("/")

    def paced(self, now: datetime) -> Mapping[str, datetime]:  # noqa: ARG002 - callers set no pace in advance
        """Return nothing: a caller says by Retry-After when it has had enough."""
        return {}

    async def carry(self, errand: Errand, now: datetime) -> Attempt:  # noqa: ARG002 - it goes by the clock on the wall
        """Send the decision, with the id and the bytes of the first attempt."""
        try:
            view = await self._books.view_to_sign(errand) if isinstance(errand.effect, CallBack) else None
        except Contradicted as error:
            return GiveUp(why=f"not signed, and not sent: {error}; somebody wrote into the database")
        if view is None or view.request.subject.callback_url is None:
            return GiveUp(why="there is nobody to call back")
        body = errand.body
        if body is None:
            body = draw_callback(view, self._public_url, self._clock())
            # A crash after this line and before the caller hears of it: the same bytes go out next time.
            if not await self._books.freeze(errand, body):
                return TryLater(why="its body was drawn elsewhere meanwhile")
        url = view.request.subject.callback_url
        letter = Letter(id=callback_id(errand.id), source=view.request.source, url=url, body=body)
        return await self._courier.send(letter, self._clock())
