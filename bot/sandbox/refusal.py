"""How the local Slack says no: one error with Slack's own name for it."""

from collections.abc import Sequence


class SlackRefusal(Exception):
    """``code`` goes into ``error``; the messages go where slack_sdk and people look for pointers."""

    def __init__(self, code: str, messages: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)


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
