"""What is just within the limits is taken as it is."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from tests.handlers.api.house import BEARER, MINIMAL, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {**BEARER, "Content-Type": "application/json"}

ALLOWED: Mapping[str, Mapping[str, Any]] = {
    "the longest title": {"title": "ü" * 300},
    "the longest reason": {"reason": "r" * 4000},
    "the greatest integer": {"parameters": {"x": 2**53 - 1, "y": -(2**53) + 1}},
    "twenty levels": {"parameters": orjson.loads('{"a": ' * 20 + "1" + "}" * 20)},
    "a backslash before what looks like NUL": {"reason": r"\u0000"},
    "a text that looks like a name": {"reason": '"title": "other"', "parameters": {'"a":': '":'}},
    "characters beyond the basic plane": {"title": "🚀", "parameters": {"🚀": "🚀"}},
    "nulls for what is left out": {"service": None, "requester": None, "tests": None, "timeout": None},
    "empty collections": {"labels": [], "authors": [], "reports": [], "parameters": {}},
    "an empty text": {"environment": "", "reason": ""},
    "a callback to a host the policy names": {"callback_url": "http://127.0.0.1:8080/hooks"},
    "a callback to anybody, over TLS": {"callback_url": "https://hooks.example.com/jit"},
    "large numbers that are no integers": {"parameters": {"x": 1e300}},
}


@pytest.mark.parametrize("kind", ALLOWED)
async def test_what_is_just_allowed_is_taken_as_it_is(shared_house: House, kind: str) -> None:
    asked = await shared_house.ask({**MINIMAL, **ALLOWED[kind]})

    kept = {name: value for name, value in ALLOWED[kind].items() if name not in {"tests", "reports"}}
    assert {name: asked[name] for name in kept} == kept


async def test_pretty_printed_json_is_json(shared_house: House) -> None:
    body = b'{\n  "title" : "t",\n  "action"\t:"a",\n  "parameters": {"a" : {"a" : 1}}\n}'

    assert (await shared_house.post(body, JSON)).status == 201


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", "application/json ;x=y"]
)
async def test_json_may_say_more_about_itself(shared_house: House, content_type: str) -> None:
    assert (await shared_house.post(orjson.dumps(MINIMAL), {**BEARER, "Content-Type": content_type})).status == 201
