"""One entry of the audit log: plain JSON values, and the hash of their canonical bytes."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.events import Happened
from bot.core.moments import draw_moment
from bot.core.people.identity import Actor, Person
from bot.core.people.membership import Belonging, GroupKind, LiveGroup, Membership
from bot.core.request import ApprovalRequest

GENESIS = bytes(32)
"""What stands in for the hash of the entry before the first."""

_LEAF = b"\x00"
_ABOUT: tuple[str, ...] = ("request", "number", "revision", "stage", "digest", "rule", "policy_hash", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an entry stands: ``seq`` counts from 1 without gaps, ``prev`` is the hash of the entry before.

    ``version`` and ``replica`` say which program wrote it.
    """

    seq: int
    prev: bytes
    version: str
    replica: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Hashes of what the tables hold once an entry stands, so that what is changed there later is noticed.

    ``document`` is the request as it is stored; ``evidence`` comes with a revision, ``key`` (the idempotency key, and
    the hash of what it came with) with a new request.
    """

    document: str
    evidence: str | None = None
    key: str | None = None


def seal(stored: str | bytes) -> str:
    """Return the hash of *stored*, as it stands in a table."""
    return "sha256:" + hashlib.sha256(stored.encode() if isinstance(stored, str) else stored).hexdigest()


def entry_hash(canonical: bytes) -> bytes:
    """Return the hash of an entry's canonical bytes: the leaf hash of RFC 6962, section 2.1."""
    return hashlib.sha256(_LEAF + canonical).digest()


def draw_entry(
    line: Happened, request: ApprovalRequest | None, place: Place, sealed: Sealed | None = None
) -> dict[str, object]:
    """Return the content of an entry.

    *request* is the one *line* is about, as it stands after everything that was recorded with it; *sealed* is what was
    stored of it.
    """
    return {
        "seq": place.seq,
        "prev": place.prev.hex(),
        "at": draw_moment(line.at),
        "event": line.event,
        "state": line.state.value if line.state is not None else None,
        **_about(request),
        "actor": draw_actor(line.by),
        "where": draw_where(line.by),
        "detail": dict(line.detail),
        "sealed": _sealed(sealed),
        "version": place.version,
        "replica": place.replica,
    }


def _about(request: ApprovalRequest | None) -> Mapping[str, object]:
    if request is None:
        return dict.fromkeys(_ABOUT)
    return {
        "request": request.id,
        "number": request.number,
        "revision": request.revision,
        "stage": request.stage,
        "digest": request.digest,
        "rule": request.ruling.rule,
        "policy_hash": request.ruling.policy_hash,
        "source": request.source,
    }


def _sealed(sealed: Sealed | None) -> Mapping[str, str | None] | None:
    return {"document": sealed.document, "evidence": sealed.evidence, "key": sealed.key} if sealed else None


def draw_where(actor: Actor) -> dict[str, object]:
    """Return where somebody acted."""
    return {"channel": actor.channel, "ts": actor.message_ts, "address": actor.address}


def draw_actor(actor: Actor) -> dict[str, object]:
    """Return who acted, and how they are known."""
    person = actor.person
    return {
        "name": actor.name,
        "via": actor.via.value,
        "standing": actor.standing.value,
        "team": actor.team_id,
        "person": person.key if person else None,
        "email": person.email if person else None,
        "slack_id": person.slack_id if person else None,
        "github": person.github if person else None,
        **(draw_traces(person) if person else {}),
        **draw_memberships(actor.memberships),
        **({} if actor.key is None else {"key": actor.key}),
    }


def draw_memberships(memberships: Iterable[Membership]) -> dict[str, object]:
    """Return by which live groups somebody might answer, and when each was read; most answers need none."""
    drawn = [
        {**draw_group(each.group), "as": each.belonging.value, "read_at": draw_moment(each.read_at)}
        for each in memberships
        if each.belonging in {Belonging.MEMBER, Belonging.FALLBACK}
    ]
    return {"memberships": drawn} if drawn else {}


def draw_group(group: LiveGroup) -> dict[str, object]:
    """Return a live group by reference; an address may hold a token, so the log remembers which it was only."""
    ref = seal(group.ref) if group.kind is GroupKind.CALENDAR else group.ref
    return {"group": group.name, "kind": group.kind.value, "ref": ref}


def draw_traces(person: Person) -> dict[str, object]:
    """Return what else is known of somebody: further handles of theirs, and what only counts against them.

    Most people have nothing of the kind, and then the log says nothing.
    """
    traces = (("aliases", person.aliases), ("also", person.also))
    return {name: sorted(handles) for name, handles in traces if handles}
