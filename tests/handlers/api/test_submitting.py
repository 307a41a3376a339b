"""Asking: what a good call makes, and what comes back."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from handlers.api.answers import RequestAnswered
from handlers.api.asking.reading import CUT_MARK
from tests.handlers.api.house import BEARER, FULL, MINIMAL, PUBLIC_URL, Answer, House

NESTED = (
    b'--x\r\nContent-Disposition: form-data; name="request"\r\n'
    b"Content-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n{}\r\n--y--\r\n--x--\r\n"
)
JUNIT = b"""<testsuites><testsuite name="api gate" tests="3" failures="1" skipped="1">
<testcase classname="tests.test_pay" name="test_refund"><failure message="expected 200">got 500</failure></testcase>
<testcase classname="tests.test_pay" name="test_pay"/>
<testcase classname="tests.test_pay" name="test_later"><skipped/></testcase>
</testsuite></testsuites>"""


async def send_form(house: House, request: Mapping[str, Any], *files: tuple[str, bytes], **extra: str) -> Answer:
    form = aiohttp.FormData()
    form.add_field("request", orjson.dumps(request).decode(), content_type="application/json")
    for name, content in files:
        form.add_field("report", BytesIO(content), filename=name, content_type="application/xml")
    for name, value in extra.items():
        form.add_field(name, value)
    async with house.client.post("/v1/requests", data=form, headers=BEARER) as answer:
        return await Answer.of(answer)


async def test_title_and_action_are_enough(house: House) -> None:
    answer = await house.post(orjson.dumps(MINIMAL), {**BEARER, "Content-Type": "application/json"})

    assert answer.status == 201
    assert answer.json["state"] == "pending"
    assert answer.json["number"] == 1
    assert answer.headers["Location"] == f"{PUBLIC_URL}/v1/requests/{answer.json['id']}"


async def test_everything_that_was_asked_comes_back(house: House) -> None:
    asked = await house.ask(FULL)

    RequestAnswered.model_validate_json(orjson.dumps(asked))
    plain = {name: value for name, value in FULL.items() if name not in {"requester", "authors", "tests"}}
    assert {name: asked[name] for name in plain} == plain
    assert asked["requester"]["person"] == "ana"
    assert [author["person"] for author in asked["authors"]] == ["bo", "github:a-stranger"]
    assert asked["tests"]["passed"] == 117
    assert [failure["line"] for failure in asked["tests"]["failures"]] == [7]


async def test_it_reads_the_same_later_as_when_it_was_made(house: House) -> None:
    asked = await house.ask(FULL)

    assert (await house.get(f"/v1/requests/{asked['id']}")).json == asked


async def test_a_policy_that_approves_by_itself_answers_at_once(house: House) -> None:
    asked = await house.ask({**MINIMAL, "environment": "staging"})

    assert asked["state"] == "approved"
    assert asked["decision"]["verdict"] == "approve"
    assert asked["policy"]["outcome"] == "auto_approve"


async def test_long_messages_are_cut_with_a_mark_and_not_refused(house: House) -> None:
    failure = {"id": "t", "message": "m" * 5000, "detail": "d" * 1000}

    asked = await house.ask({**MINIMAL, "tests": {"total": 1, "failed": 1, "failures": [failure]}})

    cut = asked["tests"]["failures"][0]
    assert len(cut["message"]) == 1000
    assert cut["message"].endswith(CUT_MARK)
    assert cut["detail"] == "d" * 1000


async def test_inline_reports_are_read(house: House) -> None:
    report = {"name": "api gate", "format": "junit", "content": JUNIT.decode()}

    asked = await house.ask({**MINIMAL, "reports": [report]})

    assert [asked["tests"][count] for count in ("total", "passed", "failed", "skipped")] == [3, 1, 1, 1]
    assert "expected 200" in asked["tests"]["failures"][0]["message"]


async def test_report_files_of_a_form_are_added_up(house: House) -> None:
    answer = await send_form(house, {**FULL, "tests": None}, ("one.xml", JUNIT), ("two.xml", JUNIT))

    assert answer.status == 201
    assert answer.json["tests"]["total"] == 6
    assert len(answer.json["tests"]["failures"]) == 2


async def test_a_request_in_a_file_is_a_request_too(house: House, tmp_path: Path) -> None:
    body = tmp_path / "request.json"
    body.write_bytes(orjson.dumps(MINIMAL))
    form = aiohttp.FormData()
    with body.open("rb") as file:
        form.add_field("request", file, filename="request.json", content_type="application/json")
        async with house.client.post("/v1/requests", data=form, headers=BEARER) as answer:
            assert answer.status == 201


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**MINIMAL, "reports": [{"content": "<not xml"}]}, "/reports/0/content"),
        ({**MINIMAL, "reports": [{"content": JUNIT.decode()}, {"content": ""}]}, "/reports/1/content"),
        ({**MINIMAL, "reports": [{"content": JUNIT.decode(), "format": "abacus"}]}, "/reports/0/content"),
        ({**MINIMAL, "reports": [{"content": JUNIT.decode()}], "tests": {"total": 1, "failed": 0}}, "/tests"),
    ],
)
async def test_a_report_that_is_of_no_use_is_named(house: House, body: Mapping[str, Any], pointer: str) -> None:
    answer = await house.post(orjson.dumps(body), {**BEARER, "Content-Type": "application/json"})

    assert answer.is_problem(422)
    assert answer.pointers == [pointer]
    assert await house.is_empty()


async def test_a_form_with_a_bad_report_names_its_part(house: House) -> None:
    answer = await send_form(house, MINIMAL, ("one.xml", b"<not xml"))

    assert answer.is_problem(422)
    assert answer.pointers == ["/parts/report"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"no boundary here", 400),
        (b"--x\r\n\r\n", 400),
        (b'--x\r\nContent-Disposition: form-data; name="request"\r\n\r\n{"title": "t", "action": "a"}', 400),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--x--\r\n", 400),
        (b'--x\r\nContent-Disposition: form-data; name="\x11"\r\n\r\n{}\r\n--x--\r\n', 400),
        (b"--x\r\nno header\r\n\r\n{}\r\n--x--\r\n", 400),
        (b"--x\r\n" + b"X: y\r\n" * 200 + b"\r\n{}\r\n--x--\r\n", 400),
        (b"--x\r\nX: " + b"y" * 9000 + b"\r\n\r\n{}\r\n--x--\r\n", 400),
        (b"--x--\r\n", 422),
        (b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\nno\r\n--x--\r\n', 422),
        (b'--x\r\nContent-Disposition: form-data; name="request"\r\n\r\nno JSON\r\n--x--\r\n', 400),
        (b'--x\r\nContent-Disposition: form-data; name="request"\r\n\r\n\xff\r\n--x--\r\n', 400),
        (
            NESTED,
            400,
        ),
    ],
)
async def test_a_broken_form_is_refused(house: House, body: bytes, status: int) -> None:
    answer = await house.post(body, {**BEARER, "Content-Type": "multipart/form-data; boundary=x"})

    assert answer.is_problem(status)
    assert await house.is_empty()


async def test_a_form_without_a_boundary_is_refused(house: House) -> None:
    answer = await house.post(b"--x--", {**BEARER, "Content-Type": "multipart/form-data"})

    assert answer.is_problem(400)


async def test_a_part_that_is_no_file_is_refused(house: House) -> None:
    answer = await send_form(house, MINIMAL, comment="hello")

    assert answer.is_problem(422)
    assert answer.pointers == ["/parts/comment"]


async def test_the_asked_timeout_shortens_the_wait(house: House) -> None:
    asked = await house.ask({**MINIMAL, "timeout": "30m"})

    assert asked["expires_at"] == "2026-03-04T12:30:00.000000Z"
