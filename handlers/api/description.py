"""The API as an OpenAPI 3.1 document, drawn from the models it is made of. Imported when it is first asked for."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from openapi_pydantic import OpenAPI
from openapi_pydantic.util import PydanticSchema, construct_open_api_with_schema_class
from pydantic import BaseModel

from handlers.api.operations import CALLS, Call
from handlers.api.vitals import ProblemAnswered
from handlers.problems import CONTENT_TYPE

_JSON = "application/json"

_ABOUT = (
    "Ask whether an action may happen, and wait for the answer. A call is authenticated by a source's bearer token, or"
    " by a Standard Webhooks signature over its body (webhook-id, webhook-timestamp, webhook-signature)."
)


@cache
def draw_openapi(public_url: str, version: str) -> Mapping[str, Any]:
    """Return the OpenAPI 3.1 document."""
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method] = _operation(call)
    document = OpenAPI.model_validate(
        {
            "openapi": "3.1.1",
            "info": {"title": "JIT Approvals", "version": version, "description": _ABOUT},
            "servers": [{"url": public_url}],
            "paths": paths,
            "components": {"securitySchemes": _SCHEMES},
        }
    )
    whole = construct_open_api_with_schema_class(document)
    return whole.model_dump(by_alias=True, exclude_none=True, mode="json")


_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer"},
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks, with webhook-id and webhook-timestamp beside it.",
    },
}


def _operation(call: Call) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": call.name,
        "summary": call.summary,
        "parameters": [*_path_parameters(call), *_query_parameters(call), *_header_parameters(call)],
        "responses": _responses(call),
        "security": [] if call.is_open else [{"token": []}, {"signature": []}],
    }
    if call.body is not None:
        operation["requestBody"] = {"required": True, "content": _bodies(call, call.body)}
    return operation


def _path_parameters(call: Call) -> list[dict[str, Any]]:
    if "{id}" not in call.path:
        return []
    return [{"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}]


def _query_parameters(call: Call) -> list[dict[str, Any]]:
    schema = call.query.model_json_schema(ref_template="#/components/schemas/{model}")
    known = schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "required": False, "schema": _inlined(shape, known)}
        for name, shape in schema.get("properties", {}).items()
    ]


def _inlined(shape: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema without references: a query has nowhere to put the definitions they mean."""
    if "$ref" in shape:
        return known[str(shape["$ref"]).rsplit("/", 1)[1]]
    options = [option for option in shape.get("anyOf", ()) if option != {"type": "null"}]
    return _inlined(options[0], known) if len(options) == 1 else shape


def _header_parameters(call: Call) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "header",
            "required": False,
            "description": header.about,
            "schema": {"type": "string", "pattern": header.pattern},
        }
        for name, header in call.headers.items()
    ]


def _bodies(call: Call, model: type[BaseModel]) -> dict[str, Any]:
    bodies: dict[str, Any] = {_JSON: {"schema": PydanticSchema(schema_class=model)}}
    if call.takes_forms:
        bodies["multipart/form-data"] = {"schema": _FORM, "encoding": {"request": {"contentType": _JSON}}}
    return bodies


_FORM = {
    "type": "object",
    "required": ["request"],
    "properties": {
        "request": {"type": "string", "description": "The JSON of the request."},
        "report": {"type": "array", "items": {"type": "string", "format": "binary"}},
    },
}


def _responses(call: Call) -> dict[str, Any]:
    good = {str(status): _response(answer) for status, answer in call.answers.items()}
    for status in call.all_problems:
        response = good.setdefault(str(status.value), {"description": status.phrase, "content": {}})
        response["content"][CONTENT_TYPE] = {"schema": PydanticSchema(schema_class=ProblemAnswered)}
    return good


def _response(answer: type[BaseModel] | str | None) -> dict[str, Any]:
    if answer is None:
        return {"description": "Nothing more to say."}
    if isinstance(answer, str):
        return {"description": "As the media type says.", "content": {answer: {}}}
    schema = PydanticSchema(schema_class=answer)
    return {"description": (answer.__doc__ or "").split("\n")[0], "content": {_JSON: {"schema": schema}}}
