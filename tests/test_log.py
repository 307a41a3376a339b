import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import NoReturn

import aiohttp
import pytest
import structlog
from multidict import CIMultiDict, CIMultiDictProxy
from pydantic import BaseModel, ValidationError
from yarl import URL

from bot.log import start_log

CANARY = 'ca"nary/ö-9f8e7d6c5b4a'
SHAPED = ("xoxb-1-2-abcdef", "xapp-1-A0-1-beef", "whsec_c2VjcmV0c2VjcmV0", "xoxe.xoxb-1-abc", "xoxp-77-88")


@pytest.fixture(autouse=True)
def _the_log_is_put_back() -> Iterator[None]:
    root = logging.root
    before = (root.handlers[:], root.level)
    yield
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers, root.level = before[0], before[1]


@pytest.fixture(params=["json", "text"])
def written(request: pytest.FixtureRequest) -> io.StringIO:
    stream = io.StringIO()
    start_log(request.param, "debug", lambda: (CANARY,), stream)
    return stream


def _raise(error: Exception) -> NoReturn:
    raise error


def test_the_ticket_of_a_socket_is_not_in_the_log(written: io.StringIO) -> None:
    """What the SDK logs, as an error, when Slack turns the websocket away: the address, and in it the ticket."""
    url = URL("wss://wss-primary.slack.com/link/?ticket=4fe1b0c2-7c1e-4c7a-9f0c-secret&app_id=A0")
    about = aiohttp.RequestInfo(url, "GET", CIMultiDictProxy(CIMultiDict[str]()), url)
    error = aiohttp.WSServerHandshakeError(about, (), status=403, message="Invalid response status")

    logging.getLogger("slack_sdk.socket_mode").error("Failed to connect (error: %s); Retrying...", error)

    assert "Failed to connect" in written.getvalue()
    assert "app_id=A0" in written.getvalue()
    assert "4fe1b0c2" not in written.getvalue()
    assert "f0c-secret" not in written.getvalue()


def _in_a_field(value: str) -> None:
    structlog.get_logger().info("something.happened", note=value)


def _in_the_event(value: str) -> None:
    structlog.get_logger().info(f"went wrong with {value}")


def _in_nested_fields(value: str) -> None:
    structlog.get_logger().info("something.happened", seen={"headers": [{"x": value}]})


def _in_an_address(value: str) -> None:
    structlog.get_logger().info("something.happened", url=f"https://user:{value}@db.test/x")


def _in_our_error(value: str) -> None:
    try:
        _raise(RuntimeError(value))
    except RuntimeError:
        structlog.get_logger().exception("something.failed")


def _in_a_library_record(value: str) -> None:
    logging.getLogger("slack_sdk.web").error("failed with %s", value)


def _in_a_library_error(value: str) -> None:
    try:
        _raise(OSError(value))
    except OSError:
        logging.getLogger("aiohttp.server").exception("Error handling request")


def _in_a_warning(value: str) -> None:
    logging.getLogger("py.warnings").warning(value)


WAYS = [
    _in_a_field,
    _in_the_event,
    _in_nested_fields,
    _in_an_address,
    _in_our_error,
    _in_a_library_record,
    _in_a_library_error,
    _in_a_warning,
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("secret", [CANARY, *SHAPED])
def test_no_secret_reaches_the_log(way: Callable[[str], None], secret: str, written: io.StringIO) -> None:
    way(secret)

    line = written.getvalue()
    assert line.count("\n") >= 1
    assert "[secret]" in line
    for form in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1]):
        assert form not in line


@pytest.mark.parametrize("name", ["token", "bot_token", "Authorization", "signing_secret", "Cookie", "x-api-key"])
def test_a_field_named_like_a_secret_is_struck_whatever_it_holds(name: str, written: io.StringIO) -> None:
    structlog.get_logger().info("something.happened", headers={name: "quite innocent"})

    assert "innocent" not in written.getvalue()


def test_the_name_of_a_secret_may_be_told(written: io.StringIO) -> None:
    structlog.get_logger().info("source.refused", token_env="JIT_CI_TOKEN")

    assert "JIT_CI_TOKEN" in written.getvalue()


def test_a_bearer_header_is_struck_out_of_text(written: io.StringIO) -> None:
    structlog.get_logger().info("something.happened", seen="Authorization: Bearer abc.def.ghi")

    assert "abc.def.ghi" not in written.getvalue()


class _Model(BaseModel):
    count: int


def test_an_error_of_a_parser_tells_where_but_not_what_was_sent(written: io.StringIO) -> None:
    sent = "what somebody sent"
    try:
        _Model.model_validate({"count": sent})
    except ValidationError:
        structlog.get_logger().exception("input.refused")

    line = written.getvalue()
    assert sent not in line
    assert "ValidationError" in line
    assert "test_log.py" in line


def test_an_error_that_we_worded_is_kept_with_its_cause(written: io.StringIO) -> None:
    try:
        try:
            _raise(OSError(28, "No space left on device"))
        except OSError as error:
            raise RuntimeError("the store is full") from error
    except RuntimeError:
        structlog.get_logger().exception("store.failed")

    line = written.getvalue()
    assert "No space left on device" in line
    assert "the store is full" in line


def test_errors_in_a_group_are_all_named(written: io.StringIO) -> None:
    try:
        _raise(ExceptionGroup("two", [RuntimeError("first"), OSError("second")]))
    except ExceptionGroup:
        structlog.get_logger().exception("both.failed")

    assert "first" in written.getvalue()
    assert "second" in written.getvalue()


def test_a_library_that_says_too_much_is_cut(written: io.StringIO) -> None:
    logging.getLogger("slack_sdk").error("body: %s", "x" * 5000)

    assert len(written.getvalue()) < 700


def test_libraries_that_dump_bodies_and_headers_stay_quiet_even_at_debug(written: io.StringIO) -> None:
    of_bolt = logging.getLogger("slack_bolt.AsyncApp")
    of_bolt.setLevel(logging.DEBUG)  # as Bolt does, from the root's level
    of_bolt.warning("Unhandled request ({'type': 'block_actions'})")
    logging.getLogger("aiohttp.access").info("GET / HTTP/1.1")
    logging.getLogger("slack_sdk.web.async_client").debug("Sending a request")

    assert written.getvalue() == ""


def test_json_is_one_object_a_line_with_level_time_and_fields() -> None:
    stream = io.StringIO()
    start_log("json", "info", stream=stream)

    structlog.get_logger().info("request.submitted", number=7)
    logging.getLogger("bot").warning("from a library")

    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (first["event"], first["level"], first["number"]) == ("request.submitted", "info", 7)
    assert first["timestamp"].endswith("Z")
    assert (second["event"], second["level"], second["logger"]) == ("from a library", "warning", "bot")


def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    start_log("json", "warning", stream=stream)

    structlog.get_logger().info("request.submitted")

    assert stream.getvalue() == ""


def test_a_stream_that_is_no_terminal_gets_json() -> None:
    stream = io.StringIO()
    start_log(None, "info", stream=stream)

    structlog.get_logger().info("request.submitted")

    assert json.loads(stream.getvalue())["event"] == "request.submitted"


def test_a_secret_that_became_known_later_is_struck_too() -> None:
    stream = io.StringIO()
    known: list[str] = []
    start_log("json", "info", lambda: tuple(known), stream)
    structlog.get_logger().info("before", note=CANARY)

    known.append(CANARY)
    structlog.get_logger().info("after", note=CANARY)

    assert stream.getvalue().count("nary/") == 1
