"""What is asked: the fields of ``POST /v1/requests``, and what of them the answer has to repeat."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, cast

from jit_gate.errors import BadInput

Json = Mapping[str, Any]

_NOT_REPEATED = frozenset({"requester", "authors", "triggerer", "tests", "timeout"})
"""The bot answers with who it knows these people as, what it counted, and its own spelling of the duration."""


@dataclass(frozen=True)
class Person:
    """A human, by at least one name."""

    email: str | None = None
    slack_id: str | None = None
    github: str | None = None

    def draw(self) -> dict[str, str]:
        """Return the JSON."""
        named = {"email": self.email, "slack_id": self.slack_id, "github": self.github}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Link:
    """A place to look."""

    label: str
    url: str

    def draw(self) -> dict[str, str]:
        """Return the JSON."""
        return {"label": self.label, "url": self.url}


@dataclass(frozen=True)
class Report:
    """A report file of a test runner, as it wrote it; the bot recognises the format."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Tests:
    """What the tests said, where the caller counts them itself; ``failures`` are as the API has them."""

    __test__ = False

    total: int
    failed: int
    skipped: int = 0
    failures: Sequence[Json] = ()

    def draw(self) -> dict[str, object]:
        """Return the JSON."""
        counted: dict[str, object] = {"total": self.total, "failed": self.failed, "skipped": self.skipped}
        return {**counted, "failures": [dict(failure) for failure in self.failures]}


@dataclass(frozen=True)
class Ask:
    """One question. Only ``title`` and ``action`` are required; ``timeout`` is written like ``30m``."""

    title: str
    action: str
    service: str | None = None
    environment: str | None = None
    repository: str | None = None
    ref: str | None = None
    commit: str | None = None
    lane: str | None = None
    requester: Person | None = None
    authors: Sequence[Person] = ()
    triggerer: Person | None = None
    reason: str | None = None
    severity: str | None = None
    labels: Sequence[str] = ()
    flags: Mapping[str, bool] = field(default_factory=dict[str, bool])
    parameters: Json = field(default_factory=dict[str, Any])
    tests: Tests | None = None
    links: Sequence[Link] = ()
    callback_url: str | None = None
    timeout: str | None = None
    metadata: Json = field(default_factory=dict[str, Any])

    def draw(self) -> dict[str, object]:
        """Return the JSON; what is not there is left out."""
        drawn = ((part.name, _drawn(getattr(self, part.name))) for part in fields(self))
        return {name: value for name, value in drawn if value not in (None, [], {})}

    def encode(self) -> bytes:
        """Return the body. Raises BadInput for what JSON can't carry."""
        return _encoded(self.draw())

    def differences(self, answered: Json) -> list[str]:
        """Return the fields that were asked and that the answer does not repeat as they were."""
        asked: Json = json.loads(self.encode())
        return [name for name, value in asked.items() if name not in _NOT_REPEATED and answered.get(name) != value]


@dataclass(frozen=True)
class Evidence:
    """What an open request is to ask instead. ``revision`` is the one that it replaces, and no other.

    Its tests are replaced as a whole, by ``tests`` or by reports; whatever else is left out stays as it is. ``authors``
    are added to those it has.
    """

    commit: str | None = None
    ref: str | None = None
    parameters: Json = field(default_factory=dict[str, Any])
    authors: Sequence[Person] = ()
    reason: str | None = None
    links: Sequence[Link] = ()
    tests: Tests | None = None
    revision: int | None = None

    def draw(self) -> dict[str, object]:
        """Return the JSON; what is not there is left out."""
        drawn = ((part.name, _drawn(getattr(self, part.name))) for part in fields(self))
        return {name: value for name, value in drawn if value not in (None, [], {})}

    def encode(self) -> bytes:
        """Return the body. Raises BadInput for what JSON can't carry."""
        return _encoded(self.draw())


def _encoded(drawn: Json) -> bytes:
    try:
        return json.dumps(drawn, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:  # UnicodeEncodeError is one: half a surrogate pair
        raise BadInput(f"This can't be sent as JSON: {error}.") from error


def _drawn(value: object) -> object:
    if isinstance(value, (Person, Link, Tests)):
        return value.draw()
    if isinstance(value, Mapping):
        return dict(cast("Json", value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_drawn(item) for item in cast("Sequence[object]", value)]
    return value
