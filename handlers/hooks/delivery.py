"""One delivery of a native source, as it came; and its JSON, read by what is expected of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from handlers.api.asking.plain import SHOWN, in_our_words, pointer
from handlers.problems import Fault, Problem, invalid

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The call. ``headers`` know no case; ``tail`` is what follows the source's name in the path."""

    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    tail: str = ""


class Told(BaseModel):
    """A part of somebody else's payload: what we do not know of it is none of our business."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def read_payload(model: type[M], body: bytes) -> M:
    """Return *body* as *model*. Raises Problem: 400 when it is no JSON, 422 with pointers when something is missing."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
    if details[0]["type"] == "json_invalid":
        raise Problem(HTTPStatus.BAD_REQUEST, "not_json", "The body is not JSON in UTF-8.")
    faults = [Fault(pointer=pointer(one["loc"]), detail=in_our_words(one["msg"])) for one in details[:SHOWN]]
    raise invalid(faults)


def require_json(headers: Mapping[str, str]) -> None:
    """Refuse every other Content-Type. Raises Problem (415)."""
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        detail = "Let the webhook send application/json."
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type", detail, headers={"Accept": "application/json"})
