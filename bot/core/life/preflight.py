"""What has to hold in the moment of a yes, whoever says it: the last look before something is released.

That the card was one of what is asked now is looked at where every answer is; freezes are facts of the moment that come
with it. A rejection needs none of it.
"""

from bot.core.errors import Refusal, Refused
from bot.core.events import Reviewed
from bot.core.freeze import rejecting, require_thawed
from bot.core.request import ApprovalRequest


def require_ready(request: ApprovalRequest, event: Reviewed) -> None:
    """Raise Refused where nothing may be approved: in a freeze, and on evidence that is not complete."""
    require_thawed(rejecting(event.freezes))
    if is_held_back(request):
        raise Refused(
            Refusal.INCOMPLETE,
            f"Nothing is approved on test results that are not complete ({request.tests.incomplete[0][:200]}). Whoever"
            f" asked has to bring them whole (jit-gate report {request.id} …) or to ask anew. Rejecting works.",
        )


def is_held_back(request: ApprovalRequest) -> bool:
    """Tell whether nobody can approve it, because its evidence is not complete and its rule does not take that."""
    return bool(request.tests.incomplete) and not request.ruling.accept_incomplete
