"""One request that breaks whatever is done to it."""

from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module

import pytest

from bot.core.request import ApprovalRequest, RequestId

WRITTEN = "bot.store.committer.sequence.draw_entry"
"""What fails when a request is written; the transaction has said yes by then."""


@contextmanager
def failing_for(request_id: RequestId, place: str) -> Generator[None]:
    """Let the function at *place* raise OverflowError whenever it is given this request."""
    module, name = place.rsplit(".", 1)
    whole = getattr(import_module(module), name)

    def fail_for_one(*given: object) -> object:
        if any(isinstance(one, ApprovalRequest) and one.id == request_id for one in given):
            raise OverflowError
        return whole(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, fail_for_one)
        yield
