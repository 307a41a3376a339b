"""Who would be asked now, in words: people, and whoever was found in live groups at their last look."""

from collections.abc import Sequence

from bot.core.judging.asking import Call
from bot.core.people.absence import Absence
from bot.core.people.identity import Person
from bot.core.people.membership import GroupKind, LiveGroup, Rolls
from bot.core.people.presence import Presence
from bot.core.representation import draw_duration
from bot.slack.cards.card import Card
from bot.slack.words import rich
from bot.slack.words.escape import line
from bot.slack.words.spoken import draw_text
from bot.slack.words.who import LIVE, NAMED

LISTED = 12
"""How many calls an answer shows."""

_TEXT = 2500


def draw_on_call(title: str, calls: Sequence[Call], rolls: Rolls, presence: Presence) -> Card:
    """Return who stands behind *calls* now, each with the look that says so, and who of them is away."""
    shown = calls[:LISTED]
    items = [rich.section(rich.bold(_label(call)), rich.words(": "), *_crowd(call, rolls, presence)) for call in shown]
    if len(calls) > len(shown):
        items.append(rich.section(rich.words(f"and {len(calls) - len(shown)} more: /jit on-call and the name of one")))
    blocks = [rich.block(rich.section(rich.bold(line(title, 200))), rich.bullets(items))]
    return Card(text=draw_text(blocks, _TEXT), blocks=blocks)


def _label(call: Call) -> str:
    stage = f", stage {rich.name(call.stage)}" if call.stage else ""
    after = f", after {draw_duration(call.after)} without an answer" if call.after else ""
    return f"{rich.name(call.name)}{stage}{after}"


def _crowd(call: Call, rolls: Rolls, presence: Presence) -> list[rich.Run]:
    if call.anyone:
        return [rich.words("any full member of this workspace")]
    parts = [_people(call.crowd.people, presence)] if call.crowd.people else []
    parts += [_group(group, rolls, presence) for group in call.crowd.groups[:NAMED]]
    runs = [run for part in parts for run in (rich.words("; "), *part)][1:]
    return runs or [rich.words("nobody")]


def _people(people: Sequence[Person], presence: Presence) -> list[rich.Run]:
    more = f" and {len(people) - NAMED} more" if len(people) > NAMED else ""
    return [rich.words(", ".join(_person(one, presence) for one in people[:NAMED]) + more)]


def _person(person: Person, presence: Presence) -> str:
    """Name *person*, and say of whoever is not there what says so."""
    who = rich.name(person.key)
    for _, why in presence.gone_of([person]):
        return (
            f"{who} (away)" if isinstance(why, Absence) else f"{who} ({rich.name(why.receiver.key)} answers for them)"
        )
    return who


def _group(group: LiveGroup, rolls: Rolls, presence: Presence) -> list[rich.Run]:
    who, roll = f"{rich.name(group.name)} ({LIVE[group.kind]})", rolls.get(group)
    if group.kind is GroupKind.MANAGER:
        return [rich.words(LIVE[group.kind])]
    if roll is None:
        return [rich.words(f"{who}, not looked up here")]
    if roll.people:
        return [
            rich.words(f"{who}, seen "),
            rich.moment(roll.read_at),
            rich.words(": "),
            *_people(roll.people, presence),
        ]
    stands_in = roll.trouble is None or group.kind is GroupKind.CALENDAR
    why = f"can't be told just now ({line(roll.trouble, 200)})" if roll.trouble else "nobody is in it"
    instead = _people(group.fallback, presence) if stands_in and group.fallback else []
    behind = [rich.words("; instead of them "), *instead] if instead else []
    return [rich.words(f"{who}, looked up "), rich.moment(roll.read_at), rich.words(f": {why}"), *behind]
