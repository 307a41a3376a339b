"""A change freeze as the log tells it: nothing was approved in one that rejects."""

from bot.core.audit.life import Broken, Entry


def require_thawed(detail: Entry, *, by_glass: bool) -> None:
    """Raise Broken when a freeze held that rejects, unless it lets an emergency through and this is one."""
    held = [freeze for freeze in detail.get("freezes", ()) if freeze["then"] == "reject"]
    if not all(by_glass and freeze["allow_break_glass"] for freeze in held):
        raise Broken("it was approved in a freeze")
