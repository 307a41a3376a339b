"""The body of an answer, ``{"text": …}``, and of a cancellation: ``{"reason": …}``, or nothing with a token."""

from collections.abc import Mapping
from http import HTTPStatus

from handlers.api.asking.bodies import read_json
from handlers.api.asking.model import AnswerAsked, CancelAsked
from handlers.api.asking.payload import JSON, media_type
from handlers.door.admission import Admitted
from handlers.problems import Problem


def read_cancellation(headers: Mapping[str, str], admitted: Admitted) -> str | None:
    """Return the reason. Raises Problem: 400, 415, 422.

    A signed call needs a body: a signature over nothing was made to look at something, and must not end it.
    """
    if not admitted.body and admitted.caller.signed is None:
        return None
    _require_json(headers, "reason")
    return read_json(CancelAsked, admitted.body).reason


def read_answer(headers: Mapping[str, str], admitted: Admitted) -> str:
    """Return what is said to the open question. Raises Problem: 400, 415, 422."""
    _require_json(headers, "text")
    return read_json(AnswerAsked, admitted.body).text


def _require_json(headers: Mapping[str, str], field: str) -> None:
    if media_type(headers) != JSON:
        detail = f'Send {JSON}, for example {{"{field}": "…"}}.'
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type", detail)
