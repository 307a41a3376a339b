"""A new commit while people look at the old one: nobody's yes to the old counts, and all who care hear what changed."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.journeys.living import BO, PAYMENTS, Home, at_home, words_of
from tests.sdk.running import DEPLOY, run, start

OLD, NEW = "9fceb02d0ae598e95dc970b74767f19372d61af8", "a12b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b"
WHOLE = """\
<testsuites><testsuite name="api" tests="2" failures="2">
  <testcase classname="tests.api" name="test_pay"><failure message="expected 201, got 500"/></testcase>
  <testcase classname="tests.api" name="test_refund"><failure message="expected 201, got 500"/></testcase>
</testsuite></testsuites>
"""
CUT = WHOLE[: WHOLE.index('  <testcase classname="tests.api" name="test_refund"')]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living:
        yield living


async def test_the_pipeline_brings_what_was_missing_and_the_old_card_answers_what_changed(
    home: Home, tmp_path: Path
) -> None:
    report = tmp_path / "api.xml"
    report.write_text(CUT, encoding="utf-8")
    waits = await start("request", "--wait", *DEPLOY, f"--commit={OLD}", "--report=api.xml", url=home.url, cwd=tmp_path)
    await waits.until("waits for an answer")
    old = await home.card_saying("Can't be approved")
    await home.slack.click(user=BO, channel=PAYMENTS, ts=old.ts, action_id="jit_approve")
    (incomplete,) = await home.slack.until(lambda: home.slack.ephemerals(BO))
    request_id = words_of(incomplete).partition("jit-gate report ")[2].partition(" ")[0]

    report.write_text(WHOLE, encoding="utf-8")
    brought = await run(
        "report", request_id, f"--commit={NEW}", "--revision=1", "--report=api.xml", url=home.url, cwd=tmp_path
    )
    stopped = await waits.end()

    changed = "+1 failure, commit 9fceb02… → a12b3c4…, 1 → 2 tests, the results are complete now"
    assert (brought.code, brought.out) == (0, f"{request_id}\n")
    assert f"#1 is at revision 2, since revision 1: {changed}" in brought.err
    assert stopped.code == 3
    assert "What is asked has changed meanwhile" in stopped.err
    new = await home.card_saying("Changed since revision 1")
    assert new.ts == old.ts
    assert changed in words_of(new)
    late = await run(
        "report", request_id, f"--commit={OLD}", "--revision=1", "--report=api.xml", url=home.url, cwd=tmp_path
    )
    assert late.code == 3
    assert "This is revision 2 by now, not 1" in late.err
    await home.slack.click(user=BO, channel=PAYMENTS, ts=new.ts, action_id="jit_approve")
    ended = await home.show(request_id, wait=5)
    assert (ended["state"], ended["commit"], ended["reviews"][0]["revision"]) == ("approved", NEW, 2)
    final = await run("report", request_id, f"--commit={OLD}", "--report=api.xml", url=home.url, cwd=tmp_path)
    assert final.code == 3
    assert "no longer open: approved by bo" in final.err
    assert json.loads((await run("status", "--json", request_id, url=home.url)).out)["revision"] == 2
