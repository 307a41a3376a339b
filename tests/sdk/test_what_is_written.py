"""What is written for people, for later steps and for later jobs; and which files are read."""

import io
import json
import os
import pty
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jit_gate import ApprovalRequest, BadInput
from jit_gate.answers import read_request
from jit_gate.cli import words
from jit_gate.cli.outputs import NotWritten, Outputs, draw_dotenv, draw_outputs, draw_summary, draw_tests
from jit_gate.cli.screen import HEARTBEAT, Screen
from jit_gate.cli.surroundings import Access
from jit_gate.cli.values import MAX_REPORT_BYTES, read_reports
from jit_gate.durations import draw_duration, read_duration

from tests.sdk.impostor import DIGEST, ID, a_decision, a_request, a_yes, http, impostor
from tests.sdk.running import run, start

VILE = "<img src=x onerror=alert(1)>\n\n# [a](https://evil.test) | ![x](https://evil.test/y) `c`\nid<<jit\nx"


NAMES = ["id", "number", "state", "digest", "url", "verdict", "by", "reason", "category", "conditions"]


def an_end(**decision: object) -> ApprovalRequest:
    return read_request(a_request(state="rejected", decision=a_decision(verdict="reject", **decision), title=VILE))


def as_github_reads(text: str) -> dict[str, str]:
    """Return the outputs of a step, as the runner reads its file."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        name, marked, mark = line.partition("<<")
        if marked:
            value: list[str] = []
            while (more := next(lines)) != mark:
                value.append(more)
            found[name] = "\n".join(value)
        else:
            assert line == "", f"a line of its own: {line!r}"
    return found


@given(st.text(max_size=60).map(lambda text: text.replace("\r", "")), st.lists(st.text(max_size=20), max_size=3))
def test_no_reason_writes_an_output_of_its_own(reason: str, conditions: list[str]) -> None:
    read = as_github_reads(draw_outputs(an_end(reason=reason, conditions=conditions)))

    assert list(read) == NAMES
    assert (read["id"], read["state"], read["reason"]) == (ID, "rejected", reason)
    assert json.loads(read["conditions"]) == conditions


@given(st.text(max_size=80))
def test_no_text_leaves_its_cell_of_the_summary(text: str) -> None:
    summary = draw_summary(an_end(reason=text, conditions=[text]))

    assert summary.index("\n\n") == len(summary) - 2
    assert summary.count("<") == draw_summary(an_end(reason="x", conditions=["x"])).count("<") - (
        6 if not text else 0  # a reason that is none has no row
    )


def test_the_summary_says_who_and_why() -> None:
    summary = draw_summary(an_end(reason=VILE, category="test_bug"))

    assert "<h3>Approval: rejected</h3>" in summary
    assert "<th>By</th><td>bo</td>" in summary
    assert "<th>Category</th><td>test_bug</td>" in summary
    assert "<img" not in summary


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ({"total": 412, "failed": 3, "new": 1, "known": 0, "flaky": 2}, ["3 of 412 failed: 1 new, 2 known flaky"]),
        ({"total": 412, "failed": 3}, ["3 of 412 failed"]),
        ({"total": 412, "failed": 0, "new": 0}, []),
        ({"total": 412, "failed": True}, []),
        ({"total": "<img>", "failed": 1}, []),
        (None, []),
        ([], []),
    ],
)
def test_the_summary_says_what_failed_as_far_as_the_bot_counted_it(tests: object, said: list[str]) -> None:
    assert draw_tests(tests) == said


def test_later_jobs_read_nothing_that_people_wrote() -> None:
    assert draw_dotenv(an_end(reason=VILE)).splitlines() == [
        f"JIT_REQUEST_ID={ID}",
        "JIT_REQUEST_NUMBER=1",
        "JIT_STATE=rejected",
        f"JIT_DIGEST={DIGEST}",
        "JIT_VERDICT=reject",
    ]


def test_a_verdict_that_is_none_is_not_written_down() -> None:
    strange = read_request(a_request(state="expired", decision=a_decision(verdict="approve\nJIT_STATE=approved")))

    assert draw_dotenv(strange).endswith("\nJIT_VERDICT=\n")


def test_any_other_ci_finds_each_output_in_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    Outputs(None, None, None, str(folder)).ended(an_end(reason=VILE, conditions=["x"]))

    assert {path.name for path in folder.iterdir()} == {*NAMES, "summary.html"}
    assert (folder / "reason").read_text(encoding="utf-8") == VILE
    assert (folder / "verdict").read_text(encoding="utf-8") == "reject"
    with pytest.raises(NotWritten):
        Outputs(None, None, None, str(folder / "id" / "x")).asked(an_end())


def test_what_stood_there_before_is_kept_or_replaced_as_its_readers_expect(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("outputs", "summary", "dotenv")]
    for file in files:
        file.write_text("before\n", encoding="utf-8")

    Outputs(*map(str, files)).ended(read_request(a_yes()))

    assert [file.read_text(encoding="utf-8").startswith("before\n") for file in files] == [True, True, False]


def test_outputs_that_can_not_be_written_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotWritten):
        Outputs(None, None, str(tmp_path / "nowhere" / "x")).asked(read_request(a_yes()))


async def test_a_yes_that_later_steps_could_not_read_is_no_yes(tmp_path: Path) -> None:
    async with impostor(http(a_yes())) as it:
        ended = await run("wait", ID, f"--dotenv={tmp_path}/nowhere/x", url=it.url)

    assert (ended.code, ended.out) == (3, "")


async def test_a_result_that_nobody_can_read_is_no_yes(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    async with impostor(http(a_yes())) as it:
        ended = await run("wait", ID, url=it.url, env={"GITHUB_OUTPUT": str(full)})

    assert ended.code == 3


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_log_says_only_what_is_new_and_that_it_is_alive() -> None:
    time, err = Time(), io.StringIO()
    screen = Screen(err=err, clock=time)

    with screen.watching():
        for now in (0.0, 20.0, HEARTBEAT, HEARTBEAT + 20):
            time.now = now
            screen.progress("it waits")
        screen.progress("it is asked back")

    assert err.getvalue().splitlines() == [
        "jit-gate: it waits",
        "jit-gate: it waits, after 4m 00s",
        "jit-gate: it is asked back",
    ]


def test_a_terminal_has_one_living_line() -> None:
    time, err = Time(), io.StringIO()
    screen = Screen(err=err, clock=time, is_live=True)

    with screen.watching():
        time.now = 65.0
        screen.progress("it waits " + "x" * 500)
        screen.say("something")

    first, said = err.getvalue().split("\n")[0].split("\r\x1b[K")[1:3]
    assert first.startswith("1m 05s · it waits x")
    assert len(first) < 200
    assert said == "jit-gate: something"
    assert err.getvalue().endswith("\n\r\x1b[K"), "it leaves an empty line"


async def test_on_a_real_terminal_it_ticks() -> None:
    ours, theirs = pty.openpty()
    async with impostor(http(a_request())) as it:
        gate = await start("wait", ID, "--wait-limit=3s", url=it.url, env={"TERM": "xterm"}, err=theirs)
        os.close(theirs)
        ended = await gate.end()
    seen = os.read(ours, 65536).decode()
    os.close(ours)

    assert ended.code == 2
    assert "0s · #1 waits for an answer of stage qa" in seen
    assert "1s · #1 waits" in seen


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "#1 waits for an answer of stage qa until 2026-11-27 12:00 UTC, nobody has answered yet"),
        ({"stage": None, "expires_at": None}, "#1 waits for an answer, nobody has answered yet"),
        ({"releases_at": "12:00"}, "#1 is answered; it counts from 12:00 unless that is taken back"),
        (
            {
                "reviews": [
                    {"by": {"person": "bo", "name": "-"}, "verdict": "approve", "reason": None, "void": void}
                    for void in (True, False)
                ]
            },
            "#1 waits for an answer of stage qa until 2026-11-27 12:00 UTC, 1 answered so far",
        ),
        (
            {"stage": None, "slack": [{"channel": "C", "ts": "1", "permalink": "https://acme.slack.com/p1"}]},
            "#1 waits for an answer until 2026-11-27 12:00 UTC, nobody has answered yet: https://acme.slack.com/p1",
        ),
        ({"slack": [{"channel": "C", "ts": "1", "permalink": None}]}, "#1 waits for an answer of stage qa"),
    ],
)
def test_where_it_stands_is_one_sentence(fields: dict[str, Any], said: str) -> None:
    assert words.standing(read_request(a_request(**fields))).startswith(said)


def test_people_are_led_to_the_card() -> None:
    card = {"channel": "C", "ts": "1", "permalink": "https://acme.slack.com/archives/C/p1"}

    assert words.where(read_request(a_request(slack=[card]))) == "https://acme.slack.com/archives/C/p1"


def test_an_emergency_and_its_conditions_are_said() -> None:
    decision = a_decision(reason="INC-7", category="risk", conditions=["max 10 %", "watch it"], break_glass=True)

    said = words.ending(read_request(a_request(state="approved", decision=decision)))

    assert said == (
        "#1 is approved by bo in an emergency (break-glass) [risk]: INC-7; on condition: max 10 %; watch it"
    )


def test_whoever_prints_how_we_reach_the_bot_prints_no_token() -> None:
    assert "secret" not in repr(Access("https://jit.test", "secret"))


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1800), ("1h30m", 5400), ("0s", 0), ("250ms", 0.25), ("1.5h", 5400), ("2d", 172_800)]
)
def test_a_duration_is_read_as_the_policy_reads_it(text: str, seconds: float) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "30", "-1m", "1m ", "m", "1 m", "1y", "\u0661m", "1e3s", "9999999999s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_duration(text)


@pytest.mark.parametrize(("seconds", "text"), [(9.9, "9s"), (245, "4m 05s"), (3720, "1h 02m"), (90_000, "25h 00m")])
def test_a_duration_is_drawn_for_people(seconds: float, text: str) -> None:
    assert draw_duration(seconds) == text


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a.xml", "build/b.xml", "build/deep/er/c.xml", "build/d.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    return tmp_path


def test_a_pattern_means_files_each_once_and_in_order(folder: Path) -> None:
    found = read_reports(["build/**/*.xml", "build/b.xml", str(folder / "a.xml"), "**"])

    names = [report.name for report in found]
    assert names[:3] == ["build/b.xml", "build/deep/er/c.xml", str(folder / "a.xml")]
    assert sorted(names[3:]) == ["a.xml", "build/d.json"]
    assert found[0].content == b"build/b.xml"


@pytest.mark.parametrize("pattern", ["*.trx", "build", "build/deep/**/*.json", ""])
def test_a_pattern_that_means_no_file_is_an_error(folder: Path, pattern: str) -> None:
    with pytest.raises(BadInput, match="matches no file"):
        read_reports([str(folder / "a.xml"), pattern])


def test_more_than_the_bot_takes_is_not_sent(folder: Path) -> None:
    for name in ("a.xml", "build/b.xml"):
        (folder / name).write_bytes(b" " * (MAX_REPORT_BYTES // 2 + 1))

    with pytest.raises(BadInput, match="10 MiB"):
        read_reports(["**/*.xml"])
