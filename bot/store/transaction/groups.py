"""Who shares a card with whom, as this group of use cases sees it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.core.effects import Effect, ShowCard
from bot.core.events import Regrouped
from bot.core.life import grouping
from bot.core.life.lifecycle import advance
from bot.core.life.outcome import Outcome, cards
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest, RequestId
from bot.store.transaction.cards import Cards
from bot.store.transaction.ground import Ground


class Groups:
    """Reads, and what follows for the rest when one goes another way. Who has no group costs nothing."""

    def __init__(self, ground: Ground, cards: Cards) -> None:
        self._ground = ground
        self._cards = cards

    def leader_for(self, request: ApprovalRequest) -> RequestId | None:
        """Return an identical request on whose card *request*, which is about to be made, has room; it is locked.

        Another replica that made one meanwhile has moved the head of the log: then the whole group runs once more.
        """
        key = grouping.key_of(request)
        for leader_id in () if key is None else self._leaders(key):
            leader = self._ground.lock(leader_id)
            is_fit = key is not None and grouping.may_follow(leader, key, request.id, self._ground.now)
            if is_fit and len(self._all(leader.id)) < grouping.MOST - 1:
                return leader.id
        return None

    def followers(self, leader: RequestId) -> tuple[ApprovalRequest, ...]:
        """Return who follows *leader* and is open, in the order of their ids, locked."""
        return tuple(request for request in self._all(leader) if request.state.is_open)

    def aimed(self, request: ApprovalRequest, effects: Sequence[Effect]) -> tuple[Effect, ...]:
        """Return *effects* of *request*; what they say of its leader's card is said of it wherever that stands.

        Who follows does not know: each is escalated in its own time, and one of them only stands in more channels then.
        """
        borrowed = dict.fromkeys(effect.request for effect in effects if _is_borrowed(effect, request))
        if not borrowed:
            return tuple(effects)
        own = tuple(effect for effect in effects if not _is_borrowed(effect, request))
        leaders = (self._ground.look(RequestId(leader)) for leader in borrowed if leader is not None)
        return (*own, *(card for leader in leaders if leader is not None for card in cards(leader)))

    def regrouped(self, old: ApprovalRequest, left: Sequence[ApprovalRequest], by: Actor) -> Iterator[Outcome]:
        """Yield what becomes of those who no longer follow *old*: the first of them leads the others.

        When *old* ended and nobody had answered it, its message becomes their card. Whose deadline is reached is the
        timer's.
        """
        now = self._ground.now
        fit = [one for one in left if one.deadline is not None and now < one.deadline]
        if not fit:
            return
        first, *others = fit
        if grouping.hands_over(old):
            self._hand_over(old, first)
        yield advance(first, Regrouped(by=by), now)
        for other in others:
            yield advance(other, Regrouped(by=by, leader=first.id), now)

    def _hand_over(self, old: ApprovalRequest, new: ApprovalRequest) -> None:
        """Make the messages of *old* those of *new*; what was shown of *new* stays what it was."""
        for channel in new.channels:
            card = self._cards.of(old.id, channel)
            if card is not None and card.host is None:
                shown = self._cards.of(new.id, channel)
                self._cards.put(new.id, replace(card, revision=shown.revision if shown else 0))
                self._cards.put(old.id, replace(card, host=new.id))

    def _leaders(self, key: str) -> list[RequestId]:
        """Return who leads by this *key*, the newest first."""
        ground = self._ground
        stored = (row[0] for row in ground.tools.rows("joinable", key))
        made = (put.request.id for put in ground.puts().values() if grouping.key_of(put.request) == key)
        return sorted({*stored, *made}, reverse=True)

    def _all(self, leader: RequestId) -> list[ApprovalRequest]:
        """Return whoever follows *leader*, open or not, in the order of their ids, locked."""
        ground = self._ground
        stored = {RequestId(row[0]) for row in ground.tools.rows("followers", leader)}
        ground.lock_all([request_id for request_id in stored if not ground.is_locked(request_id)])
        made = {put.request.id for put in ground.puts().values() if put.request.leader == leader}
        found = (ground.lock(request_id) for request_id in sorted(stored | made))
        return [request for request in found if request.leader == leader]


def _is_borrowed(effect: Effect, request: ApprovalRequest) -> bool:
    return isinstance(effect, ShowCard) and effect.request != request.id
