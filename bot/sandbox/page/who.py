"""Who sits before the browser: whoever its cookie names, by default Bo."""

from aiohttp import web

from bot.sandbox.people import Person
from bot.sandbox.state import State

COOKIE = "sandbox_user"
DEFAULT = "U0BO00000"


def people_to_be(state: State) -> tuple[Person, ...]:
    """Return everybody a person can be here: not the bots, and nobody who has left."""
    return tuple(person for person in state.roster.people() if not person.is_bot and not person.is_deleted)


def who_is(request: web.Request, state: State) -> Person:
    """Return who acts in this request."""
    return read_person(request.cookies.get(COOKIE, DEFAULT), state)


def read_person(user: str, state: State) -> Person:
    """Return one of the people to be; somebody unknown becomes the default, or whoever comes first."""
    people = {person.id: person for person in people_to_be(state)}
    return people.get(user) or people.get(DEFAULT) or next(iter(people.values()))


def become(response: web.StreamResponse, person: Person) -> None:
    """Remember in this browser who it is."""
    response.set_cookie(COOKIE, person.id, httponly=True, samesite="Strict", path="/")
