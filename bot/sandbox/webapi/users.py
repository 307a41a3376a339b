"""users.*: who is who."""

from typing import Any

from bot.sandbox.state import State
from bot.sandbox.webapi.arguments import Arguments
from bot.sandbox.webapi.pages import cut_page
from bot.sandbox.wire import draw_person

Json = dict[str, Any]


def info(state: State, given: Arguments) -> Json:
    """Return one person."""
    return {"user": draw_person(state.roster.person(given.text("user")))}


def list_people(state: State, given: Arguments) -> Json:
    """Return everybody of this workspace, page by page; strangers are not on its list."""
    people = [person for person in state.roster.people() if not person.is_stranger]
    page, cursor = cut_page(people, given.text("cursor"), given.limit(1000, 1000))
    return {
        "members": [draw_person(person) for person in page],
        "cache_ts": int(state.now.timestamp()),
        "response_metadata": {"next_cursor": cursor},
    }


def lookup_by_email(state: State, given: Arguments) -> Json:
    """Return the member with an address."""
    return {"user": draw_person(state.roster.by_email(given.text("email")))}
