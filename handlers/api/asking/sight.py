"""What rules compare must be what people see: ``production`` and ``production`` with a zero-width space look alike.

A card leaves out what nobody can see and makes one space of many. A field that differs from what is shown would miss
the rule that the people in front of the card believe to hold. Titles, reasons and metadata are free: they are read.
"""

from collections.abc import Iterator

from handlers.api.asking.model import EvidenceAsked, IdentityAsked, RequestAsked
from handlers.api.asking.plain import path_of, pointer, walk
from handlers.problems import Fault
from handlers.sight import BREAKS, unlike_its_look, unseen

NAMES = ("action", "service", "environment", "repository", "ref", "commit", "lane", "severity")


def sight_faults(asked: RequestAsked) -> Iterator[Fault]:
    """Yield every field of *asked* that is judged and would look like another one."""
    for path, text in _names(asked):
        if why := unlike_its_look(text):
            yield Fault(pointer=pointer(path), detail=why)
    if asked.parameters:
        yield from _parameter_faults(asked.parameters)


def sight_faults_of_evidence(asked: EvidenceAsked) -> Iterator[Fault]:
    """Yield the same of what a request is to ask instead."""
    for name, text in (("commit", asked.commit), ("ref", asked.ref)):
        if text and (why := unlike_its_look(text)):
            yield Fault(pointer=pointer((name,)), detail=why)
    for index, author in enumerate(asked.authors):
        for path, text in _handles(("authors", index), author):
            if why := unlike_its_look(text):
                yield Fault(pointer=pointer(path), detail=why)
    if asked.parameters:
        yield from _parameter_faults(asked.parameters)


def _names(asked: RequestAsked) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name in NAMES:
        text: str | None = getattr(asked, name)
        if text:
            yield (name,), text
    yield from ((("labels", index), label) for index, label in enumerate(asked.labels))
    yield from ((("flags", flag), flag) for flag in asked.flags)
    for name, person in (("requester", asked.requester), ("triggerer", asked.triggerer)):
        if person is not None:
            yield from _handles((name,), person)
    for index, author in enumerate(asked.authors):
        yield from _handles(("authors", index), author)


def _handles(path: tuple[str | int, ...], person: IdentityAsked) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name, text in (("email", person.email), ("github", person.github)):
        if text:
            yield (*path, name), text


def _parameter_faults(parameters: object) -> Iterator[Fault]:
    """Look into parameters: their texts may have lines and spaces, as scripts and messages do."""
    for place, _, leaf in walk(parameters):
        name = place[1] if place else None
        why = unlike_its_look(name) if isinstance(name, str) else None
        why = why or (unseen(leaf, BREAKS) if isinstance(leaf, str) else None)
        if why:
            yield Fault(pointer=pointer(("parameters", *path_of(place))), detail=why)
