"""How the local Slack says no: one error with Slack's own name for it."""

from collections.abc import Mapping, Sequence
from typing import Any


class SlackRefusal(Exception):
    """``code`` goes into ``error``; the messages go where slack_sdk and people look for pointers.

    ``details`` are for programs, where a method has them.
    """

    def __init__(self, code: str, messages: Sequence[str] = (), details: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.details = tuple(details)


class RateLimited(Exception):
    """The caller must wait; becomes a 429 with Retry-After."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class Outage(Exception):
    """Slack itself is broken, on purpose; becomes a 5xx without sense."""

    def __init__(self, status: int) -> None:
        super().__init__(f"http_{status}")
        self.status = status
