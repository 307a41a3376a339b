"""A second opinion: the life of a request told from a plain list of facts, by somebody who never saw the lifecycle.

Humans are numbers here, so two handles of one human cannot be mistaken. Every question is answered by telling the whole
story again from its beginning. Nothing of ``bot`` is imported, on purpose.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

OPEN = ("pending", "needs_info")


@dataclass(frozen=True)
class Terms:
    """What was asked, and under which rule. ``who`` of a stage is None when any full member may answer."""

    handling: str
    quorums: tuple[int, ...]
    who: tuple[frozenset[int] | None, ...]
    requester: int | None
    authors: frozenset[int]
    bans: frozenset[str]
    reasons: str
    timeout: timedelta
    ending: str
    doubtful: bool
    glass: frozenset[int] | None
    called_back: bool


@dataclass(frozen=True)
class Act:
    """Something somebody tries. ``words`` tells whether they said anything."""

    kind: str
    human: int = -1
    is_member: bool = True
    revision: int = 0
    stage: int = 0
    words: bool = True


@dataclass
class Tale:
    """Where the story stands after its last fact."""

    state: str = ""
    revision: int = 0
    stage: int = 0
    deadline: datetime | None = None
    left: timedelta = timedelta(0)
    said_yes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    terms: Terms | None = None


Fact = tuple[str, datetime, Terms | Act]


def tell(facts: list[Fact]) -> Tale:
    """Tell the story from the beginning."""
    tale = Tale()
    for kind, at, what in facts:
        _go_on(tale, kind, at, what)
        if tale.state not in OPEN:
            tale.deadline = None
    return tale


def _go_on(tale: Tale, kind: str, at: datetime, what: Terms | Act) -> None:
    if isinstance(what, Terms):
        tale.terms, tale.revision, tale.stage, tale.said_yes = what, tale.revision + 1, 0, []
        tale.deadline = at + what.timeout
        tale.state = {"ask": "pending", "yes": "approved", "no": "rejected"}[what.handling]
        return
    assert tale.terms is not None
    assert tale.deadline is not None
    if kind == "approve":
        tale.said_yes.append((tale.stage, what.human))
        unmet = [n for n, quorum in enumerate(tale.terms.quorums) if len(heard(tale, n)) < quorum]
        tale.stage = unmet[0] if unmet else len(tale.terms.quorums) - 1
        tale.state = "pending" if unmet else "approved"
    elif kind == "timeout":
        in_doubt = tale.terms.doubtful or tale.state == "needs_info"
        ending = "expire" if tale.terms.ending == "approve" and in_doubt else tale.terms.ending
        tale.state = {"expire": "expired", "approve": "approved", "reject": "rejected"}[ending]
    elif kind == "question":
        tale.left = tale.deadline - at
        tale.state, tale.deadline = "needs_info", at + tale.terms.timeout
    elif kind == "answer":
        tale.state, tale.deadline = "pending", at + tale.left
    elif kind != "escalate":
        ends = {"reject": "rejected", "glass": "approved", "cancel": "cancelled", "supersede": "superseded"}
        tale.state = ends[kind]


def heard(tale: Tale, stage: int) -> set[int]:
    """Return the humans whose yes counts in *stage*."""
    return {human for where, human in tale.said_yes if where == stage}


def is_allowed(facts: list[Fact], act: Act, now: datetime) -> bool:
    """Tell whether *act* may happen now."""
    tale = tell(facts)
    if tale.state not in OPEN or tale.deadline is None or tale.terms is None:
        return False
    if act.kind == "timeout":
        return now >= tale.deadline
    return now < tale.deadline and _is_allowed_while_open(tale, tale.terms, act)


def _is_allowed_while_open(tale: Tale, terms: Terms, act: Act) -> bool:
    stage = terms.who[tale.stage] if terms.who else None
    is_asked = stage is None or act.human in stage
    has_said_yes = act.human in {human for _, human in tale.said_yes}
    is_seen = act.revision == tale.revision and act.stage == tale.stage
    is_banned = ("requester" in terms.bans and act.human == terms.requester) or (
        "authors" in terms.bans and act.human in terms.authors
    )
    is_free = act.is_member and not is_banned
    is_pending = tale.state == "pending"
    return {
        "approve": is_pending and is_free and is_asked and is_seen and not has_said_yes and _may_be_mute(terms, act),
        "reject": is_free and (is_asked or has_said_yes) and is_seen and _may_be_mute(terms, act),
        "question": is_pending and is_free and is_asked and act.words,
        "answer": not is_pending and act.words,
        "escalate": is_pending,
        "cancel": True,
        "supersede": True,
        "revise": True,
        "glass": is_free
        and terms.glass is not None
        and act.human in terms.glass
        and act.revision == tale.revision
        and act.words,
    }[act.kind]


def _may_be_mute(terms: Terms, act: Act) -> bool:
    return act.words or terms.reasons not in {"always", f"on_{act.kind}"}
