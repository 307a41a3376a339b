"""Whatever is sent, the answer is a 4xx that says what to change, and nothing is written down. Never a 500."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.api.asking.plain import pointer
from tests.handlers.api.house import BEARER, FULL, MINIMAL, Answer, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {**BEARER, "Content-Type": "application/json"}
FORM = {**BEARER, "Content-Type": "multipart/form-data; boundary=x"}
FREE = ("parameters", "metadata")
NOBODY = "019a0000-0000-7000-8000-000000000001"
BODY = orjson.dumps(FULL)

Path = tuple[str | int, ...]

often = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def places(value: object, path: Path = ()) -> Iterator[Path]:
    """Every place in a JSON value, itself first."""
    yield path
    if isinstance(value, Mapping):
        for name, child in cast("Mapping[str, object]", value).items():
            yield from places(child, (*path, name))
    elif isinstance(value, list):
        for index, child in enumerate(cast("list[object]", value)):
            yield from places(child, (*path, index))


def at(value: Any, path: Path) -> Any:  # noqa: ANN401 - what JSON holds
    for step in path:
        value = value[step]
    return value


def with_mark(path: Path) -> bytes:
    """FULL as JSON, with the word MARK where *path* leads."""
    changed = copy.deepcopy(dict(FULL))
    at(changed, path[:-1])[path[-1]] = "MARK"
    return orjson.dumps(changed)


EVERYWHERE = [path for path in places(FULL) if path]
STRICT = [path for path in EVERYWHERE if path[0] not in FREE or len(path) == 1]
OBJECTS = [path for path in places(FULL) if isinstance(at(FULL, path), dict)]
CLOSED = [path for path in OBJECTS if not path or path[0] not in {*FREE, "flags"}]

# For each type what is none of it; null is missing, because most fields may be null.
WRONG: Mapping[type, Sequence[object]] = {
    str: (0, 1.5, True, [], {}, ["text"]),
    int: ("1", 1.5, True, [], {}, -1, 2**31),
    bool: ("true", 1, 0, [], {}),
    list: ("text", 1, True, {}),
    dict: ("text", 1, True, []),
}

VILE = [
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"9" * 400,
    b"9" * 5000,
    b"-" + b"9" * 20,
    rb'"\ud800"',
    rb'"a\udc00b"',
    rb'"a\u0000b"',
    rb'{"\u0000": 1}',
    rb'{"\ud800": 1}',
    b"[" * 200 + b"]" * 200,
    b'{"a":' * 300 + b"1" + b"}" * 300,
    b"[" * 20000,
    b'{"a": 1, "a": 2}',
    b'{"a": {"b": 1, "b": 1}}',
]


async def entries(house: House) -> int:
    """How many entries the log has."""
    return (await house.store.read(lambda snapshot: snapshot.head())).seq


async def refused(house: House, body: bytes, headers: Mapping[str, str] = JSON, path: str = "/v1/requests") -> Answer:
    """Send what can't be taken, and return the problem; nothing is written."""
    before = await entries(house)
    answer = await house.post(body, headers, path)
    assert 400 <= answer.status < 500, answer.text
    assert answer.is_problem(answer.status)
    assert answer.status != 422 or answer.pointers
    assert await entries(house) == before
    return answer


@often
@given(body=st.binary(max_size=300))
async def test_bytes_are_no_request(shared_house: House, body: bytes) -> None:
    assert (await refused(shared_house, body)).status in {400, 422}


@often
@given(body=st.recursive(st.none() | st.booleans() | st.floats(-1, 1) | st.text(), st.lists, max_leaves=20))
async def test_json_that_is_no_object_is_no_request(shared_house: House, body: object) -> None:
    try:
        sent = orjson.dumps(body)
    except TypeError:  # a lone surrogate, which the next test is about
        return
    assert (await refused(shared_house, sent)).pointers == [""]


@often
@given(cut=st.integers(0, len(BODY) - 1))
async def test_a_request_that_was_cut_off_is_not_json(shared_house: House, cut: int) -> None:
    assert (await refused(shared_house, BODY[:cut])).status == 400


@often
@given(at_=st.integers(0, len(BODY)), byte=st.sampled_from([b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf8", b"\x80"]))
async def test_bytes_that_are_not_utf8_are_said_to_be_so(shared_house: House, at_: int, byte: bytes) -> None:
    answer = await refused(shared_house, BODY[:at_] + byte + BODY[at_:])

    assert answer.status == 400


@pytest.mark.parametrize("path", STRICT, ids=pointer)
async def test_a_wrong_type_is_pointed_at_wherever_it_stands(shared_house: House, path: Path) -> None:
    for wrong in WRONG[type(at(FULL, path))]:
        changed = copy.deepcopy(dict(FULL))
        at(changed, path[:-1])[path[-1]] = wrong

        answer = await refused(shared_house, orjson.dumps(changed))

        assert answer.status == 422
        assert all(place.startswith(pointer(path)) for place in answer.pointers), (wrong, answer.pointers)


@pytest.mark.parametrize("path", CLOSED, ids=pointer)
async def test_an_unknown_field_is_pointed_at_wherever_it_stands(shared_house: House, path: Path) -> None:
    changed = copy.deepcopy(dict(FULL))
    at(changed, path)["unheard of"] = None

    answer = await refused(shared_house, orjson.dumps(changed))

    assert answer.pointers == [pointer((*path, "unheard of"))]


@pytest.mark.parametrize("path", OBJECTS, ids=pointer)
async def test_a_name_written_twice_is_refused_wherever_it_stands(shared_house: House, path: Path) -> None:
    inner = orjson.dumps(at(FULL, path))
    name = next(iter(at(FULL, path)))
    twice = inner[:-1] + b", " + orjson.dumps(name) + b": " + orjson.dumps(at(FULL, path)[name]) + b"}"
    body = with_mark(path).replace(b'"MARK"', twice) if path else twice

    assert (await refused(shared_house, body)).pointers == [""]


@settings(often, max_examples=150)
@given(path=st.sampled_from(EVERYWHERE), vile=st.sampled_from(VILE))
async def test_what_nobody_could_store_is_refused_wherever_it_stands(
    shared_house: House, path: Path, vile: bytes
) -> None:
    assert (await refused(shared_house, with_mark(path).replace(b'"MARK"', vile))).status == 422


@often
@given(text=st.text(max_size=50))
async def test_any_text_is_taken_as_it_is_or_refused_with_a_reason(shared_house: House, text: str) -> None:
    answer = await shared_house.post(orjson.dumps({**MINIMAL, "reason": text}), JSON)

    if "\x00" in text:
        assert answer.pointers == ["/reason"]
    else:
        assert (answer.status, answer.json["reason"]) == (201, text)


@often
@given(body=st.binary(max_size=200), part=st.binary(max_size=100))
async def test_bytes_are_no_form(shared_house: House, body: bytes, part: bytes) -> None:
    await refused(shared_house, body, FORM)
    await refused(shared_house, b"--x\r\n" + part + b"\r\n\r\n" + BODY + b"\r\n--x--\r\n", FORM)
    named = b'--x\r\nContent-Disposition: form-data; name="request"\r\n'
    await refused(shared_house, named + part.replace(b"\n", b"") + b"\r\n\r\n" + body + b"\r\n--x--\r\n", FORM)


@often
@given(body=st.binary(min_size=1, max_size=100))
async def test_bytes_cancel_nothing(shared_house: House, body: bytes) -> None:
    asked = await shared_house.ask()

    await refused(shared_house, body, JSON, f"/v1/requests/{asked['id']}/cancel")

    assert (await shared_house.get(f"/v1/requests/{asked['id']}")).json["state"] == "pending"


# Headers and addresses

letters = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=300)


@often
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "Authorization",
                "Content-Type",
                "Content-Encoding",
                "Accept",
                "Cookie",
                "Range",
                "Origin",
                "Forwarded",
                "X-HTTP-Method-Override",
                "If-None-Match",
                "webhook-id",
                "webhook-timestamp",
                "webhook-signature",
            ]
        ),
        letters,
        min_size=1,
    ),
    path=st.sampled_from(["/v1/requests", f"/v1/requests/{NOBODY}", f"/v1/requests/{NOBODY}/events", "/healthz"]),
)
async def test_no_header_breaks_anything(shared_house: House, headers: dict[str, str], path: str) -> None:
    for answer in (await shared_house.get(path, headers), await shared_house.get(path, {**BEARER, **headers})):
        assert answer.status < 500
        assert answer.status < 400 or answer.is_problem(answer.status)


@often
@given(key=letters)
async def test_an_idempotency_key_is_a_key_or_is_pointed_at(shared_house: House, key: str) -> None:
    answer = await shared_house.post(orjson.dumps(MINIMAL), {**JSON, "Idempotency-Key": key})

    assert answer.status in {200, 201} or answer.pointers == ["/headers/Idempotency-Key"]


@often
@given(content_type=letters)
async def test_what_says_to_be_something_else_is_not_read(shared_house: House, content_type: str) -> None:
    answer = await refused(shared_house, b"\xff", {**BEARER, "Content-Type": content_type})

    assert answer.status in {400, 415}


@often
@given(word=st.text(max_size=60))
async def test_an_id_that_is_none_is_a_404(shared_house: House, word: str) -> None:
    path = f"/v1/requests/x{quote(word.encode('utf-8', 'surrogatepass'), safe='')}"

    for answer in (
        await shared_house.get(path),
        await shared_house.get(f"{path}/events"),
        await shared_house.post(b"{}", JSON, f"{path}/cancel"),
    ):
        assert answer.is_problem(404)


@often
@given(
    name=st.sampled_from(["limit", "state", "cursor", "nonsense"]),
    word=st.text(min_size=1, max_size=40).filter(lambda word: not word.strip().lstrip("+-0").isdigit()),
)
async def test_a_question_of_nonsense_is_pointed_at(shared_house: House, name: str, word: str) -> None:
    answer = await shared_house.get(f"/v1/requests?{name}={quote(word.encode('utf-8', 'surrogatepass'), safe='')}")

    if not (name == "state" and answer.status == 200):
        assert answer.is_problem(422)
        assert answer.pointers == [f"/query/{name}"]


@pytest.mark.parametrize(
    "cursor", ["0", "-1", "1.5", "1e3", "abc", "1'--", "9" * 30, "%00", "%ff", "1%0a", "%D9%A1", "", " 1"]
)
async def test_a_cursor_nobody_was_given_is_pointed_at(shared_house: House, cursor: str) -> None:
    answer = await shared_house.get(f"/v1/requests?cursor={cursor}")

    assert answer.is_problem(422)
    assert answer.pointers == ["/query/cursor"]
    assert "next_cursor" in answer.json["detail"]


@pytest.mark.parametrize("after", ["-1", "1.5", "x", "9" * 30, "%00", "%ff", str(2**53)])
async def test_a_place_in_the_log_that_is_none_is_pointed_at(shared_house: House, after: str) -> None:
    answer = await shared_house.get(f"/v1/requests/{NOBODY}/events?after={after}")

    assert answer.is_problem(422)
    assert answer.pointers == ["/query/after"]


@pytest.mark.parametrize("last", ["-1", "x", "9" * 30, "1.5", "1 2"])
async def test_an_event_nobody_was_sent_is_pointed_at(shared_house: House, last: str) -> None:
    answer = await shared_house.get(f"/v1/requests/{NOBODY}/events", {**BEARER, "Last-Event-ID": last})

    assert answer.is_problem(422)
    assert answer.pointers == ["/headers/Last-Event-ID"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/v1/requests", f"/v1/requests/{NOBODY}", "/healthz", "/openapi.json"])
async def test_a_method_that_is_not_there_says_which_are(shared_house: House, method: str, path: str) -> None:
    async with shared_house.client.request(method, path, headers=BEARER) as response:
        answer = await Answer.of(response)

    assert answer.is_problem(405)
    assert "GET" in answer.headers["Allow"]


@often
@given(path=st.text(min_size=1, max_size=60))
async def test_an_address_that_is_not_there_is_a_404(shared_house: House, path: str) -> None:
    answer = await shared_house.get("/nowhere/" + quote(path.encode("utf-8", "surrogatepass"), safe="/."), {})

    assert answer.is_problem(404)
