"""Response URLs: five uses in thirty minutes, each bound to what the person clicked or typed."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.sandbox.refusal import SlackRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyUrl:
    """``origin_ts`` is the message the click was on; a slash command has none."""

    secret: str
    user: str
    channel: str
    expires: datetime
    uses_left: int
    origin_ts: str | None = None
    thread_ts: str | None = None


class ReplyUrls:
    """Counts the uses."""

    def __init__(self) -> None:
        self._urls: dict[str, ReplyUrl] = {}

    def give(self, url: ReplyUrl) -> ReplyUrl:
        """Let it be used."""
        self._urls[url.secret] = url
        return url

    def use(self, secret: str, now: datetime) -> ReplyUrl:
        """Count one use. Raises SlackRefusal when there is no such URL, it is too old or used up."""
        url = self._urls.get(secret)
        if url is None:
            raise SlackRefusal("invalid_url")
        if now >= url.expires:
            raise SlackRefusal("expired_url")
        if url.uses_left < 1:
            raise SlackRefusal("used_url")
        self._urls[secret] = replace(url, uses_left=url.uses_left - 1)
        return url

    def bind(self, secret: str, origin_ts: str) -> None:
        """Remember the message that now stands where this URL replaces."""
        self._urls[secret] = replace(self._urls[secret], origin_ts=origin_ts)
