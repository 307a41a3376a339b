"""The local workspace's clock, in the hand of a test."""

from datetime import UTC, datetime


class Watch:
    """The time in the workspace; a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now
