"""Reports on their way in: every format as a file of a form, named or not; and nobody waits for a slow reader."""

import asyncio
import threading
from collections.abc import Iterator

import aiohttp
import orjson
import pytest

from bot.core.evidence import Outcomes, TestEvidence
from bot.reports import NAMES, Report
from handlers.api.asking.reports import ReportFile, ReportReader
from handlers.api.description import draw_openapi
from handlers.problems import Problem
from tests.handlers.api.house import BEARER, MINIMAL, House
from tests.reports.samples import SAMPLES

FILE = ReportFile(name="api", format=None, content=b"<testsuite/>", pointer="/reports/0/content")
NOTHING = Report(tests=TestEvidence(), outcomes=Outcomes())


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Lets a reader go that would otherwise read for ever."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("name", NAMES)
async def test_every_format_is_recognised_in_a_file_of_a_form(house: House, name: str) -> None:
    form = aiohttp.FormData()
    form.add_field("request", orjson.dumps(MINIMAL).decode(), content_type="application/json")
    form.add_field("report", SAMPLES[name].whole(), filename="report")

    async with house.client.post("/v1/requests", data=form, headers=BEARER) as answer:
        assert answer.status == 201
        tests = (await answer.json(content_type=None))["tests"]

    assert [tests[count] for count in ("total", "passed", "failed", "incomplete")] == [2, 1, 1, []]


async def test_a_report_under_another_name_is_refused_with_what_that_begins_with(house: House) -> None:
    report = {"name": "api", "format": "junit", "content": SAMPLES["jest"].whole().decode()}

    answer = await house.post(
        orjson.dumps({**MINIMAL, "reports": [report]}), {**BEARER, "Content-Type": "application/json"}
    )

    assert answer.is_problem(422)
    assert "begins with <testsuites>" in answer.text


def test_the_description_lists_every_format() -> None:
    schemas = draw_openapi("https://jit.acme.test", "1")["components"]["schemas"]
    (field,) = [each["properties"]["format"] for name, each in schemas.items() if name.endswith("ReportAsked")]

    assert tuple(next(each["enum"] for each in field["anyOf"] if "enum" in each)) == NAMES


async def test_a_reader_that_takes_too_long_is_not_waited_for(release: threading.Event) -> None:
    def slow(_content: bytes, _name: str, _format: str | None) -> Report:
        release.wait()
        return NOTHING

    reader = ReportReader(slow, seconds=0.05)

    with pytest.raises(Problem) as caught:
        await reader.read([FILE])

    assert [(fault.pointer, fault.detail) for fault in caught.value.faults] == [
        ("/reports/0/content", "took longer than 0.05 seconds to read")
    ]


async def test_the_loop_goes_on_while_a_report_is_read(release: threading.Event) -> None:
    """The loop itself lets the reader go: were it held, nobody would."""

    def slow(_content: bytes, _name: str, _format: str | None) -> Report:
        assert release.wait(timeout=60)
        return Report(tests=TestEvidence(total=1, passed=1), outcomes=Outcomes())

    asyncio.get_running_loop().call_later(0.01, release.set)

    assert (await ReportReader(slow, seconds=60).read([FILE])).tests.total == 1
