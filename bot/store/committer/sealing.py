"""What is stored of a request, as text and as the hashes by which the log remembers it."""

import orjson

from bot.core.audit import ROADS, Sealed, seal
from bot.core.request import ApprovalRequest, RequestId
from bot.store.codec import draw_json
from bot.store.transaction.writes import Line, Writes
from bot.store.values import Keyed


class Drawn:
    """The documents of one group, each drawn once however often it is needed."""

    def __init__(self, pending: Writes) -> None:
        self._pending = pending
        self._documents: dict[int, str] = {}
        self.evidence: dict[tuple[RequestId, int], str] = {
            (request, revision): draw_json(tests) for request, revision, tests in pending.evidence
        }

    def document(self, request: ApprovalRequest) -> str:
        """Return *request*, which the group holds on to, as it is stored."""
        found = self._documents.get(id(request))
        if found is None:
            found = self._documents[id(request)] = draw_json(request)
        return found

    def sealed(self, line: Line) -> Sealed | None:
        """Return what the log keeps of what stands in the tables after *line*; None when it changes nothing there."""
        request, event = line.request, line.happened.event
        if request is None or event not in ROADS:
            return None
        evidence = self.evidence.get((request.id, request.revision)) if event in _ASKING else None
        put = self._pending.requests.get(request.id)
        key = put.key if put is not None and event == "request.submitted" else None
        return Sealed(
            document=seal(self.document(request)),
            evidence=None if evidence is None else seal(evidence),
            key=None if key is None else seal_key(key),
        )


_ASKING = frozenset({"request.submitted", "request.revised"})


def seal_key(key: Keyed) -> str:
    """Return the hash of an idempotency key and of what it first came with."""
    return seal(orjson.dumps([key.key, key.body_hash]))
