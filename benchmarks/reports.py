"""What reading a report costs, `python -m benchmarks.reports`: cases a second, memory, and how long others wait.

Every contender is a process of its own, so that its memory is its own; they are measured in rounds that alternate. The
floors only parse: lxml walks through the same JUnit report and looks at nothing, orjson reads the same CTRF report at
once. What counts is the processor's time. Meanwhile another thread asks for the interpreter every millisecond, as the
loop would: the longest that it was kept waiting is what a click could notice.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false
# pyright: reportAttributeAccessIssue=false, reportUnknownArgumentType=false
# (the two lines above: lxml is unannotated, and one of the floors)

import argparse
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from statistics import median

import orjson
from lxml import etree

from bot.reports import NAMES, read_report
from tests.reports.samples import SAMPLES

ROUNDS, CASES = 5, 60_000
WANTED = 100_000
"""Test cases a second, from JUnit."""


def walk_only(content: bytes) -> int:
    """(f) Walk through XML as a reader does, and look at nothing."""
    count = 0
    for _, element in etree.iterparse(BytesIO(content), events=("start", "end"), tag=("{*}testcase",)):
        count += 1
        element.clear()
    return count // 2


def parse_only(content: bytes) -> int:
    """(f) Read JSON at once, and look at nothing but the list's length."""
    return len(orjson.loads(content)["results"]["tests"])


def reader(name: str) -> Callable[[bytes], int]:
    """Return what reads a report as the house does."""
    return lambda content: read_report(content, "bench", name).total


@dataclass(frozen=True, slots=True)
class Contender:
    """Who reads which format."""

    read: Callable[[bytes], int]
    format: str


CONTENDERS: Mapping[str, Contender] = {
    "(f) lxml alone, junit": Contender(walk_only, "junit"),
    "(f) orjson alone, ctrf": Contender(parse_only, "ctrf"),
    **{name: Contender(reader(name), name) for name in NAMES},
}


@dataclass(frozen=True, slots=True)
class Figures:
    """One round: cases a second of the processor's time, peak memory in MiB, the longest wait of others in ms."""

    rate: float
    memory: int
    wait: float


@dataclass(slots=True)
class Wait:
    """How long another thread was kept from the interpreter, at most; in seconds."""

    longest: float = 0.0
    is_over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Ask for the interpreter every millisecond until it is over."""
        before = time.perf_counter()
        while not self.is_over.wait(0.001):
            now = time.perf_counter()
            self.longest, before = max(self.longest, now - before), now


def measure(name: str, cases: int) -> Figures:
    """Let one contender read, in this process."""
    contender = CONTENDERS[name]
    content, wait = SAMPLES[contender.format].many(cases), Wait()
    others = threading.Thread(target=wait.watch)
    others.start()
    started = time.thread_time()
    found = contender.read(content)
    seconds = time.thread_time() - started
    wait.is_over.set()
    others.join()
    if found < cases:
        raise RuntimeError(f"{name} found {found} of {cases} cases")
    return Figures(rate=cases / seconds, memory=_peak(), wait=wait.longest * 1e3)


def _peak() -> int:
    """Return the most memory that this process ever had, in MiB, as the kernel keeps it."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM:"))


def measure_apart(name: str, cases: int) -> Figures:
    """Let one contender read in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.reports", "--cases", str(cases), "--only", name]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own module
    return Figures(**json.loads(done.stdout))


def compare(cases: int, rounds: int) -> None:
    """Print what every contender came to, and the ratios to the floors."""
    found: dict[str, list[Figures]] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name, figures in found.items():
            figures.append(measure_apart(name, cases))
    rates = {name: median(each.rate for each in figures) for name, figures in found.items()}
    print(f"{'contender':26} {'cases/s':>9} {'MiB':>5} {'wait ms':>8}   rates of the rounds")
    for name, figures in found.items():
        memory, wait = max(each.memory for each in figures), median(each.wait for each in figures)
        print(
            f"{name:26} {rates[name]:9.0f} {memory:5} {wait:8.1f}   {' '.join(f'{each.rate:.0f}' for each in figures)}"
        )
    print(f"junit / lxml alone  {rates['junit'] / rates['(f) lxml alone, junit']:.2f}   (wanted: {WANTED} cases/s)")
    print(f"ctrf / orjson alone {rates['ctrf'] / rates['(f) orjson alone, ctrf']:.2f}")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", metavar="CONTENDER", help="measure this one, once, in this process; prints JSON")
    options = parser.parse_args()
    if options.only:
        figures = measure(options.only, options.cases)
        print(json.dumps({"rate": figures.rate, "memory": figures.memory, "wait": figures.wait}))
    else:
        compare(options.cases, options.rounds)


if __name__ == "__main__":
    main()
