"""From flags, and what the CI knows, to what is asked. A flag wins; people, links and metadata of both are kept."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping

from jit_gate.asking import Ask, Evidence, Link, Person
from jit_gate.ci import Found, find_ci
from jit_gate.cli import values
from jit_gate.errors import BadInput

_NOWHERE = Found(name="")


def compose(flags: Namespace, env: Mapping[str, str]) -> Ask:
    """Return what is asked. Raises BadInput.

    Whoever started the run is its requester, too, unless somebody else is named: else a ban on the requester would hold
    for nobody.
    """
    found = _NOWHERE if flags.no_ci else find_ci(env) or _NOWHERE
    triggerer = _person(flags.triggerer) or found.triggerer
    if flags.tests and flags.report:
        raise BadInput("--tests and --report can't stand together: send one or the other.")
    return Ask(
        title=flags.title,
        action=flags.action,
        service=flags.service,
        environment=flags.environment,
        repository=flags.repository or found.repository,
        ref=flags.ref or found.ref,
        commit=flags.commit or found.commit,
        lane=flags.lane,
        requester=_person(flags.requester) or triggerer,
        authors=_people(flags.author, found),
        triggerer=triggerer,
        reason=flags.reason,
        severity=flags.severity,
        labels=flags.label,
        flags=values.read_switches(flags.flag),
        parameters=values.read_values("--parameter", flags.parameter),
        tests=values.read_tests(flags.tests) if flags.tests else None,
        links=_links(flags.link, found),
        callback_url=flags.callback_url,
        timeout=flags.timeout,
        metadata={**found.run, **values.read_values("--metadata", flags.metadata)},
    )


def compose_evidence(flags: Namespace, env: Mapping[str, str]) -> Evidence:
    """Return what an open request is to ask instead: the commit of this very job, unless another is given."""
    found = _NOWHERE if flags.no_ci else find_ci(env) or _NOWHERE
    if bool(flags.tests) == bool(flags.report):
        raise BadInput("Give --report or --tests, and not both: evidence is replaced as a whole.")
    return Evidence(
        commit=flags.commit or found.commit,
        ref=flags.ref or found.ref,
        parameters=values.read_values("--parameter", flags.parameter),
        authors=_people(flags.author, found),
        reason=flags.reason,
        links=_links(flags.link, found),
        tests=values.read_tests(flags.tests) if flags.tests else None,
        revision=flags.revision,
    )


def _person(text: str | None) -> Person | None:
    return values.read_person(text) if text else None


def _people(texts: list[str], found: Found) -> list[Person]:
    return list(dict.fromkeys((*map(values.read_person, texts), *found.authors)))


def _links(texts: list[str], found: Found) -> list[Link]:
    own = [Link(label=found.name, url=found.url)] if found.url and found.url.startswith(("https://", "http://")) else []
    return [*map(values.read_link, texts), *own]
