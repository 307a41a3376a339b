"""`jit policy explain --given …`: a trial takes what it is given for true, if it is anything that the policy counts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.door import run

POLICY = """\
version: 1
sources: {ci: {token_env: JIT_CI_TOKEN}}
rules:
  - {name: evening, when: now.getHours() >= 17, then: auto_reject}
  - {name: crowded, when: lane.open > 1, then: require_approval, limit: 30 per 1h}
  - {name: as bad as ever, when: tests.known > 0 && tests.new == 0, then: auto_approve}
  - {name: green, when: history.approved_last_30d >= 3, then: auto_approve, budget: 20 per 1d}
"""
Explain = Callable[..., tuple[int, str, str]]


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Explain:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "request.json").write_text(json.dumps({"title": "Deploy", "action": "deploy", "lane": "payments"}))

    def said(*given: str) -> tuple[int, str, str]:
        noon = ["--given", "now=2026-03-04T12:00:00Z"]
        code = run(["policy", "explain", "request.json", *noon, *(w for one in given for w in ("--given", one))])
        found = capfd.readouterr()
        return code, found.out, found.err

    return said


def test_without_anything_given_nothing_was_before(explain: Explain) -> None:
    code, out, _ = explain()

    assert code == 0
    assert out.startswith("a person is asked (rule: default)")
    assert "counted for it: history.approved_last_30d = 0, lane.open = 0\n" in out


@pytest.mark.parametrize(
    ("given", "first"),
    [
        (("history.approved_last_30d=3",), "approved by the policy (rule: green)"),
        (("history.approved_last_30d=3", "lane.open=2"), "a person is asked (rule: crowded)"),
        (("history.approved_last_30d=3", "green=19"), "approved by the policy (rule: green)"),
        (("history.approved_last_30d=3", "green=20"), "a person is asked (rule: default)"),
        (("now=2026-03-04T17:00:00Z",), "rejected by the policy (rule: evening)"),
    ],
)
def test_what_is_given_is_taken_for_true(explain: Explain, given: tuple[str, ...], first: str) -> None:
    assert explain(*given)[1].startswith(first)


def test_a_budget_that_is_used_up_is_said(explain: Explain) -> None:
    _, out, _ = explain("history.approved_last_30d=3", "green=20")

    assert "green: may not approve by itself: its budget of 20 per day is used up: 20 of 20" in out


def test_what_is_not_given_is_unknown_and_lets_nothing_through(explain: Explain, tmp_path: Path) -> None:
    tests = {"total": 9, "failed": 2}
    (tmp_path / "request.json").write_text(json.dumps({"title": "Deploy", "action": "deploy", "tests": tests}))

    _, all_known, _ = explain("tests.known=2")
    _, one_known, _ = explain("tests.known=1")

    assert all_known.startswith("approved by the policy (rule: as bad as ever)")
    assert (
        "as bad as ever: may not approve by itself: it looks at what is new or known, and of 1 that failed" in one_known
    )


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (
            "lane.opne=2",
            "lane.opne: unknown; allowed: history.approved_last_30d, history.rejected_last_30d, lane.open, tests.flaky",
        ),
        ("lane.opne=2", 'did you mean "lane.open"?'),
        ("crowded=2", "crowded: unknown"),
        ("lane.open=-1", "lane.open=-1: must be NAME=NUMBER, at most 1000, or now=MOMENT"),
        ("lane.open=1001", "at most 1000"),
        ("lane.open", "must be NAME=NUMBER"),
        ("now=noon", "now must be a moment with its zone"),
    ],
)
def test_what_is_counted_by_nobody_is_refused_in_one_line(explain: Explain, given: str, fault: str) -> None:
    code, out, err = explain(given)

    assert (code, out) == (2, "")
    assert fault in " ".join(err.split())
    assert len(err.splitlines()) == 1
