"""What keeps from a yes as the log tells it: a freeze that rejects, and evidence that is not complete."""

from bot.core.audit.life import Broken, Entry, Life


def require_thawed(detail: Entry, *, by_glass: bool) -> None:
    """Raise Broken when a freeze held that rejects, unless it lets an emergency through and this is one."""
    held = [freeze for freeze in detail.get("freezes", ()) if freeze["then"] == "reject"]
    if not all(by_glass and freeze["allow_break_glass"] for freeze in held):
        raise Broken("it was approved in a freeze")


def require_whole(life: Life) -> None:
    """Raise Broken when somebody approved on evidence that is not complete, where the rule does not take that."""
    if life.terms.get("needs_whole"):
        raise Broken("it was approved on evidence that is not complete")
