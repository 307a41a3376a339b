"""From the command to ready, and what an idle house weighs: `python -m benchmarks.start [--rounds 5]`.

A ratio needs a floor: the same machine starting an aiohttp application that answers one path, in the same rounds.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.bodies import BOT_TOKEN, CALLBACK_SECRET, SECRET_KEY, SIGNING_SECRET, TOKEN
from benchmarks.run import contender, free_port
from benchmarks.serve import POLICY

FLOOR = """\
import sys
from aiohttp import web
async def ready(request): return web.json_response({})
app = web.Application()
app.router.add_get("/readyz", ready)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
"""
IDLE_SECONDS = 5.0


def seconds_to_ready(command: list[str], port: int, environment: Mapping[str, str]) -> tuple[float, float, float]:
    """Return the seconds until /readyz says 200, those of a processor, and the MiB when idle; then stop it."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=dict(environment))  # noqa: S603 - our own command
    try:
        while not _is_ready(port):
            if process.poll() is not None:
                raise RuntimeError("it ended before it was ready")
            time.sleep(0.01)
        ready, worked = time.perf_counter() - started, _processor_seconds(process.pid)
        time.sleep(IDLE_SECONDS)
        return ready, worked, _resident_mib(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _is_ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200  # noqa: PLR2004 - the one answer that means yes
    except (URLError, ConnectionError):
        return False


def _processor_seconds(pid: int) -> float:
    """Return what it has cost so far, in user and kernel mode; neighbours of the machine hardly change that."""
    user, system = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def house_environment(folder: Path, port: int, slack_port: int) -> dict[str, str]:
    """Return what `jit serve` is told, on SQLite in *folder*."""
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return {
        "PATH": os.environ["PATH"],
        "JIT_PORT": str(port),
        "JIT_DATABASE_URL": f"sqlite:///{folder}/jit.db",
        "JIT_POLICY_FILE": str(folder / "policy.yaml"),
        "JIT_SECRET_KEY": SECRET_KEY,
        "JIT_LOG_LEVEL": "warning",
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{slack_port}/api/",
        "BENCH_TOKEN": TOKEN,
        "BENCH_SECRET": CALLBACK_SECRET,
    }


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    found: dict[str, list[tuple[float, float, float]]] = {"aiohttp alone": [], "jit serve": []}
    with tempfile.TemporaryDirectory() as name, contender("slack", Path(name)) as slack:
        folder = Path(name)
        for _ in range(rounds):
            port = free_port()
            floor = [sys.executable, "-c", FLOOR, str(port)]
            found["aiohttp alone"].append(seconds_to_ready(floor, port, {"PATH": os.environ["PATH"]}))
            port = free_port()
            serve = [sys.executable, "-m", "bot", "serve"]
            found["jit serve"].append(seconds_to_ready(serve, port, house_environment(folder, port, slack)))
    for what, figures in found.items():
        starts = " ".join(f"{start:.2f}" for start, _, _ in figures)
        median, worked, weight = (statistics.median(column) for column in zip(*figures, strict=True))
        print(f"{what:16} ready after {median:.2f} s ({starts}), {worked:.2f} s of a processor, {weight:.0f} MiB idle")


if __name__ == "__main__":
    main()
