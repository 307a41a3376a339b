"""What a policy would have made of requests that another one judged: every decision that would differ."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import Refused
from bot.core.judging.counting import Tally, require_room
from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy
from bot.core.judging.rules import judge
from bot.core.request import ApprovalRequest
from bot.core.ruling import Handling, Ruling, Stage
from bot.core.view import RequestView
from bot.policy.trying.past import Past

_ASKS = {
    Handling.AUTO_APPROVE: "approved by the policy",
    Handling.AUTO_REJECT: "rejected by the policy",
    Handling.REQUIRE_APPROVAL: "a person is asked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One request that would go otherwise; ``changes`` says how, the weightiest first."""

    request: ApprovalRequest
    ruling: Ruling
    changes: tuple[str, ...]

    @property
    def is_decisive(self) -> bool:
        """Tell whether somebody else would decide: the policy instead of a person, or the other way round."""
        return self.request.ruling.handling is not self.ruling.handling


def simulate(policy: Policy, views: Iterable[RequestView], since: datetime) -> Iterator[Difference]:
    """Judge each request asked from *since* on again, as of that moment; yield those that would be handled otherwise.

    Oldest first. *views* may be in any order, and go back further: what was asked before counts as it did. How people
    answered is what they did; budgets are spent as *policy* would spend them.
    """
    past = Past()
    for view in sorted(views, key=lambda view: (view.request.created_at, view.request.number)):
        request = view.request
        counts = past.counts(request.source, request.subject, request.created_at)
        facts = Facts(
            subject=request.subject, tests=view.tests, source=request.source, now=request.created_at, counts=counts
        )
        tally = past.tally_at(request.created_at)
        ruling = judge(policy, facts, tally)
        turned_away = _turned_away(policy, ruling, tally, request.created_at)
        if not turned_away:
            past.take(request, ruling)
        changes = (*turned_away, *_changes(request.ruling, ruling)) if request.created_at >= since else ()
        if changes:
            yield Difference(request=request, ruling=ruling, changes=changes)


def _turned_away(policy: Policy, ruling: Ruling, tally: Tally, now: datetime) -> tuple[str, ...]:
    """Return why it would not even have been taken; nothing, when it would."""
    try:
        require_room(ruling, policy.limit_of(ruling), tally, now)
    except Refused as refused:
        return (f"turned away: {refused.sentence}",)
    return ()


def _changes(was: Ruling, would: Ruling) -> Iterator[str]:
    if was.handling is not would.handling:
        yield f"{_ASKS[was.handling]} → {_ASKS[would.handling]}"
    if was.rule != would.rule:
        yield f"rule {was.rule} → {would.rule}"
    if was.handling is not would.handling or would.handling is not Handling.REQUIRE_APPROVAL:
        return
    for name, before, after in (
        ("stages", _stages(was), _stages(would)),
        ("shown in", ", ".join(was.channels), ", ".join(would.channels)),
        ("timeout", str(was.timeout), str(would.timeout)),
        ("silence", was.on_timeout.value, would.on_timeout.value),
        ("may not answer", _forbidden(was), _forbidden(would)),
    ):
        if before != after:
            yield f"{name}: {before} → {after}"


def _stages(ruling: Ruling) -> str:
    return ", then ".join(
        f"{stage.quorum} of {'anyone' if stage.anyone else '/'.join(_asked(stage))}" for stage in ruling.stages
    )


def _asked(stage: Stage) -> list[str]:
    return sorted([*(person.key for person in stage.approvers), *(group.name for group in stage.groups)])


def _forbidden(ruling: Ruling) -> str:
    return "/".join(sorted(ban.value for ban in ruling.forbid)) or "nobody"
