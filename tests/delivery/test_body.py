"""The callback's body: the request as the API answers it, in an envelope."""

import orjson

from bot.core.representation import draw_request, draw_time
from bot.core.request import State
from bot.core.view import RequestView
from bot.delivery import draw_callback
from tests.factories import NOON, a_request


def test_the_body_is_the_request_as_the_api_answers_it() -> None:
    request = a_request(state=State.REJECTED)
    view = RequestView(request=request, tests=request.tests)

    body = orjson.loads(draw_callback(view, "https://jit.acme.test", NOON))

    assert list(body) == ["type", "timestamp", "data"]
    assert body["type"] == "request.decided"
    assert body["timestamp"] == draw_time(NOON)
    assert body["data"] == orjson.loads(orjson.dumps(draw_request(view, "https://jit.acme.test")))
