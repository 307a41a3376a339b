"""What callers and native sources are told: each is there, tells of its own request, and says what the log says."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from bot.core.effects import AnswerSource, CallBack
from bot.core.request import ApprovalRequest, RequestId
from bot.store.codec import KINDS, read_effect
from bot.store.database import Values
from bot.store.reading import Snapshot
from bot.store.testimony import Contradicted, Testimony
from bot.store.verify_entry import Bad


@dataclass(frozen=True, slots=True)
class Owed:
    """What the requests ask of the outbox: who is told of an end, by which way, and where native sources are found."""

    told: set[str] = field(default_factory=set[str])
    answered: set[str] = field(default_factory=set[str])
    addresses: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])

    def add(self, request: ApprovalRequest) -> None:
        """Take what *request*, which is as the log says, asks for."""
        subject, has_ended = request.subject, not request.state.is_open
        if subject.callback_url is not None and has_ended:
            self.told.add(request.id)
        if subject.receiver is not None:
            self.addresses[request.id] = (request.source, subject.receiver.seal)
            if has_ended:
                self.answered.add(request.id)


def check_outbox(snapshot: Snapshot, end: int, testimony: Testimony, owed: Owed) -> None:
    """Compare the outbox with the log: each request that has ended has one callback, and one answer, that it owes.

    What is only shown (cards, lines in threads) stands in no log: a card that somebody deleted there is found by the
    look after the cards, and what somebody put off for ever by ``jit doctor``, which knows what time it is. Raises Bad.
    """
    callbacks = _Way(kind=CallBack, scope="callback:", rows=snapshot.receivers.all_callbacks())
    answers = _Way(kind=AnswerSource, scope="source:", rows=snapshot.receivers.all_answers())
    _check_way(callbacks, end, testimony, owed.told)
    _check_way(answers, end, testimony, owed.answered)
    _check_bodies(snapshot, end, testimony)
    _check_addresses(snapshot, end, owed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    kind: type[CallBack | AnswerSource]
    scope: str
    rows: Iterable[Values]


def _check_way(way: _Way, end: int, testimony: Testimony, told: AbstractSet[str]) -> None:
    waiting = set(told)
    for row_id, request_id, destination, status, payload in way.rows:
        if request_id not in waiting or not destination.startswith(way.scope):
            raise Bad(end, f"callback {row_id}: nobody has to be told that, or nobody would be")
        waiting.remove(request_id)
        if not _tells_of(way.kind, payload, request_id):
            raise Bad(end, f"callback {row_id}: it would tell of another request, or of nothing")
        try:
            if status == "done":
                testimony.require_delivered(row_id)
        except Contradicted as error:
            raise Bad(end, f"callback {row_id}: {error}") from None
    if waiting:
        raise Bad(end, f"the callback of request {min(waiting)} is lost: its caller was never told")


def _tells_of(kind: type[CallBack | AnswerSource], payload: str | bytes, request_id: str) -> bool:
    try:
        return read_effect(KINDS[kind], payload) == kind(request=RequestId(request_id))
    except ValueError:
        return False


def _check_bodies(snapshot: Snapshot, end: int, testimony: Testimony) -> None:
    for row_id, body in snapshot.receivers.all_bodies():
        try:
            testimony.require_body(row_id, bytes(body))
        except Contradicted as error:
            raise Bad(end, f"callback {row_id}: {error}") from None


def _check_addresses(snapshot: Snapshot, end: int, owed: Owed) -> None:
    """Compare where native sources are answered with the hash that each request has had since it was made."""
    waiting = dict(owed.addresses)
    for request_id, address in snapshot.receivers.all():
        if waiting.pop(request_id, None) != (address.source, address.seal):
            raise Bad(end, f"request {request_id}: where its source is answered is not what the log says")
    if waiting:
        raise Bad(end, f"request {min(waiting)}: where its source is answered is lost")
