"""What keeps a caller from an answer. Each text is a sentence for a person; none of these is ever a yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class GateError(Exception):
    """There is no answer to go by."""


class BadInput(GateError):
    """What was given can't be sent as it is."""


class Refused(GateError):
    """The bot said no to the call itself: not to the action, nobody was asked about that.

    ``code`` is the last word of the problem's type, such as ``not_found``; ``faults`` say what is wrong and where.
    """

    def __init__(self, status: int, code: str, detail: str, faults: Sequence[str] = ()) -> None:
        super().__init__(f"{detail} ({status} {code})")
        self.status = status
        self.code = code
        self.faults = tuple(faults)


class NoAnswer(GateError):
    """Nothing came back, or the bot can't answer just now. The same call may be sent again.

    ``retry_after`` is how many seconds it wants to be left alone.
    """

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Astray(NoAnswer):
    """Something came back that is not the bot's, or not whole: a proxy's page, a redirect, half a body."""


class Unclear(GateError):
    """The bot's answer was read, and is no clear yes or no to what was asked."""


class Forged(GateError):
    """A callback that is not proven to be the bot's, or is too old."""
