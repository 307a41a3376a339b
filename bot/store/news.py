"""What replicas tell each other of their commits."""

from collections.abc import Iterator

import orjson

from bot.core.request import RequestId
from bot.store.values import Commit

_MOST_IDS = 150  # a notification carries at most 8000 bytes


def draw_news(commit: Commit, replica: str) -> Iterator[str]:
    """Yield the texts that tell of *commit*; nearly always one."""
    ids = sorted(commit.requests)
    for start in range(0, max(len(ids), 1), _MOST_IDS):
        part = {"by": replica, "requests": ids[start : start + _MOST_IDS], "outbox": commit.outbox}
        yield orjson.dumps(part).decode()


def read_news(text: str | None, replica: str) -> Commit | None:
    """Return another replica's commit; None for our own.

    No text means that some may have been missed: then at least the outbox is worth a look.
    """
    if text is None:
        return Commit(requests=frozenset(), outbox=True)
    said = orjson.loads(text)
    if said["by"] == replica:
        return None
    return Commit(requests=frozenset(map(RequestId, said["requests"])), outbox=said["outbox"])
