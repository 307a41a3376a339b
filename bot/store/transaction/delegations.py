"""Who stands in for whom, as a use case reads and writes it; every change comes with its line of the log."""

from bot.core.people.delegation import Delegation
from bot.store.codec import read_delegation
from bot.store.transaction.ground import Ground


class Delegations:
    """The last word of each giver, by their Slack account; what earlier use cases of the group said counts."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def of(self, giver: str) -> Delegation | None:
        """Return the delegation that *giver* gave and that is running now."""
        said = self._said()
        if giver in said:
            return self._running(said[giver])
        found = self._ground.tools.first("delegation_of", giver)
        return self._running(read_delegation(found[0])) if found else None

    def to(self, receiver: str) -> tuple[Delegation, ...]:
        """Return what is delegated to *receiver* now, the oldest first."""
        ground, said = self._ground, self._said()
        stored = (read_delegation(row[0]) for row in ground.tools.rows("delegations_to", receiver, ground.stored_now))
        found = [one for one in stored if one.giver.slack_id not in said]
        found += [one for one in said.values() if one is not None and one.receiver.slack_id == receiver]
        return tuple(sorted(filter(self._running, found), key=lambda one: (one.since, one.id)))

    def put(self, delegation: Delegation) -> None:
        """Write down what its giver said last."""
        if not delegation.giver.slack_id or not delegation.receiver.slack_id:
            raise ValueError("a delegation is between two Slack accounts")
        self._ground.current.delegations[delegation.giver.slack_id] = delegation

    def drop(self, giver: str) -> None:
        """Forget what *giver* said last."""
        self._ground.current.delegations[giver] = None

    def _said(self) -> dict[str, Delegation | None]:
        return {**self._ground.pending.delegations, **self._ground.current.delegations}

    def _running(self, delegation: Delegation | None) -> Delegation | None:
        return delegation if delegation is not None and delegation.is_running(self._ground.now) else None
