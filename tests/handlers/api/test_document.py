"""The OpenAPI document says what the API does, and the API does what its document says."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, settings
from schemathesis import checks as any_checks
from schemathesis.specs.openapi import checks as openapi_checks

from handlers.api.description import draw_openapi
from handlers.refusals import STATUS
from tests.handlers.api.elsewhere import Elsewhere, served_elsewhere
from tests.handlers.api.house import BEARER, FULL, MINIMAL, PUBLIC_URL, House

EXAMPLES = 60
_ANY: Any = any_checks  # schemathesis leaves the types of its checks open
_OPENAPI: Any = openapi_checks
CHECKS: Any = [
    _ANY.not_a_server_error,
    _OPENAPI.status_code_conformance,
    _OPENAPI.content_type_conformance,
    _OPENAPI.response_headers_conformance,
    _OPENAPI.response_schema_conformance,
    _OPENAPI.negative_data_rejection,
    _OPENAPI.ignored_auth,
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    with served_elsewhere(tmp_path_factory.mktemp("document")) as elsewhere:
        elsewhere.do(_furnish)
        yield elsewhere


async def _furnish(house: House) -> None:
    """Put something in it: an empty list conforms to anything."""
    await house.ask(FULL)
    await house.review((await house.ask())["id"])
    await house.ask({**MINIMAL, "environment": "staging"})


# One test a call needs the document before there is a server; the test after it says that it is the one served.
DOCUMENT = dict(draw_openapi(PUBLIC_URL, "1.2.3"))
api: Any = schemathesis.openapi.from_dict(deepcopy(DOCUMENT))


@api.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_the_api_does_what_its_document_says(case: "schemathesis.Case[Any]", served: Elsewhere) -> None:
    call: Any = case
    call.call_and_validate(base_url=served.url, headers=BEARER, checks=CHECKS)


def test_the_document_that_is_served_is_this_one(served: Elsewhere) -> None:
    assert served.do(_document) == DOCUMENT


def test_every_route_is_in_the_document_and_the_other_way_round(served: Elsewhere) -> None:
    document: dict[str, Any] = served.do(_document)
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}

    assert described == served.do(_routes)


async def _document(house: House) -> dict[str, Any]:
    return (await house.get("/openapi.json", {})).json


async def _routes(house: House) -> set[tuple[str, str]]:
    app: Any = house.runner.app
    routes: list[web.AbstractRoute] = list(app.router.routes())
    return {(route.method, route.resource.canonical) for route in routes if route.resource and route.method != "HEAD"}


def test_every_refusal_has_its_status_in_the_document(served: Elsewhere) -> None:
    document: dict[str, Any] = served.do(_document)
    about_one = document["paths"]["/v1/requests/{id}/cancel"]["post"]["responses"]
    asking = document["paths"]["/v1/requests"]["post"]["responses"]

    assert {str(status.value) for status in STATUS.values()} <= about_one.keys() | asking.keys()


@pytest.mark.parametrize("status", ["400", "414", "431", "503"])
def test_what_may_happen_to_any_call_is_said_of_every_call(served: Elsewhere, status: str) -> None:
    document: dict[str, Any] = served.do(_document)

    for path, item in document["paths"].items():
        for operation in item.values():
            assert status in operation["responses"], path


def test_the_errors_of_the_document_are_problems(served: Elsewhere) -> None:
    document: dict[str, Any] = served.do(_document)

    for item in document["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert "application/problem+json" in response["content"]
