"""The body of a cancellation: ``{"reason": …}``, or nothing at all from a caller with a token."""

from collections.abc import Mapping
from http import HTTPStatus

from handlers.api.asking.asks import JSON, media_type
from handlers.api.asking.bodies import read_json
from handlers.api.asking.model import CancelAsked
from handlers.door.admission import Admitted
from handlers.problems import Problem


def read_cancellation(headers: Mapping[str, str], admitted: Admitted) -> str | None:
    """Return the reason. Raises Problem: 400, 415, 422.

    A signed call needs a body: a signature over nothing was made to look at something, and must not end it.
    """
    if not admitted.body and admitted.caller.signed_id is None:
        return None
    if media_type(headers) != JSON:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type", f'Send {JSON}, for example {{"reason": "…"}}.')
    return read_json(CancelAsked, admitted.body).reason
