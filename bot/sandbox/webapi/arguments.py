"""Reads what a Web API call was given, in every encoding that clients really use."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

from bot.sandbox.refusal import SlackRefusal

_TRUE = frozenset({"1", "true", "True"})
_FALSE = frozenset({"0", "false", "False", ""})


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one call. Values are strings (query, form) or JSON values (JSON body)."""

    values: Mapping[str, Any]

    def text(self, name: str, default: str = "") -> str:
        """Return a string argument; numbers count as their digits, as Slack takes them."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise SlackRefusal("invalid_arguments", [f"[ERROR] must provide a string [json-pointer:/{name}]"])

    def needed(self, name: str) -> str:
        """Return a string argument that must be there."""
        value = self.text(name)
        if not value:
            raise SlackRefusal("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """Return whether a switch is on; off unless given."""
        value = self.values.get(name, False)
        if isinstance(value, bool):
            return value
        if str(value) in _TRUE:
            return True
        if str(value) in _FALSE:
            return False
        raise SlackRefusal("invalid_arguments", [f"[ERROR] must provide a boolean [json-pointer:/{name}]"])

    def limit(self, default: int, most: int) -> int:
        """Return how many are asked for. Raises SlackRefusal invalid_limit."""
        text = self.text("limit", str(default))
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise SlackRefusal("invalid_limit")
        return int(text)

    def document(self, name: str, error: str) -> object | None:
        """Return a JSON argument, itself or as text; None when it was not given. Raises SlackRefusal *error*."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackRefusal(error, [f"[ERROR] must be valid JSON [json-pointer:/{name}]"]) from None


async def read_arguments(request: web.Request) -> Arguments:
    """Merge query and body. Raises SlackRefusal when the body is not what it says it is."""
    body: Mapping[str, Any] = {}
    if request.content_type == "application/json":
        body = _read_json(await request.text())
    elif request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        body = {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    elif await request.read():
        raise SlackRefusal("invalid_form_data" if request.content_type.startswith("multipart") else "invalid_post_type")
    return Arguments({**request.query, **body, **_read_client(request)})


def _read_client(request: web.Request) -> Mapping[str, str]:
    """Read an app's own name and secret, where it gives them as HTTP has it."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Basic":
        return {}
    try:
        name, _, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": name, "client_secret": secret}


def _read_json(text: str) -> Mapping[str, Any]:
    if not text:
        return {}
    try:
        document = json.loads(text)
    except ValueError:
        raise SlackRefusal("invalid_json") from None
    if not isinstance(document, dict):
        raise SlackRefusal("json_not_object")
    return cast("dict[str, Any]", document)
