"""What is answered that is about no request, as models: how the house is, and what was wrong with a call."""

from typing import Annotated, Literal

from pydantic import Field

from handlers.api.who import Answered


class Alive(Answered):
    """The process answers."""

    status: Literal["alive"]
    version: str


class Check(Answered):
    """How one part of the house is."""

    ok: bool
    detail: str


class Readiness(Answered):
    """Whether everything a request needs is there."""

    status: Literal["ready", "not ready"]
    checks: dict[str, Check]


class FaultAnswered(Answered):
    """One thing that is wrong with the input."""

    pointer: Annotated[
        str,
        Field(description="JSON pointer into the body; /query/…, /headers/… or /parts/… for what came elsewhere"),
    ]
    detail: str


class ProblemAnswered(Answered):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FaultAnswered] = Field(default_factory=list[FaultAnswered])
