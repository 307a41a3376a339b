"""What comes in the address of a call: ids, waits, filters."""

import re
from collections.abc import Mapping
from typing import Annotated, TypeVar

from multidict import MultiMapping
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core.errors import Refusal, Refused
from bot.core.request import RequestId, State
from handlers.api.asking.plain import SHOWN, in_our_words, pointer
from handlers.problems import Fault, invalid

MAX_WAIT = 60
MAX_LIMIT = 100

M = TypeVar("M", bound=BaseModel)

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Cursor = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,18}$")]
Word = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]


class Query(BaseModel):
    """What all query strings have in common: an unknown name is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ShowQuery(Query):
    """How long to wait for the end, in seconds."""

    wait: Annotated[float, Field(ge=0, le=MAX_WAIT, allow_inf_nan=False)] = 0


class ListQuery(Query):
    """Which requests, from where on, and how many."""

    state: State | None = None
    source: Word | None = None
    lane: Word | None = None
    service: Word | None = None
    environment: Word | None = None
    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50


class EventsQuery(Query):
    """From which entry of the log on."""

    after: Annotated[int, Field(ge=0, lt=2**53)] = 0


class NoQuery(Query):
    """Nothing."""


def read_query(model: type[M], query: MultiMapping[str]) -> M:
    """Return the query string as *model*. Raises Problem (422)."""
    words = dict(query)
    if len(words) != len(query):
        raise invalid([Fault(pointer="/query", detail="names something twice")])
    try:
        return model.model_validate_strings(words)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        faults = [
            Fault(
                pointer="/query" + pointer(d["loc"]),
                detail=_SENTENCES.get((d["type"], *d["loc"])) or in_our_words(d["msg"]),
            )
            for d in details[:SHOWN]
        ]
        raise invalid(faults) from None


_SENTENCES: Mapping[tuple[str | int, ...], str] = {
    ("string_pattern_mismatch", "cursor"): "is not the next_cursor of any page; leave it out to begin with the newest",
}


def read_id(text: str) -> RequestId:
    """Return the id in a path. Raises Refused: what is no id at all is not found either."""
    if not _UUID.fullmatch(text):
        raise Refused(Refusal.NOT_FOUND, "There is no such request.")
    return RequestId(text)
