"""Whatever answers in the bot's place, and whatever comes of its answer: exit 0 is for a whole, clear yes."""

import asyncio
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jit_gate import Astray, GateError, Unclear
from jit_gate.answers import read_request
from jit_gate.wire.strict_json import read_object

from tests.sdk.impostor import DIGEST, ID, OTHER_ID, a_decision, a_request, a_yes, http, impostor, problem
from tests.sdk.running import run, start

YES = http(a_yes())
BODY = json.dumps(a_yes()).encode()
TWICE = BODY + BODY
TWINS = BODY.replace(b'"state": "approved"', b'"state": "rejected", "state": "approved"')
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
PAGE = b"<html><body>Sign in, approved</body></html>"

NO_YES = {
    "a page with 200": http(PAGE, kind="text/html"),
    "a yes called a page": http(BODY, kind="text/html"),
    "a yes with no type": YES.replace(b"Content-Type: application/json\r\n", b""),
    "a page called JSON": http(PAGE),
    "nothing": b"",
    "an empty body": http(b""),
    "half a head": YES[:40],
    "half a body": YES[:-20],
    "a body longer than its head says, cut to a JSON of its own": http(b'{"id": 1}'),
    "no HTTP": b"220 ready\r\n",
    "a yes without a head": BODY,
    "two bodies in one": http(TWICE),
    "names written twice": http(TWINS),
    "no UTF-8": http(BODY.replace(b'"t"', b'"\xff"')),
    "UTF-16": http(json.dumps(a_yes()).encode("utf-16")),
    "a list of one yes": http([a_yes()]),
    "a page of a list": http({"items": [a_yes()], "next_cursor": None}),
    "nested without end": http(b"[" * 100_000),
    "NaN": http(BODY.replace(b'"revision": 1', b'"revision": NaN')),
    "two lengths": http(a_yes(), headers=["Content-Length: 3"]),
    "a length and chunks": http(a_yes(), headers=["Transfer-Encoding: chunked"]),
    "half a chunk": CHUNKED + b"%x\r\n" % len(BODY) + BODY[:-9],
    "no last chunk": CHUNKED + b"%x\r\n" % len(BODY) + BODY + b"\r\n",
    "compressed": http(gzip.compress(BODY), headers=["Content-Encoding: gzip"]),
    "a yes that is not a 200": http(a_yes(), "203 Non-Authoritative Information"),
    "a yes with 206": http(a_yes(), "206 Partial Content"),
    "a yes with 202": http(a_yes(), "202 Accepted"),
    "a yes with 500": http(a_yes(), "500 Internal Server Error"),
    "a yes with 404": http(a_yes(), "404 Not Found"),
    "a redirect": http(b"", "302 Found", headers=["Location: http://127.0.0.1:9/"]),
    "a redirect with a yes in it": http(a_yes(), "307 Temporary Redirect", headers=["Location: /elsewhere"]),
    "an early hint with a yes behind it": b"HTTP/1.1 103 Early Hints\r\n\r\n" + YES,
    "another request": http(a_yes(id=OTHER_ID)),
    "no id": http({k: v for k, v in a_yes().items() if k != "id"}),
    "an unknown state": http(a_yes() | {"state": "approved_partially"}),
    "a state in capitals": http(a_yes() | {"state": "APPROVED"}),
    "a state that is true": http(a_yes() | {"state": True}),
    "a yes nobody gave": http(a_yes() | {"decision": None}),
    "a yes decided to no": http(a_yes() | {"decision": a_decision(verdict="reject")}),
    "a yes without a verdict": http(a_yes() | {"decision": a_decision(verdict=None)}),
    "a yes by nobody": http(a_yes() | {"decision": a_decision(by=None)}),
    "a decision on what is open": http(a_request(decision=a_decision())),
    "conditions that are no list": http(a_yes() | {"decision": a_decision(conditions="max 10 %")}),
    "a yes to something else": http(a_yes(digest="sha256:" + "b" * 64)),
    "a digest of another kind": http(a_yes(digest="md5:1")),
    "too early": problem("425 Too Early", "x"),
    "a problem that says approved": http(
        a_yes() | {"type": "urn:jit:problem:no", "detail": "approved"}, "403 Forbidden", "application/problem+json"
    ),
}


@pytest.mark.parametrize("answer", NO_YES.values(), ids=NO_YES.keys())
async def test_only_a_whole_clear_yes_to_this_request_is_exit_0(answer: bytes) -> None:
    async with impostor(answer) as it:
        ended = await run("wait", ID, f"--digest={DIGEST}", "--retry-for=0s", "--wait-limit=0s", url=it.url)

    assert ended.code in {2, 3}, ended
    assert "approved\n" not in ended.out
    assert ended.err.startswith("jit-gate: ")
    assert "broken" not in ended.err


async def test_the_yes_that_all_of_these_are_made_of_is_one() -> None:
    async with impostor(YES) as it:
        ended = await run("wait", ID, f"--digest={DIGEST}", url=it.url)

    assert (ended.code, ended.out) == (0, "approved\n")


@pytest.mark.parametrize(
    "field", ["title", "action", "service", "environment", "commit", "parameters", "labels", "lane", "reason"]
)
async def test_an_answer_that_does_not_repeat_what_was_asked_is_no_yes(field: str) -> None:
    asked = a_yes(service="pay", environment="production", commit="9fceb02", lane="l", reason="r", labels=["x"])
    asked["parameters"] = {"version": "1"}
    words = ("--title=t", "--action=deploy", "--service=pay", "--environment=production", "--commit=9fceb02")
    more = ("--lane=l", "--reason=r", "--label=x", "--parameter=version=1")
    async with impostor(http(asked, "201 Created"), http(asked | {field: "other"}, "201 Created")) as it:
        same = await run("request", "--wait", *words, *more, url=it.url)
        other = await run("request", "--wait", *words, *more, url=it.url)

    assert (same.code, other.code) == (0, 3)
    assert f"differs in {field}" in other.err


async def test_what_changes_while_it_is_waited_for_is_no_yes() -> None:
    changed = a_yes(revision=2, digest="sha256:" + "b" * 64)
    async with impostor(http(a_request(), "201 Created"), http(a_request()), http(changed)) as it:
        ended = await run("request", "--wait", "--title=t", "--action=deploy", url=it.url)

    assert (ended.code, ended.out) == (3, "")


async def test_a_redirect_brings_the_token_to_nobody() -> None:
    async with impostor(YES) as thief, impostor(b"") as it:
        it.says = [http(b"", "308 Permanent Redirect", headers=[f"Location: {thief.url}/v1/requests/{ID}"])]
        ended = await run("wait", ID, "--retry-for=0s", url=it.url)

    assert (ended.code, thief.heard) == (3, [])
    assert "redirect (308) is not followed" in ended.err


async def test_an_answer_that_drips_ends_with_the_time_it_has() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED)
        while True:
            writer.write(b"1\r\n \r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with impostor(drip) as it:
        gate = await start("request", "--title=t", "--action=deploy", "--retry-for=1s", url=it.url)
        ended = await gate.end(seconds=15)

    assert (ended.code, ended.out) == (3, "")
    assert "no whole answer within 1 seconds" in ended.err


async def test_an_answer_without_end_is_not_kept() -> None:
    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED.replace(b"Transfer-Encoding: chunked\r\n", b""))
        while True:
            writer.write(b" " * 1_000_000)
            await writer.drain()

    async with impostor(flood) as it:
        ended = await (await start("wait", ID, "--retry-for=0s", url=it.url)).end(seconds=30)

    assert ended.code == 3
    assert "larger than any of the bot's" in ended.err


async def test_what_the_answer_says_moves_no_cursor_and_commands_no_runner() -> None:
    reason = "\x1b[2J\r\n::set-output name=x::y\n##vso[task.complete]ok\u202e the-token-of-ci-in-tests"
    no = a_request(state="rejected", decision=a_decision(verdict="reject", reason=reason))
    async with impostor(http(no)) as it:
        shown = await run("wait", ID, url=it.url)
        whole = await run("wait", ID, "--json", url=it.url)

    assert shown.code == 1
    for text in (shown.err, whole.out, whole.err):
        assert not {"\x1b", "\r", "\u202e"} & set(text)
        assert not any(line.startswith("::") or "##" in line for line in text.splitlines())
        assert "the-token-of-ci-in-tests" not in text
    assert json.loads(whole.out)["state"] == "rejected"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(a_yes())), json_values)
def test_a_field_with_any_other_value_is_read_or_refused_by_name(field: str, value: object) -> None:
    document = a_yes()
    document[field] = value

    try:
        seen = read_request(document)
    except (Astray, Unclear):
        return

    assert not seen.is_approved or (document["state"] == "approved" and document["decision"]["verdict"] == "approve")


def _disturbed(at: int, inserted: bytes) -> bytes:
    return BODY[:at] + inserted + BODY[at:]


@given(st.binary(max_size=200) | st.builds(_disturbed, st.integers(0, 500), st.binary(max_size=4)))
def test_any_bytes_are_read_or_refused_by_name(body: bytes) -> None:
    try:
        seen = read_request(read_object(body))
    except GateError:
        return

    assert seen.id == ID
