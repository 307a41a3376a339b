"""What the ID token of a CI job proved of whoever asks; it is frozen into the request, and people read it there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

_OF_A_RUN = frozenset({"jti", "run_id", "run_attempt", "pipeline_id", "job_id", "build_number"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who vouches for the job, and for what.

    ``claims`` are those worth keeping, as text. ``bound`` is what fields of the ask have to be, by their names.
    """

    issuer: str
    claims: Mapping[str, str] = field(default_factory=dict[str, str])
    bound: Mapping[str, str] = field(default_factory=dict[str, str])

    def of_any_run(self) -> "Proof":
        """Return what every run of the same job proves."""
        return replace(self, claims={name: text for name, text in self.claims.items() if name not in _OF_A_RUN})


def is_proven(name: str, given: str, proven: str) -> bool:
    """Tell whether *given* says what was *proven* of a field; a branch may be asked for without its ``refs/heads/``.

    A tag may not: a rule about the branch ``main`` would else hold for whoever can push a tag of that name.
    """
    is_short = name == "ref" and not given.startswith("refs/")  # a branch may be called refs/tags/v1
    return given == proven or (is_short and f"refs/heads/{given}" == proven)
