"""The calls as the OpenAPI document describes them; a test holds this table against the routes that are served."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from pydantic import BaseModel

from handlers.api import answers, vitals
from handlers.api.asking.model import AnswerAsked, CancelAsked, EvidenceAsked, RequestAsked
from handlers.api.queries import EventsQuery, ListQuery, NoQuery, Query, ShowQuery

_ANY = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.EXPECTATION_FAILED,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What may happen to any call before it is understood, and when the house can't answer just now."""

_LOCKED = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
"""What may happen to any call of a source: each may have a body, that a signature is over."""

_SIGNED_READ = (HTTPStatus.CONFLICT,)
"""A signature that looks at something counts once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header of a call, that may be left out."""

    about: str
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. ``answers`` are its good answers, by status: a model, or a media type with free content."""

    method: str
    path: str
    name: str
    summary: str
    answers: Mapping[int, type[BaseModel] | str | None]
    problems: tuple[HTTPStatus, ...] = ()
    query: type[Query] = NoQuery
    headers: Mapping[str, Header] = field(default_factory=dict[str, Header])
    body: type[BaseModel] | None = None
    takes_forms: bool = False
    is_open: bool = False

    @property
    def all_problems(self) -> tuple[HTTPStatus, ...]:
        """Every status with a problem for its body, in order."""
        return tuple(sorted({*_ANY, *(() if self.is_open else _LOCKED), *self.problems}))


CALLS = (
    Call(
        method="post",
        path="/v1/requests",
        name="submitRequest",
        summary="Ask. The answer says whether it is already decided, or waits for people.",
        headers={
            "Idempotency-Key": Header(
                about="The same key with the same body brings the same request back.", pattern="^[!-~]{1,255}$"
            )
        },
        body=RequestAsked,
        takes_forms=True,
        answers={201: answers.RequestAnswered, 200: answers.RequestAnswered},
        problems=(HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS),
    ),
    Call(
        method="get",
        path="/v1/requests",
        name="listRequests",
        summary="List your requests, newest first.",
        query=ListQuery,
        answers={200: answers.RequestPage},
        problems=_SIGNED_READ,
    ),
    Call(
        method="get",
        path="/v1/requests/{id}",
        name="showRequest",
        summary="Look at a request; with wait, as soon as it has ended or the wait is over.",
        query=ShowQuery,
        answers={200: answers.RequestAnswered},
        problems=(HTTPStatus.NOT_FOUND, *_SIGNED_READ),
    ),
    Call(
        method="post",
        path="/v1/requests/{id}/cancel",
        name="cancelRequest",
        summary="Take a request back while it is open.",
        body=CancelAsked,
        answers={200: answers.RequestAnswered},
        problems=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    Call(
        method="post",
        path="/v1/requests/{id}/answer",
        name="answerQuestion",
        summary="Answer what an approver has asked; the clock runs on.",
        body=AnswerAsked,
        answers={200: answers.RequestAnswered},
        problems=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    Call(
        method="put",
        path="/v1/requests/{id}/evidence",
        name="replaceEvidence",
        summary="Bring other evidence, for another commit perhaps: judged anew, and answers to the old do not count.",
        body=EvidenceAsked,
        takes_forms=True,
        answers={200: answers.RequestAnswered},
        problems=(
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.CONFLICT,
            HTTPStatus.TOO_MANY_REQUESTS,
        ),
    ),
    Call(
        method="get",
        path="/v1/requests/{id}/events",
        name="listEvents",
        summary="What happened to a request; as a live stream with Accept: text/event-stream.",
        query=EventsQuery,
        headers={"Last-Event-ID": Header(about="The last event you have seen of the stream.", pattern="^[0-9]{1,15}$")},
        answers={200: answers.History, 204: None},
        problems=(HTTPStatus.NOT_FOUND, *_SIGNED_READ),
    ),
    Call(
        method="get",
        path="/healthz",
        name="isAlive",
        summary="The process answers.",
        answers={200: vitals.Alive},
        is_open=True,
    ),
    Call(
        method="get",
        path="/readyz",
        name="isReady",
        summary="Everything a request needs is there.",
        answers={200: vitals.Readiness, 503: vitals.Readiness},
        is_open=True,
    ),
    Call(
        method="get",
        path="/metrics",
        name="readMetrics",
        summary="Numbers for Prometheus.",
        answers={200: "text/plain"},
        is_open=True,
    ),
    Call(
        method="get",
        path="/openapi.json",
        name="readOpenApi",
        summary="This document.",
        answers={200: "application/json"},
        is_open=True,
    ),
    Call(
        method="get",
        path="/docs",
        name="readDocs",
        summary="This document, for people.",
        answers={200: "text/html"},
        is_open=True,
    ),
)
