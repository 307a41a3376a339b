"""What a delivery can mean; a reader returns one of these, and nothing else decides what happens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody asks. ``fields`` are those of ``POST /v1/requests``.

    ``key`` is what the source calls this very question: it is asked once, however often and whenever it comes.
    ``matter`` is what waits, and ``since`` (aware UTC, by the source's clock) when it began to. ``address`` is where to
    answer; what stands in it is encrypted, so tokens may. Without one nobody is answered, and the source looks itself.
    """

    key: str
    fields: Mapping[str, object]
    matter: str = ""
    since: datetime | None = None
    address: Mapping[str, object] | None = field(default=None, repr=False)
    is_kept_posted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What waits does so no more, since ``at`` (aware UTC, by the source's clock); its requests are cancelled."""

    matter: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Nothing of interest; ``why`` is told to whoever looks at the source's list of deliveries."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """It asks whether somebody is there."""


Meaning = Asked | Ended | Nothing | Ping
