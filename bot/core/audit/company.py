"""Whether those may share a card who do, as the log tells it: a yes on it is worth what was shown."""

from collections.abc import Mapping

from bot.core.audit.life import Broken, Entry, Life

_OF_ITS_OWN = frozenset({"callback", "deadline", "follows", "pings_held_until", "receiver", "ruling"})
_OF_THE_MOMENT = frozenset({"explanation", "budgets", "calendar"})


def join(life: Life, entry: Entry, lives: Mapping[str, Life]) -> None:
    """Take from *entry* whom *life* follows from now on. Raises Broken where it may not."""
    if entry["event"] == "request.submitted":
        life.judged_by = (entry["rule"], entry["policy_hash"])
    elif entry["event"] != "request.regrouped":
        return
    whom = entry["detail"].get("follows")
    if entry["event"] == "request.regrouped" and life.follows is None:
        raise Broken("it is put into another group, and was in none")
    if whom is not None:
        leader = lives.get(whom)
        _require_alike(life, leader)
        if entry["event"] == "request.submitted" and leader is not None and (leader.steps or leader.called):
            raise Broken("it is shown on the card of a request that was escalated already")
    life.follows = whom


def _require_alike(life: Life, leader: Life | None) -> None:
    if leader is None or leader.state != "pending" or leader.follows is not None or leader.request >= life.request:
        raise Broken("it is shown on the card of a request that can show nobody")
    if (leader.revision, _answers(leader)) != (1, _answers(life)):
        raise Broken("it is shown on the card of a request that was answered otherwise")
    if (leader.digest, leader.judged_by, _shown(leader)) != (life.digest, life.judged_by, _shown(life)):
        raise Broken("it is shown on the card of a request that asks for something else")


def _answers(life: Life) -> tuple[int, ...]:
    """Return how many have answered; in whose name each did may differ, where an escalation called them for one."""
    return (life.stage, len(life.refused), *map(len, life.counted))


def _shown(life: Life) -> object:
    asked = {name: value for name, value in life.terms.items() if name not in _OF_ITS_OWN}
    return asked, {name: value for name, value in life.ruling.items() if name not in _OF_THE_MOMENT}
