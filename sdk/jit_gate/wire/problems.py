"""What is no good answer: the bot's own problem documents (RFC 9457), and what others on the way say in its place."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, cast

from jit_gate.errors import Astray, GateError, NoAnswer, Refused
from jit_gate.wire.exchange import Reply
from jit_gate.wire.strict_json import read_object

OURS = "urn:jit:problem:"
"""How the type of the bot's own problems begins. Whatever has none is somebody else's, and never the bot's no."""

_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECT = range(300, 400)


def media_type(reply: Reply) -> str:
    """Return the Content-Type without its parameters."""
    return str(reply.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def require_good(reply: Reply, good: frozenset[int]) -> None:
    """Return when the answer may be read: one of the *good* statuses, in plain JSON. Raises what it is otherwise."""
    if reply.status not in good:
        raise read_problem(reply)
    if reply.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Astray("The answer is compressed, and nobody asked for that.")
    if media_type(reply) != "application/json":
        raise Astray(f"Something else than the bot answered ({_kind(reply)}).")


def read_problem(reply: Reply) -> GateError:
    """Return what an answer that is not good means."""
    document = _document(reply)
    if document is None:
        return _from_elsewhere(reply)
    code, detail = str(document["type"])[len(OURS) :], str(document.get("detail", ""))
    if reply.status in _LATER:
        return NoAnswer(f"The bot can't answer just now: {detail} ({reply.status})", retry_after(reply))
    return Refused(reply.status, code, detail, _faults(document))


def retry_after(reply: Reply) -> float | None:
    """Return how many seconds it wants to be left alone: both forms of RFC 9110, 10.2.3."""
    text = str(reply.headers.get("Retry-After", "")).strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None  # it says nothing that can be understood: then our own pace holds


def _document(reply: Reply) -> Mapping[str, Any] | None:
    if media_type(reply) != "application/problem+json":
        return None
    try:
        document = read_object(reply.body)
    except Astray:
        return None
    return document if str(document.get("type", "")).startswith(OURS) else None


def _from_elsewhere(reply: Reply) -> NoAnswer:
    if reply.status in _REDIRECT:
        return Astray(f"A redirect ({reply.status}) is not followed: give the bot's own address.")
    if reply.status in _LATER:
        return NoAnswer(f"Something on the way to the bot answered {reply.status}.", retry_after(reply))
    return Astray(f"Something else than the bot answered ({_kind(reply)}).")


def _kind(reply: Reply) -> str:
    return f"{reply.status}, {media_type(reply)[:60] or 'of no type'}"


def _faults(document: Mapping[str, Any]) -> list[str]:
    errors = document.get("errors", [])
    if not isinstance(errors, list):
        return []
    found = cast("list[object]", errors)
    return [_fault(cast("Mapping[str, object]", one)) for one in found if isinstance(one, dict)]


def _fault(one: Mapping[str, object]) -> str:
    return f"{one.get('pointer', '')}: {one.get('detail', '')}".lstrip(": ")
