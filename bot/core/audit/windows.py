"""What people settled and could still take back, as the log tells it: nothing is let out before its time.

Folded without :mod:`bot.core.life.undoing`, so that a fault in either shows as a difference.
"""

from datetime import datetime, timedelta

from bot.core.audit.life import Broken, Entry, Life
from bot.core.audit.people import is_listed, is_member
from bot.core.moments import draw_moment

_THROUGH = frozenset(
    {
        "request.review_withdrawn",
        "request.decided",
        "request.expired",
        "request.cancelled",
        "request.superseded",
        "request.revised",
    }
)
"""What may happen while something is settled, whatever that is."""


def require_allowed(life: Life, event: str, detail: Entry) -> None:
    """Raise Broken for what has no place while something is settled: only a yes can be objected to, or be overtaken."""
    if life.held is None or event in _THROUGH:
        return
    is_no = event == "request.reviewed" and detail["verdict"] == "reject"
    if life.held != "approve" or not (is_no or event == "request.glass_broken"):
        raise Broken(f"it was settled ({life.held}), and {event} has no place before that is released")


def settle(life: Life, due: str, actor: Entry, at: datetime) -> None:
    """Take it that people settled it: at once, or when the rule's window has passed, but not after the deadline.

    What was settled before was settled otherwise: nothing that comes to the same has a place while it is held.
    """
    window = life.ruling.get("undo_within_seconds")
    if window is None:
        life.settle(due, at)
    else:
        life.held, life.settler, life.looks_until = due, actor, None
        life.release_at = min(at + timedelta(seconds=window), life.deadline or at)


def reopen(life: Life) -> None:
    """Take it that what was settled is not so any more."""
    life.held = life.release_at = None


def require_release(life: Life, detail: Entry) -> None:
    """Raise Broken unless the entry says when what is settled by then is released."""
    expected = draw_moment(life.release_at) if life.release_at else None
    if detail.get("release_at") != expected:
        raise Broken("what it settled is not released when its rule says")


def withdrawn(life: Life, entry: Entry, at: datetime) -> None:
    """Take it that somebody took back their own answer. Raises Broken."""
    actor, detail = entry["actor"], entry["detail"]
    if life.ruling.get("undo_within_seconds") is None:
        raise Broken("an answer was taken back, for which its rule gives no time")
    if detail["stage"] != life.stage or not is_member(actor):
        raise Broken("an answer was taken back by nobody who could, or of a stage that was not asked")
    here = life.counted[life.stage] if detail["verdict"] == "approve" else life.refused
    own = [voice for voice in here if is_listed(actor, voice[:1])]
    if not own:
        raise Broken("somebody took back an answer that was not theirs, or did not count")
    here[:] = [voice for voice in here if voice is not own[0]]
    if life.held == detail["verdict"]:
        reopen(life)
        _hold_what_stands(life, at)
    if detail["counted"] != len(here):
        raise Broken(f"it counts {detail['counted']} answers, {len(here)} are left")
    require_release(life, detail)


def _hold_what_stands(life: Life, at: datetime) -> None:
    """Hold the approvals anew that a rejection had overtaken, where they are enough."""
    here = life.counted[life.stage]
    if life.stage == len(life.counted) - 1 and len(here) >= life.ruling["stages"][life.stage]["quorum"]:
        settle(life, "approve", here[-1][0], at)


def decided(life: Life, entry: Entry) -> None:
    """Require that whoever settled it is said to have decided it."""
    if life.held is not None and entry["actor"] != life.settler:
        raise Broken("somebody else is said to have decided it than whoever settled it")


def expired(life: Life, entry: Entry) -> None:
    """Take it that a yes was not released. Raises Broken unless a freeze stood in its way."""
    if life.held != "approve" or all(freeze["then"] != "reject" for freeze in entry["detail"].get("freezes", ())):
        raise Broken("what was settled was not released, and no freeze stood in its way")
