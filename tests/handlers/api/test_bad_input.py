"""Bad input of every kind: the answer says what to change, and nothing is written down."""

from collections.abc import Mapping

import orjson
import pytest

from tests.handlers.api.house import BEARER, MINIMAL, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {**BEARER, "Content-Type": "application/json"}


def asking(**fields: object) -> bytes:
    return orjson.dumps({**MINIMAL, **fields})


def raw(fields: str) -> bytes:
    return b'{"title": "t", "action": "a", ' + fields.encode() + b"}"


def deep(levels: int) -> str:
    return '{"a": ' * levels + "1" + "}" * levels


FAILURE = {"id": "t"}

NOT_ALLOWED: Mapping[str, tuple[bytes, list[str]]] = {
    "nothing in it": (b"{}", ["/title", "/action"]),
    "a list": (b"[]", [""]),
    "null": (b"null", [""]),
    "no action": (b'{"title": "t"}', ["/action"]),
    "an empty title": (asking(title=""), ["/title"]),
    "a blank title": (asking(title=" \t"), ["/title"]),
    "a title too long": (asking(title="t" * 301), ["/title"]),
    "a number for a title": (asking(title=1), ["/title"]),
    "an unknown field": (asking(titel="t"), ["/titel"]),
    "an unknown field with a slash": (asking(**{"a/b~c": 1}), ["/a~1b~0c"]),
    "an unknown field inside": (asking(tests={"total": 1, "failed": 0, "green": True}), ["/tests/green"]),
    "a reason too long": (asking(reason="r" * 4001), ["/reason"]),
    "a service too long": (asking(service="s" * 1001), ["/service"]),
    "too many labels": (asking(labels=["l"] * 101), ["/labels"]),
    "too many authors": (asking(authors=[{"github": "a"}] * 101), ["/authors"]),
    "too many links": (asking(links=[{"label": "l", "url": "https://a.test"}] * 101), ["/links"]),
    "a label that is no text": (asking(labels=["l", 2]), ["/labels/1"]),
    "a flag that is no boolean": (asking(flags={"manual": "yes"}), ["/flags/manual"]),
    "a link that is no URL": (asking(links=[{"label": "l", "url": "ci.acme.test"}]), ["/links/0/url"]),
    "a link that runs": (asking(links=[{"label": "l", "url": "javascript:alert(1)"}]), ["/links/0/url"]),
    "a link that shows another host": (
        asking(links=[{"label": "l", "url": "https://a.test@b.test"}]),
        ["/links/0/url"],
    ),
    "a link with a line break": (asking(links=[{"label": "l", "url": "https://a.test/\n"}]), ["/links/0/url"]),
    "nobody for a requester": (asking(requester={}), ["/requester"]),
    "nobody for an author": (asking(authors=[{"github": "a"}, {"email": None}]), ["/authors/1"]),
    "an address with a blank": (asking(requester={"email": " ana@acme.test"}), ["/requester/email"]),
    "a Slack name for an id": (asking(requester={"slack_id": "@ana"}), ["/requester/slack_id"]),
    "an empty login": (asking(requester={"github": ""}), ["/requester/github"]),
    "a number for a timeout": (asking(timeout=30), ["/timeout"]),
    "a timeout without a unit": (asking(timeout="30"), ["/timeout"]),
    "a negative timeout": (asking(timeout="-30m"), ["/timeout"]),
    "no time at all": (asking(timeout="0s"), ["/timeout"]),
    "a timeout beyond all time": (asking(timeout="9" * 50 + "w"), ["/timeout"]),
    "tests without a count": (asking(tests={}), ["/tests/total", "/tests/failed"]),
    "more failed than there are": (asking(tests={"total": 1, "failed": 2}), ["/tests/total"]),
    "more failures than failed": (asking(tests={"total": 2, "failed": 0, "failures": [FAILURE]}), ["/tests/failures"]),
    "a negative count": (asking(tests={"total": -1, "failed": 0}), ["/tests/total"]),
    "a fraction of a test": (asking(tests={"total": 1.5, "failed": 0}), ["/tests/total"]),
    "a failure without a name": (raw('"tests": {"total": 1, "failed": 1, "failures": [{}]}'), ["/tests/failures/0/id"]),
    "a huge line": (
        asking(tests={"total": 1, "failed": 1, "failures": [{"id": "t", "line": 2**40}]}),
        ["/tests/failures/0/line"],
    ),
    "a report without content": (asking(reports=[{"name": "r"}]), ["/reports/0/content"]),
    "NUL in a title": (raw(r'"service": "a\u0000b"'), ["/service"]),
    "NUL in a message": (
        raw(r'"tests": {"total": 1, "failed": 1, "failures": [{"id": "t", "message": "\u0000"}]}'),
        ["/tests/failures/0/message"],
    ),
    "NUL in a name": (raw(r'"parameters": {"a\u0000": 1}'), ["/parameters/a\x00"]),
    "NUL in a deep value": (raw(r'"metadata": {"a": [{"b": "\u0000"}]}'), ["/metadata/a/0/b"]),
    "half a pair": (raw(r'"service": "\ud800"'), ["/service"]),
    "the other half": (raw(r'"parameters": {"x": ["\udc00"]}'), ["/parameters/x/0"]),
    "half a pair in a name": (raw(r'"parameters": {"\ud800": 1}'), [r"/parameters/\ud800"]),
    "not a number": (raw('"parameters": {"x": NaN}'), ["/parameters/x"]),
    "infinity": (raw('"parameters": {"x": [1, -Infinity]}'), ["/parameters/x/1"]),
    "infinity by exponent": (raw('"metadata": {"x": 1e999}'), ["/metadata/x"]),
    "an integer too large": (raw(f'"parameters": {{"x": {2**53}}}'), ["/parameters/x"]),
    "an integer too small": (raw(f'"parameters": {{"x": {-(2**53)}}}'), ["/parameters/x"]),
    "an integer with 5000 digits": (raw('"parameters": {"x": ' + "9" * 5000 + "}"), [""]),
    "21 levels of parameters": (raw(f'"parameters": {deep(21)}'), ["/parameters" + "/a" * 21]),
    "500 levels": (raw(f'"parameters": {deep(500)}'), [""]),
    "100000 levels": (raw('"parameters": ' + "[" * 100_000), [""]),
    "parameters too large": (asking(parameters={"x": "p" * 65536}), ["/parameters"]),
    "metadata too large": (asking(metadata={"x": ["m" * 100] * 700}), ["/metadata"]),
    "parameters that are a list": (asking(parameters=[1]), ["/parameters"]),
    "a name twice": (raw('"title": "other"'), [""]),
    "a name twice, with a blank": (b'{"title": "t", "action": "a", "action" : "b"}', [""]),
    "a name twice, spelt otherwise": (rb'{"title": "t", "action": "a", "\u0061ction": "b"}', [""]),
    "a name twice, deep down": (raw('"parameters": {"x": [{"y": 1, "y": 2}]}'), [""]),
    "a name twice beside texts that look like names": (raw(r'"reason": "\":", "parameters": {"x": 1, "x": 2}'), [""]),
    "a callback to nowhere": (asking(callback_url="https://"), ["/callback_url"]),
    "a callback in the clear": (asking(callback_url="http://hooks.acme.test/"), ["/callback_url"]),
    "a callback to ourselves": (asking(callback_url="https://localhost/"), ["/callback_url"]),
    "a callback to the metadata service": (asking(callback_url="https://169.254.169.254/"), ["/callback_url"]),
    "a callback to a private address": (asking(callback_url="https://[fd00::1]/"), ["/callback_url"]),
    "a callback to a translated private address": (
        asking(callback_url="https://[::ffff:0:a9fe:a9fe]/"),
        ["/callback_url"],
    ),
    "a callback through NAT64": (asking(callback_url="https://[64:ff9b::7f00:1]/"), ["/callback_url"]),
    "a callback to a port that is none": (asking(callback_url="https://ci.acme.test:99999/"), ["/callback_url"]),
    "several things at once": (
        raw('"callback_url": "http://a.test/", "timeout": "0s", "authors": [{}]'),
        ["/authors/0", "/timeout", "/callback_url"],
    ),
}

NOT_JSON: Mapping[str, bytes] = {
    "nothing": b"",
    "half of it": b'{"title": "t"',
    "not JSON": b"title=t",
    "more than one": b"{} {}",
    "a comma too many": b'{"title": "t",}',
    "single quotes": b"{'title': 't'}",
    "a control character": b'{"title": "\x01"}',
    "NUL": b'{"title": "\x00"}',
    "not UTF-8": b'{"title": "\xff"}',
    "a surrogate in UTF-8": b'{"title": "\xed\xa0\x80"}',
    "UTF-16": '{"title": "t"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "only a byte order mark": b"\xef\xbb\xbf",
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("kind", NOT_ALLOWED)
async def test_what_is_not_allowed_is_a_422_that_points_at_it(shared_house: House, kind: str) -> None:
    body, pointers = NOT_ALLOWED[kind]

    answer = await shared_house.post(body, JSON)

    assert answer.is_problem(422)
    assert answer.pointers == pointers
    assert all(error["detail"] for error in answer.json["errors"])
    assert await shared_house.is_empty()


@pytest.mark.parametrize("kind", NOT_JSON)
async def test_what_is_not_json_is_a_400_that_says_where(shared_house: House, kind: str) -> None:
    answer = await shared_house.post(NOT_JSON[kind], JSON)

    assert answer.is_problem(400)
    assert "line" in answer.json["detail"] or "byte" in answer.json["detail"]
    assert await shared_house.is_empty()


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "x"]
)
async def test_other_content_types_are_a_415(shared_house: House, content_type: str) -> None:
    headers = {**BEARER, "Content-Type": content_type} if content_type else {**BEARER}

    answer = await shared_house.post(asking(), headers)

    assert answer.is_problem(415)
    assert await shared_house.is_empty()


async def test_a_compressed_body_is_a_415(shared_house: House) -> None:
    answer = await shared_house.post(asking(), {**JSON, "Content-Encoding": "gzip"})

    assert answer.is_problem(415)


async def test_more_than_a_mebibyte_of_json_is_a_413(shared_house: House) -> None:
    answer = await shared_house.post(asking(reason="r" * 1024 * 1024), JSON)

    assert answer.is_problem(413)
    assert await shared_house.is_empty()


async def test_more_than_ten_mebibytes_of_form_are_a_413(shared_house: House) -> None:
    headers = {**BEARER, "Content-Type": "multipart/form-data; boundary=x"}

    answer = await shared_house.post(b"x" * (10 * 1024 * 1024 + 1), headers)

    assert answer.is_problem(413)


async def test_a_list_of_faults_has_an_end(shared_house: House) -> None:
    answer = await shared_house.post(asking(labels=[1] * 100, **{str(n): 1 for n in range(100)}), JSON)

    assert len(answer.pointers) == 20


async def test_a_problem_never_repeats_what_was_sent(shared_house: House) -> None:
    answer = await shared_house.post(asking(title={"secret": "hunter2"}, timeout="hunter2"), JSON)

    assert "hunter2" not in answer.text


@pytest.mark.parametrize("key", ["", "k" * 256, "ключ"])
async def test_an_idempotency_key_is_visible_ascii(shared_house: House, key: str) -> None:
    answer = await shared_house.post(asking(), {**JSON, "Idempotency-Key": key})

    assert answer.is_problem(422)
    assert answer.pointers == ["/headers/Idempotency-Key"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": 1}, "must be a valid string"),
        ({"title": "t" * 301}, "must have at most 300 characters"),
        ({"timeout": "soon"}, 'must be a duration with a unit, such as "30m" or "1h30m"'),
        ({"tests": {"total": "many", "failed": 0}}, "must be a valid integer"),
    ],
)
async def test_a_fault_is_said_in_our_words(shared_house: House, fields: dict[str, object], sentence: str) -> None:
    answer = await shared_house.post(asking(**fields), JSON)

    (fault,) = orjson.loads(answer.text)["errors"]
    assert fault["detail"] == sentence


async def test_a_fault_of_the_address_is_said_in_our_words_too(shared_house: House) -> None:
    answer = await shared_house.get("/v1/requests?state=open")

    (fault,) = orjson.loads(answer.text)["errors"]
    assert fault["detail"].startswith("must be 'pending', ")


async def test_the_page_of_the_api_shows_code_as_code(shared_house: House) -> None:
    answer = await shared_house.get("/docs")

    assert "``" not in answer.text
    assert "<code>person</code> is null for a machine" in answer.text
