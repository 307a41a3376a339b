"""What `jit serve` must not import: it would be in memory for as long as the bot runs, and in the way of its start."""

import json
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def imported() -> frozenset[str]:
    """Return every module that the command line has imported when it knows which command is meant."""
    ask = "import json, sys, bot.cli.door; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True, text=True)  # noqa: S603 - ours
    return frozenset(json.loads(done.stdout))


@pytest.mark.parametrize(
    "seldom", ["bot.sandbox", "jinja2", "alembic", "holidays", "icalendar", "handlers.api.description"]
)
def test_what_is_seldom_used_is_imported_when_it_is_used(imported: frozenset[str], seldom: str) -> None:
    assert "bot.cli.serve" in imported
    assert seldom not in imported
