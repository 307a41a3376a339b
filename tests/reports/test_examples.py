"""What is shipped under examples/ is what really comes out of running it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.evidence import TestEvidence
from bot.reports import read_report

EXAMPLES = Path(__file__).parents[2] / "examples"
SHIPPED = EXAMPLES / "reports" / "api-gate.xml"


def read(path: Path) -> TestEvidence:
    return read_report(path.read_bytes(), "api gate", None)


@pytest.mark.slow
def test_running_the_suite_again_gives_the_shipped_ids_and_counts(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.xml"
    command = [sys.executable, "-m", "pytest", "failing-suite", f"--junitxml={fresh}", "-q"]

    done = subprocess.run(command, cwd=EXAMPLES, capture_output=True, check=False, timeout=100)  # noqa: S603 - our suite

    assert done.returncode == 1, done.stdout.decode()
    assert _told(read(fresh)) == _told(read(SHIPPED))


def test_the_shipped_report_is_whole_and_has_three_failures_that_explain_themselves() -> None:
    evidence = read(SHIPPED)

    assert (evidence.total, evidence.failed, evidence.skipped, evidence.incomplete) == (15, 3, 1, ())
    assert all(each.message.startswith("AssertionError: ") and each.line for each in evidence.failures)


def test_the_example_request_speaks_of_the_shipped_report() -> None:
    body = json.loads((EXAMPLES / "request.json").read_text("utf-8"))
    evidence = read(SHIPPED)

    said = [(each["id"], each["message"], each["file"], each["line"]) for each in body["tests"]["failures"]]

    assert said == [(each.id, each.message, each.file, each.line) for each in evidence.failures]
    assert body["tests"]["total"] == evidence.total


def _told(evidence: TestEvidence) -> tuple[object, ...]:
    failures = [(each.id, each.message, each.line) for each in evidence.failures]
    return evidence.total, evidence.passed, evidence.failed, evidence.skipped, failures
