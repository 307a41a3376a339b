"""The people of every test, and whoever else acts."""

from collections.abc import Mapping

from bot.core.people.identity import Actor, Person, Standing, Via


def a_person(name: str, slack_id: str | None = None) -> Person:
    """A human with every handle; Slack ids are nine characters, ``U0ANA0000`` for ana."""
    slack_id = slack_id or f"U0{name.upper()}".ljust(9, "0")
    return Person(key=name, email=f"{name}@acme.test", slack_id=slack_id, github=name)


ANA = a_person("ana")
BO = a_person("bo")
CHEN = a_person("chen")
DIA = a_person("dia")
GUS = a_person("gus")
EVE = a_person("eve")
OLD = a_person("old")
PEOPLE: Mapping[str, Person] = {person.key: person for person in (ANA, BO, CHEN, DIA, GUS, EVE, OLD)}


def an_actor(
    person: Person = BO,
    standing: Standing = Standing.MEMBER,
    via: Via = Via.SLACK_BUTTON,
    team_id: str | None = "T0ACME000",
) -> Actor:
    """Somebody in front of a card in #approvals."""
    return Actor(
        name=person.key,
        via=via,
        person=person,
        standing=standing,
        team_id=team_id,
        channel="C0APPROVE",
        message_ts="1772625600.000100",
    )


CI = Actor(name="ci", via=Via.API, address="192.0.2.7")
"""A source that asks."""

TIMER = Actor(name="timer", via=Via.TIMER)
