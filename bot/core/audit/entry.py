"""One entry of the audit log: plain JSON values, and the hash of their canonical bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.events import Happened
from bot.core.identity import Actor
from bot.core.moments import draw_moment
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


def entry_hash(canonical: bytes) -> bytes:
    """Return the hash of an entry's canonical bytes: the leaf hash of RFC 6962, section 2.1."""
    return hashlib.sha256(_LEAF + canonical).digest()


def draw_entry(line: Happened, request: ApprovalRequest | None, place: Place) -> dict[str, object]:
    """Return the content of an entry.

    *request* is the one *line* is about, as it stands after everything that was recorded with it.
    """
    return {
        "seq": place.seq,
        "prev": place.prev.hex(),
        "at": draw_moment(line.at),
        "event": line.event,
        "state": line.state.value if line.state is not None else None,
        **_about(request),
        "actor": _actor(line.by),
        "where": {"channel": line.by.channel, "ts": line.by.message_ts, "address": line.by.address},
        "detail": dict(line.detail),
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


def _actor(actor: Actor) -> dict[str, object]:
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
    }
