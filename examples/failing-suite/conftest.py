"""The API under test, running in this process on a free port, new for every test."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator

import payments
import pytest

Answer = tuple[int, dict[str, object]]


@pytest.fixture
def call() -> Iterator[Callable[..., Answer]]:
    server = payments.serve()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def ask(method: str, path: str, body: object = None, token: str = "test") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        answer = response.status, json.loads(response.read())
        connection.close()
        return answer

    yield ask
    server.shutdown()
    thread.join()
    server.server_close()
