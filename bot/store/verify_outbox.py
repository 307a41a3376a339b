"""The callbacks of the outbox: each is there, tells of its own request, and says what the log says that it said."""

from collections.abc import Set as AbstractSet

from bot.core.effects import CallBack
from bot.core.request import RequestId
from bot.store.codec import read_effect
from bot.store.reading import Snapshot
from bot.store.testimony import Contradicted, Testimony
from bot.store.verify_entry import Bad


def check_outbox(snapshot: Snapshot, end: int, testimony: Testimony, told: AbstractSet[str]) -> None:
    """Compare the outbox with the log, and its callbacks with the requests in *told*, each of which has one.

    What is only shown (cards, lines in threads) stands in no log: a card that somebody deleted there is found by the
    look after the cards, and what somebody put off for ever by ``jit doctor``, which knows what time it is. Raises Bad.
    """
    _check_callbacks(snapshot, end, testimony, told)
    _check_bodies(snapshot, end, testimony)


def _check_callbacks(snapshot: Snapshot, end: int, testimony: Testimony, told: AbstractSet[str]) -> None:
    waiting = set(told)
    for row_id, request_id, destination, status, payload in snapshot.all_callbacks():
        if request_id not in waiting or not destination.startswith("callback:"):
            raise Bad(end, f"callback {row_id}: nobody has to be told that, or nobody would be")
        waiting.remove(request_id)
        if not _tells_of(payload, request_id):
            raise Bad(end, f"callback {row_id}: it would tell of another request, or of nothing")
        try:
            if status == "done":
                testimony.require_delivered(row_id)
        except Contradicted as error:
            raise Bad(end, f"callback {row_id}: {error}") from None
    if waiting:
        raise Bad(end, f"the callback of request {min(waiting)} is lost: its caller was never told")


def _tells_of(payload: str | bytes, request_id: str) -> bool:
    try:
        return read_effect("call_back", payload) == CallBack(request=RequestId(request_id))
    except ValueError:
        return False


def _check_bodies(snapshot: Snapshot, end: int, testimony: Testimony) -> None:
    for row_id, body in snapshot.all_bodies():
        try:
            testimony.require_body(row_id, bytes(body))
        except Contradicted as error:
            raise Bad(end, f"callback {row_id}: {error}") from None
