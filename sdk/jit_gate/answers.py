"""The bot's answers, read strictly: what is not whole is no answer, and what is not known is no yes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, cast

from jit_gate.errors import Astray, BadInput, Unclear

Json = Mapping[str, Any]

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class State(str, Enum):
    """Where a request stands."""

    PENDING = "pending"
    NEEDS_INFO = "needs_info"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"

    @property
    def is_final(self) -> bool:
        """Tell whether nothing changes it any more."""
        return self not in {State.PENDING, State.NEEDS_INFO}


@dataclass(frozen=True)
class Decision:
    """How it ended; ``verdict`` is None when nobody decided. ``at`` is RFC 3339 in UTC."""

    verdict: str | None
    by: str
    at: str
    reason: str | None
    category: str | None
    conditions: tuple[str, ...]
    break_glass: bool


@dataclass(frozen=True)
class Question:
    """What an approver asked; ``answer`` is None while the clock stands and waits for it."""

    question: str
    asked_by: str
    answer: str | None


@dataclass(frozen=True)
class Review:
    """One person's answer; one that is ``void``, or taken back, no longer counts."""

    by: str
    verdict: str
    reason: str | None
    counts: bool


@dataclass(frozen=True)
class ApprovalRequest:
    """A request as the bot answers it; ``document`` is all of it, as it came."""

    id: str
    number: int
    state: State
    revision: int
    digest: str
    url: str
    title: str
    stage: str | None
    expires_at: str | None
    releases_at: str | None
    superseded_by: str | None
    decision: Decision | None
    reviews: tuple[Review, ...]
    questions: tuple[Question, ...]
    card_url: str | None
    document: Json

    @property
    def is_approved(self) -> bool:
        """Tell whether this is a yes: the only thing that is one."""
        return self.state is State.APPROVED and self.decision is not None and self.decision.verdict == "approve"

    @property
    def open_question(self) -> Question | None:
        """Return what an approver wants to know now."""
        last = self.questions[-1] if self.questions else None
        return last if last is not None and last.answer is None else None


class Binding:
    """What an answer has to be about: fixed by the caller, else by the first look."""

    def __init__(self, digest: str | None) -> None:
        if digest is not None and not DIGEST.fullmatch(digest):
            raise BadInput("A digest is written sha256: and 64 hexadecimal digits.")
        self._digest = digest

    def require(self, seen: ApprovalRequest) -> None:
        """Raise Unclear when *seen* is about something else."""
        self._digest = self._digest or seen.digest
        if seen.digest != self._digest:
            raise Unclear("What is asked has changed meanwhile: an answer to that is none to what this waits for.")


def read_request(document: Json) -> ApprovalRequest:
    """Return the request that *document* is.

    Raises Astray for what is no request, or not whole, and Unclear for a whole one that says no clear thing.
    """
    try:
        request = _request(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Astray("What came back is JSON, but no request as this bot answers it.") from error
    if request.state is State.APPROVED and not request.is_approved:
        raise Unclear("The answer says approved, and its decision does not: that is no yes.")
    return request


def _request(document: Json) -> ApprovalRequest:
    decision = document["decision"]
    return ApprovalRequest(
        id=_matching(ID, document["id"]),
        number=_whole(document["number"]),
        state=_state(document["state"]),
        revision=_whole(document["revision"]),
        digest=_matching(DIGEST, document["digest"]),
        url=_text(document["url"]),
        title=_text(document["title"]),
        stage=_text_or_none(document["stage"]),
        expires_at=_text_or_none(document["expires_at"]),
        releases_at=_text_or_none(document.get("releases_at")),
        superseded_by=_text_or_none(document["superseded_by"]),
        decision=None if decision is None else _decision(decision),
        reviews=tuple(_review(item) for item in document.get("reviews", [])),
        questions=tuple(_question(item) for item in document.get("questions", [])),
        card_url=next((_text(card["permalink"]) for card in document.get("slack", []) if card["permalink"]), None),
        document=document,
    )


def _decision(found: Json) -> Decision:
    conditions = found.get("conditions", [])
    if not isinstance(conditions, list):
        raise TypeError("conditions")
    return Decision(
        verdict=_text_or_none(found["verdict"]),
        by=_name(found["by"]),
        at=_text(found["at"]),
        reason=_text_or_none(found["reason"]),
        category=_text_or_none(found.get("category")),
        conditions=tuple(_text(condition) for condition in cast("list[object]", conditions)),
        break_glass=found.get("break_glass") is True,
    )


def _review(found: Json) -> Review:
    return Review(
        by=_name(found["by"]),
        verdict=_text(found["verdict"]),
        reason=_text_or_none(found["reason"]),
        counts=not found["void"] and found.get("withdrawn_at") is None,
    )


def _question(found: Json) -> Question:
    return Question(
        question=_text(found["question"]), asked_by=_name(found["asked_by"]), answer=_text_or_none(found["answer"])
    )


def _name(who: Json) -> str:
    """Return what the policy knows somebody as, or what the log calls a machine."""
    return _text(who["person"] or who["name"])


def _state(value: object) -> State:
    text = _text(value)
    try:
        return State(text)
    except ValueError as error:
        raise Unclear(f"The bot says {text[:40]!r}, a state this jit-gate does not know: that is no yes.") from error


def _matching(pattern: re.Pattern[str], value: object) -> str:
    text = _text(value)
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(value)
    return value
