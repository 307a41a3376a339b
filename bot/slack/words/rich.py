"""Pieces of Slack's rich text, in which untrusted words stay words. Lengths are limited where the words come in.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from yarl import URL

from bot.core.people.identity import POLICY, Actor, Person, Via
from bot.core.request import Link
from bot.slack.client import is_user_id
from bot.slack.words.escape import length, line, tail

Json = dict[str, object]
Run = Json
"""One piece of a line."""

DATE = "{date_short_pretty} at {time}"
"""How Slack shows a time."""

_LONGEST_URL = 250
LONGEST_NAME = 60
"""How long a name may be in a line."""


def words(text: str) -> Run:
    """Return plain words."""
    return {"type": "text", "text": text}


def bold(text: str) -> Run:
    """Return words that stand out."""
    return {"type": "text", "text": text, "style": {"bold": True}}


def code(text: str) -> Run:
    """Return words in fixed width: names of tests, commits."""
    return {"type": "text", "text": text, "style": {"code": True}}


def moment(at: datetime) -> Run:
    """Return a time, which every reader sees in their own zone."""
    return {
        "type": "date",
        "timestamp": int(at.timestamp()),
        "format": DATE,
        "fallback": draw_utc(at),
    }


def draw_utc(at: datetime) -> str:
    """Return a time for those who can't be shown their own zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def who(actor: Actor) -> Run:
    """Return whoever acted: a Slack account as Slack shows it, everybody else in words."""
    person = actor.person
    if person is not None and is_user_id(person.slack_id) and actor.via is not Via.API:
        return {"type": "user", "user_id": person.slack_id}
    return words(called(actor.name, actor.via))


def called(name_in_log: str, via: str) -> str:
    """Return in words whoever acted, at a length for a line, and pinging nobody: the log has names for programs."""
    match via:
        case Via.POLICY:
            return f"the rule “{name(name_in_log.removeprefix(POLICY))}”"
        case Via.TIMER:
            return "the clock"
        case Via.RELAY:
            return "the bot"
        case _:
            return name(name_in_log)


def mention(person: Person) -> Run | None:
    """Return what calls *person*; None when they have no Slack account that we know."""
    return {"type": "user", "user_id": person.slack_id} if is_user_id(person.slack_id) else None


def name(text: str) -> str:
    """Return somebody's or something's name, at a length for a line."""
    return line(text, LONGEST_NAME) or "(no name)"


def link(given: Link) -> Run | None:
    """Return a link with its host in front of everybody's eyes; None for one that leads nowhere safe."""
    host = _host(given.url)
    if host is None:
        return None
    return {"type": "link", "url": given.url, "text": f"{name(given.label)} ({tail(host, LONGEST_NAME)})"}


def joined(runs: Sequence[Run], between: str) -> list[Run]:
    """Return *runs* with words in between."""
    found: list[Run] = []
    for run in runs:
        found += [words(between), run] if found else [run]
    return found


def spaced(parts: Sequence[Sequence[Run]]) -> list[Run]:
    """Return *parts*, each of several runs, with a space in between."""
    return [run for at, part in enumerate(parts) for run in (*([words(" ")] if at else []), *part)]


def section(*runs: Run) -> Json:
    """Return a paragraph; empty words, which Slack refuses, are left out."""
    return {"type": "rich_text_section", "elements": [run for run in runs if run.get("text") != ""]}


def quote(text: str) -> Json:
    """Return somebody's own words."""
    return {"type": "rich_text_quote", "elements": [words(text)]}


def bullets(items: Iterable[Json]) -> Json:
    """Return a list of paragraphs."""
    return {"type": "rich_text_list", "style": "bullet", "elements": list(items)}


def preformatted(text: str) -> Json:
    """Return output of a program."""
    return {"type": "rich_text_preformatted", "elements": [words(text)]}


def block(*elements: Json) -> Json:
    """Return the block."""
    return {"type": "rich_text", "elements": list(elements)}


def header(text: str) -> Json:
    """Return a headline; its limit is 150."""
    return {"type": "header", "text": plain(text)}


def plain(text: str) -> Json:
    """Return a text object in which nothing is markup, not even ``:smile:``."""
    return {"type": "plain_text", "text": text, "emoji": False}


def context(mrkdwn: str) -> Json:
    """Return small print in Slack's markup: for words of ours only, or escaped ones."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn, "verbatim": True}]}


def _host(url: str) -> str | None:
    """Return the host of an address people may be sent to, as DNS has it: letters that only look like ours show."""
    if length(url) > _LONGEST_URL or not url.isprintable() or any(character in url for character in ' <>|"\\'):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme not in {"http", "https"} or not host or parts.username or parts.password:
        return None
    return host if host.isascii() else _in_ascii(host)


def _in_ascii(host: str) -> str | None:
    try:
        return URL.build(scheme="https", host=host).raw_host
    except ValueError:
        return None
