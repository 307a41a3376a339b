"""What replicas tell each other of their commits."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter

from bot.core.request import RequestId
from bot.store.values import Commit

_MOST_IDS = 150  # a notification carries at most 8000 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    by: str
    requests: list[str]
    outbox: bool


_READ = TypeAdapter(_News).validate_json


def draw_news(commit: Commit, replica: str) -> Iterator[str]:
    """Yield the texts that tell of *commit*; nearly always one."""
    ids = sorted(commit.requests)
    for start in range(0, max(len(ids), 1), _MOST_IDS):
        part = _News(by=replica, requests=[*ids[start : start + _MOST_IDS]], outbox=commit.outbox)
        yield orjson.dumps(part).decode()


def read_news(text: str | None, replica: str) -> Commit | None:
    """Return another replica's commit; None for our own.

    No text means that some may have been missed: then at least the outbox is worth a look. So does a text that nobody
    can read: whoever may connect may ring the bell.
    """
    try:
        said = None if text is None else _READ(text)
    except ValueError:
        said = None
    if said is None:
        return Commit(requests=frozenset(), outbox=True)
    if said.by == replica:
        return None
    return Commit(requests=frozenset(map(RequestId, said.requests)), outbox=said.outbox)
