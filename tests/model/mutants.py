"""Plants defects in the core, one at a time, and says which of them the models find, and by what.

Run by hand: ``python -m tests.model.mutants [--only WORD] [--jobs N]``. All of them take an hour of one processor; what
was found is written into docs/mutants.md, where lines of defects that were not planted this time stay as they are.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.model.planted import MUTANTS, ROOT, Mutant

PAGE = ROOT / "docs" / "mutants.md"
LONGEST = 1800
"""Seconds for one defect."""

MISSED = "**missed**"
UNKNOWN = "not planted yet"
_ROW = re.compile(r"\| `(?P<file>[^`]+)` \| (?P<what>.+?) \| (?P<killer>.+?) \|")
_FRAME = re.compile(r"^[ |]*tests/model/(?P<file>\w+)\.py:\d+: in (?P<name>\w+)$", re.MULTILINE)


def main() -> None:
    """Plant each, run its model, and write down what found it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only mutants whose file or meaning holds this word")
    parser.add_argument("--new", action="store_true", help="only those that the page doesn't say found yet")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    asked = parser.parse_args()
    found = rows(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    chosen = [one for one in MUTANTS if asked.only in f"{one.file} {one.what}"]
    if asked.new:
        chosen = [one for one in chosen if found.get(one.what, UNKNOWN) in {MISSED, UNKNOWN}]
    with ThreadPoolExecutor(asked.jobs) as pool:
        for mutant, killer in zip(chosen, pool.map(killer_of, chosen), strict=True):
            found[mutant.what] = killer
            PAGE.write_text(draw(found), encoding="utf-8")
            sys.stdout.write(f"{mutant.file}: {mutant.what}: {killer}\n")
            sys.stdout.flush()


def rows(page: str) -> dict[str, str]:
    """Return what *page* says of each defect, by its meaning."""
    return {row["what"]: row["killer"] for row in _ROW.finditer(page)}


def killer_of(mutant: Mutant) -> str:
    """Return what of the model fails on a copy of the house with the defect in it.

    Raises ValueError for one that can't be planted, RuntimeError when the tests could not run.
    """
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for part in ("bot", "tests"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        path, text = mutant.planted_in(copy)
        path.write_text(text, encoding="utf-8")
        options = ["-q", "-x", "--tb=short", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist"]
        command = [sys.executable, "-m", "pytest", *options, f"tests/model/test_{mutant.by}.py"]
        environment = {**os.environ, "PYTHONPATH": str(copy), "JIT_MODEL_EXAMPLES": "2000"}
        try:
            ran = subprocess.run(  # noqa: S603 - our own command
                command, cwd=copy, env=environment, capture_output=True, check=False, timeout=LONGEST
            )
        except subprocess.TimeoutExpired:
            return "it goes on for ever"
    return read_killer(ran.returncode, ran.stdout.decode())


def read_killer(code: int, said: str) -> str:
    """Return the place in the model that noticed. Raises RuntimeError when the tests could not run."""
    if code == 0:
        return MISSED
    frames = list(_FRAME.finditer(said))
    if code != 1 or not frames:
        raise RuntimeError(said)
    # The helpers through which everything goes say less than whatever called them.
    telling = [frame for frame in frames if not frame["name"].startswith("_")] or frames
    return f"`{telling[-1]['name']}`"


def draw(found: dict[str, str]) -> str:
    """Return the page."""
    lines = [(mutant, found.get(mutant.what, UNKNOWN)) for mutant in MUTANTS]
    count = sum(killer not in {MISSED, UNKNOWN} for _, killer in lines)
    return "\n".join(
        [
            "# Planted defects",
            "",
            f"`python -m tests.model.mutants` plants each of these {len(lines)} defects in the bot, alone, and runs a",
            f"model of `tests/model` on it. {count} were found; the last column says by what. No other test is asked.",
            "",
            "| where | what it would mean | found by |",
            "|---|---|---|",
            *(f"| `{mutant.file}` | {mutant.what} | {killer} |" for mutant, killer in lines),
            "",
        ]
    )


if __name__ == "__main__":
    main()
