"""``/openapi.json`` and ``/docs``: the API described by the models it is made of."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from aiohttp import web
from markupsafe import Markup, escape

from handlers.api.wiring import ApiWiring

_JSON = "application/json"
_NO_FOREIGN_CONTENT = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


class Documents:
    """The calls that describe the others."""

    def __init__(self, api: ApiWiring) -> None:
        self._api = api

    def register(self, app: web.Application) -> None:
        """Put the calls on their paths."""
        app.router.add_get("/openapi.json", self.openapi)
        app.router.add_get("/docs", self.page)

    async def openapi(self, _: web.Request) -> web.Response:
        """Return the OpenAPI document."""
        body = orjson.dumps(self._document())
        return web.Response(body=body, content_type=_JSON)

    async def page(self, _: web.Request) -> web.Response:
        """Return the document as a page that needs nothing from anywhere else."""
        page = _template().render(document=self._document())
        headers = {"Content-Security-Policy": _NO_FOREIGN_CONTENT, "X-Content-Type-Options": "nosniff"}
        return web.Response(text=page, content_type="text/html", headers=headers)

    def _document(self) -> Mapping[str, Any]:
        from handlers.api.description import (  # noqa: PLC0415 - costs a twentieth of the start, and is seldom asked for
            draw_openapi,
        )

        return draw_openapi(self._api.public_url, self._api.version)


@cache
def _template() -> Any:  # noqa: ANN401 - jinja2 leaves the type open
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - as the description, seldom asked for

    source = files("handlers.api").joinpath("docs.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters["prose"] = _draw_prose
    return environment.from_string(source)


def _draw_prose(text: str) -> Markup:
    """Draw a description as HTML; double backticks mark code, as in the document."""
    parts = str(escape(text)).split("``")
    # Every second part stood between two marks; what was opened and never closed stays as it is written.
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup(f"<code>{part}</code>") if index % 2 else Markup(part)  # noqa: S704 - escaped above, before it was cut
        for index, part in enumerate(parts)
    )
