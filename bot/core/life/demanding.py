"""What an answer must hold besides yes or no, as its rule says; and the conditions under which a yes was given."""

from dataclasses import replace

from bot.core.errors import Refusal, Refused
from bot.core.events import Reviewed
from bot.core.life import quorum
from bot.core.request import ApprovalRequest
from bot.core.ruling import Category, Verdict

LONGEST_CONDITION = 200
_SOMETHING = "(to be asked)"


def require_filled(request: ApprovalRequest, event: Reviewed) -> None:
    """Raise Refused for an answer that lacks what its rule wants of it.

    Where the request names no environment, none has to be typed; one that is typed all the same must be the right one.
    """
    ruling, verdict = request.ruling, event.verdict
    if ruling.require_reason.wants_one(verdict) and not (event.reason or "").strip():
        raise Refused(Refusal.REASON_REQUIRED, f"This rule wants a reason to {verdict}.")
    if ruling.demands.category.wants_one(verdict) and event.category is None:
        raise Refused(Refusal.CATEGORY_REQUIRED, f"This rule wants a category to {verdict}.")
    if verdict is Verdict.APPROVE:
        _require_condition(request, event.condition or "")
        _require_environment(request, event.environment)


def condition_of(event: Reviewed) -> str | None:
    """Return the condition of a yes; a no is given under none, and blanks are none."""
    return (event.condition or "").strip() or None if event.verdict is Verdict.APPROVE else None


def _require_condition(request: ApprovalRequest, condition: str) -> None:
    if request.ruling.demands.condition and not condition.strip():
        raise Refused(Refusal.CONDITION_REQUIRED, "This rule wants a condition to approve, such as “max 10 %”.")
    if len(condition) > LONGEST_CONDITION:
        raise Refused(
            Refusal.CONDITION_REQUIRED, f"That condition is too long; {LONGEST_CONDITION} characters are the most."
        )


def _require_environment(request: ApprovalRequest, typed: str | None) -> None:
    if (typed is not None or asks_environment(request)) and typed != request.subject.environment:
        named = request.subject.environment
        wanted = f"Type {named}, exactly as it is written, to approve." if named else "This names no environment."
        raise Refused(Refusal.UNCONFIRMED, wanted)


def filled(request: ApprovalRequest, answer: Reviewed) -> Reviewed:
    """Return *answer* with whatever its rule may want of it: to see whether it could count, never to be counted."""
    environment = request.subject.environment
    return replace(answer, reason=_SOMETHING, category=Category.OTHER, condition=_SOMETHING, environment=environment)


def asks_environment(request: ApprovalRequest) -> bool:
    """Tell whether whoever approves has to type where it will happen."""
    return request.ruling.demands.environment and request.subject.environment is not None


def asks_words(request: ApprovalRequest) -> bool:
    """Tell whether a yes takes more than one click."""
    demands, verdict = request.ruling.demands, Verdict.APPROVE
    is_wordy = request.ruling.require_reason.wants_one(verdict) or demands.category.wants_one(verdict)
    return is_wordy or demands.condition or asks_environment(request)


def conditions_of(request: ApprovalRequest) -> tuple[str, ...]:
    """Return the conditions of all approvals that count, stage by stage, each once."""
    stages = range(len(request.ruling.stages))
    given = (review.condition for stage in stages for review in quorum.counted(request, stage))
    return tuple(dict.fromkeys(condition for condition in given if condition))
