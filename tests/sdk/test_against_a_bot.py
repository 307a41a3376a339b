"""jit-gate against a whole house: what people answer in Slack is what the pipeline's step exits with."""

import asyncio
import json
import signal
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.living import APPROVALS, BO, PAYMENTS, POLICY, TOKEN, Home, at_home
from tests.sdk.running import DEPLOY, Ended, Run, run, start

REPORT = """\
<testsuites><testsuite name="api" tests="3" failures="1">
  <testcase classname="tests.api" name="test_pay"/><testcase classname="tests.api" name="test_list"/>
  <testcase classname="tests.api" name="test_refund"><failure message="expected 201, got 500"/></testcase>
</testsuite></testsuites>
"""
CONDITIONAL = """\
  - name: carefully
    when: request.action == "careful"
    then: require_approval
    stages: [{name: qa, approvers: [qa], quorum: 1}]
    require_condition: true
"""


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living:
        yield living


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """What a job has made: two folders deep, a report."""
    folder = tmp_path / "job"
    (folder / "build" / "api").mkdir(parents=True)
    (folder / "build" / "api" / "junit.xml").write_text(REPORT, encoding="utf-8")
    return folder


async def asking(home: Home, build: Path, *more: str, env: dict[str, str] | None = None) -> Run:
    words = ("request", "--wait", *DEPLOY, "--report", "build/**/*.xml", *more)
    return await start(*words, url=home.url, cwd=build, env=env)


async def answered(home: Home, action: str, reason: str | None = None) -> None:
    """Click as Bo, and say why when asked."""
    card = await home.card_saying(action)
    clicked = await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id=action)
    assert clicked.complaint is None
    if reason is not None:
        assert clicked.view is not None
        inputs = [block for block in clicked.view.blocks if block["type"] == "input"]
        (why,) = [one["block_id"] for one in inputs if one["element"]["type"] == "plain_text_input"]
        assert not (await home.slack.submit_view(BO, clicked.view.id, {why: reason})).errors


async def only_request(home: Home) -> dict[str, Any]:
    found = await run("status", "--json", (await _ids(home))[0], url=home.url)
    return json.loads(found.out)


async def _ids(home: Home) -> list[str]:
    async with home.http.get(f"{home.url}/v1/requests", headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
        return [item["id"] for item in (await answer.json())["items"]]


async def test_an_approval_is_exit_0(home: Home, build: Path) -> None:
    gate = await asking(home, build)
    await gate.until("waits for an answer")

    await answered(home, "jit_approve")

    ended = await gate.end()
    assert (ended.code, ended.out) == (0, "approved\n")
    assert "#1 is approved by bo" in ended.err
    asked = await only_request(home)
    assert (asked["tests"]["total"], asked["tests"]["failed"]) == (3, 1)
    assert asked["tests"]["failures"][0]["id"].endswith("test_refund")


async def test_a_rejection_is_exit_1_and_its_reason_stands_in_the_job_summary(home: Home, build: Path) -> None:
    summary, outputs = build / "summary.md", build / "outputs"
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs)}
    gate = await asking(home, build, env=github)
    await gate.until("waits for an answer")

    await answered(home, "jit_reject", "the <b>refund</b> is wrong\n\n# really ::error::")

    ended = await gate.end()
    assert (ended.code, ended.out) == (1, "rejected\n")
    assert "the <b>refund</b> is wrong" in ended.err
    written = summary.read_text(encoding="utf-8")
    assert "<td>the &lt;b&gt;refund&lt;/b&gt; is wrong # really ::error::</td>" in written
    assert written.count("\n\n") == 1, "what people wrote ends no block"
    assert "state<<jit-" in outputs.read_text(encoding="utf-8")


async def test_whoever_waits_elsewhere_hears_the_same(home: Home, build: Path) -> None:
    dotenv = build / "jit.env"
    asked = await run("request", *DEPLOY, "--report=build/api/*.xml", "--dotenv=jit.env", url=home.url, cwd=build)
    assert asked.code == 0
    request_id = asked.out.strip()
    named = dict(line.split("=", 1) for line in dotenv.read_text(encoding="utf-8").splitlines())
    assert (named["JIT_REQUEST_ID"], named["JIT_STATE"]) == (request_id, "pending")
    open_still = await run("status", request_id, url=home.url)
    assert (open_still.code, open_still.out) == (2, "pending\n")
    gate = await start("wait", request_id, f"--digest={named['JIT_DIGEST']}", url=home.url)
    await gate.until("waits for an answer")

    await answered(home, "jit_approve")

    assert (await gate.end()).code == 0
    assert (await run("status", request_id, url=home.url)).code == 0
    other = await run("wait", request_id, f"--digest=sha256:{'0' * 64}", url=home.url)
    assert (other.code, "is none to what this waits for" in other.err) == (3, True)


async def test_what_expires_is_exit_2(home: Home, build: Path) -> None:
    ended = await (await asking(home, build, "--timeout=1s")).end()

    assert (ended.code, ended.out) == (2, "expired\n")


async def test_what_is_cancelled_is_exit_2_and_cancelling_it_twice_is_no_error(home: Home, build: Path) -> None:
    gate = await asking(home, build)
    await gate.until("waits for an answer")
    (request_id,) = await _ids(home)

    cancelled = await run("cancel", request_id, "--reason=not today", url=home.url)
    again = await run("cancel", request_id, url=home.url)

    ended = await gate.end()
    assert (cancelled.code, cancelled.out, again.code) == (0, "cancelled\n", 0)
    assert (ended.code, ended.out) == (2, "cancelled\n")
    assert "not today" in ended.err


async def test_what_is_approved_can_not_be_cancelled_any_more(home: Home, build: Path) -> None:
    gate = await asking(home, build)
    await gate.until("waits for an answer")
    await answered(home, "jit_approve")
    assert (await gate.end()).code == 0

    (request_id,) = await _ids(home)
    late = await run("cancel", request_id, url=home.url)

    assert (late.code, late.out) == (1, "")


async def test_a_question_is_shown_and_the_wait_goes_on(home: Home, build: Path) -> None:
    asked = await run("request", *DEPLOY, "--report=build/**/*.xml", url=home.url, cwd=build)
    request_id = asked.out.strip()
    card = await home.card()
    clicked = await home.choose(BO, card, "Ask a question …")
    assert clicked.view is not None
    (what,) = [one["block_id"] for one in clicked.view.blocks if one["type"] == "input"]
    await home.slack.submit_view(BO, clicked.view.id, {what: "is that the\nnew key?"})

    gate = await start("wait", request_id, url=home.url)
    shown = await gate.until("is asked back by bo")
    async with home.http.post(
        f"{home.url}/v1/requests/{request_id}/answer",
        json={"text": "yes"},
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as answer:
        assert answer.status == 200
    await answered(home, "jit_approve")

    assert r"is that the\nnew key?" in shown, "a question is one line, whatever is in it"
    assert (await gate.end()).code == 0


async def test_the_end_of_the_wait_is_exit_2_and_leaves_it_open(home: Home, build: Path) -> None:
    ended = await (await asking(home, build, "--wait-limit=1s")).end()

    assert (ended.code, ended.out) == (2, "pending\n")
    assert (await only_request(home))["state"] == "pending"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_job_that_is_cancelled_takes_its_request_back(home: Home, build: Path, number: signal.Signals) -> None:
    gate = await asking(home, build)
    await gate.until("waits for an answer")

    gate.process.send_signal(number)

    ended = await gate.end(seconds=8)
    assert (ended.code, ended.out) == (2, "cancelled\n")
    taken_back = await only_request(home)
    assert taken_back["state"] == "cancelled"
    assert number.name in taken_back["decision"]["reason"]


async def test_a_job_that_is_cancelled_keeps_its_request_where_that_is_wanted(home: Home, build: Path) -> None:
    gate = await asking(home, build, "--keep")
    await gate.until("waits for an answer")

    gate.process.terminate()

    assert (await gate.end(seconds=8)).code == 2
    assert (await only_request(home))["state"] == "pending"


async def test_two_signals_are_one(home: Home, build: Path) -> None:
    gate = await asking(home, build)
    await gate.until("waits for an answer")

    gate.process.send_signal(signal.SIGINT)
    gate.process.send_signal(signal.SIGTERM)

    assert (await gate.end(seconds=30)).code == 2
    assert (await only_request(home))["state"] == "cancelled"


async def test_what_a_rule_settles_at_once_is_not_waited_for(home: Home, tmp_path: Path) -> None:
    counts = tmp_path / "counts.json"
    counts.write_text('{"total": 3, "failed": 0}', encoding="utf-8")
    words = ("--title=t", "--action=deploy", "--environment=staging", f"--tests={counts}")

    ended = await run("request", "--wait", *words, url=home.url)

    assert (ended.code, ended.out) == (0, "approved\n")


async def test_an_approval_on_a_condition_holds_unless_somebody_keeps_the_condition(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY + CONDITIONAL, encoding="utf-8")
    async with at_home(tmp_path) as home:
        asked = await run("request", "--title=t", "--action=careful", url=home.url)
        request_id = asked.out.strip()
        card = await home.card(APPROVALS)
        clicked = await home.slack.click(user=BO, channel=APPROVALS, ts=card.ts, action_id="jit_approve_reason")
        assert clicked.view is not None
        inputs = [one for one in clicked.view.blocks if one["type"] == "input"]
        said = {one["block_id"]: "max 10 %" for one in inputs if one["element"]["type"] == "plain_text_input"}
        assert not (await home.slack.submit_view(BO, clicked.view.id, said)).errors

        held, kept = await asyncio.gather(
            run("wait", request_id, url=home.url), run("wait", request_id, "--accept-conditions", url=home.url)
        )

    assert (held.code, held.out) == (2, "approved\n")
    assert "max 10 %" in held.err
    assert kept.code == 0


async def test_the_same_key_is_the_same_request(home: Home, build: Path) -> None:
    first, second = [
        await run("request", *DEPLOY, "--report=build/**/*.xml", "--idempotency-key=7", url=home.url, cwd=build)
        for _ in range(2)
    ]
    other = await run("request", *DEPLOY, "--reason=other", "--idempotency-key=7", url=home.url, cwd=build)

    assert first.out == second.out
    assert (other.code, other.out) == (3, "")
    assert len(await _ids(home)) == 1


async def _refused(home: Home, *words: str, env: dict[str, str] | None = None) -> Ended:
    ended = await run(*words, url=home.url, env=env)
    assert (ended.code, ended.out) == (3, "")
    return ended


async def test_what_the_bot_refuses_is_exit_3_and_says_where(home: Home) -> None:
    ended = await _refused(home, "request", "--title=t", "--action=deploy", "--service=a\u200bb", "--ref=a  b")

    assert "/service" in ended.err
    assert "/ref" in ended.err


async def test_a_wrong_token_is_exit_3_and_is_not_shown(home: Home) -> None:
    ended = await _refused(home, "request", "--title=t", "--action=deploy", env={"JIT_TOKEN": "wrong-token-of-mine"})

    assert "401" in ended.err
    assert "wrong-token-of-mine" not in ended.err


async def test_another_sources_request_is_exit_3(home: Home) -> None:
    ended = await _refused(home, "wait", "01890000-0000-7000-8000-000000000000")

    assert "404" in ended.err


async def test_a_pattern_that_matches_no_report_asks_nobody(home: Home, build: Path) -> None:
    ended = await run("request", *DEPLOY, "--report=target/*.xml", url=home.url, cwd=build)

    assert (ended.code, ended.out) == (3, "")
    assert await _ids(home) == []
