"""`jit demo` as a newcomer runs it: asked, answered, stopped, started again."""

import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
APPROVE = {
    "command": "/jit",
    "text": "approve 1",
    "team_id": "T0ACME000",
    "team_domain": "acme",
    "channel_id": "C0PAYMENT",
    "channel_name": "payments-releases",
    "user_id": "U0BO00000",
    "user_name": "bo",
    "api_app_id": "A0JITAPP0",
    "trigger_id": "1.2.3",
    "response_url": "http://127.0.0.1:9/none",
}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def _three_free_ports() -> int:
    """The first of three ports in a row that nobody has."""
    for first in range(20000 + os.getpid() % 20000, 60000, 3):
        try:
            for port in (first, first + 1, first + 2):
                with socket.socket() as one:
                    one.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no three ports in a row are free")


@contextmanager
def _demo(folder: Path, port: int) -> Generator[subprocess.Popen[str]]:
    words = [sys.executable, "-P", "-m", "bot", "demo", "--no-open", "--port", str(port), "--state-dir", str(folder)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.defpath, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as demo:  # noqa: S603 - our own command
        try:
            yield demo
        finally:
            demo.kill()


def _read_until(demo: subprocess.Popen[str], word: str) -> str:
    """What it said, up to the line with *word*; pytest's own time limit ends a wait for nothing."""
    assert demo.stdout is not None
    said: list[str] = []
    for line in demo.stdout:
        said.append(line)
        if word in line:
            return "".join(said)
    raise AssertionError(f"it ended without {word!r}: {''.join(said)}")


def _type_in_slack(folder: Path, port: int) -> None:
    """Send what Slack sends when bo types `/jit approve 1`."""
    secret = (folder / "secrets" / "slack_signing_secret").read_text().strip()
    body, now = urllib.parse.urlencode(APPROVE), str(int(time.time()))
    signature = hmac.digest(secret.encode(), f"v0:{now}:{body}".encode(), hashlib.sha256).hex()
    call = urllib.request.Request(
        f"http://127.0.0.1:{port}/slack/events",
        data=body.encode(),
        headers={"X-Slack-Request-Timestamp": now, "X-Slack-Signature": f"v0={signature}"},
    )
    with urllib.request.urlopen(call, timeout=60) as answer:  # noqa: S310 - our own bot
        assert answer.status == 200


def _stop(demo: subprocess.Popen[str], how: signal.Signals) -> int:
    demo.send_signal(how)
    return demo.wait(timeout=60)


def test_a_newcomer_asks_answers_stops_and_goes_on(tmp_path: Path) -> None:
    port = _three_free_ports()

    with _demo(tmp_path, port) as demo:
        welcome = _read_until(demo, "Ctrl-C")
        _type_in_slack(tmp_path, port)
        answer = _read_until(demo, "signed answer")
        stopped = _stop(demo, signal.SIGINT)
    with _demo(tmp_path, port) as demo:
        welcome_again = _read_until(demo, "Ctrl-C")
        stopped_again = _stop(demo, signal.SIGTERM)

    assert f"http://127.0.0.1:{port + 1}/?channel=C0PAYMENT" in welcome
    assert "request #1 was approved by bo" in answer
    assert "request #2" in welcome_again
    assert "Approve is one click" in welcome_again
    assert (stopped, stopped_again) == (0, 0)
    assert len((tmp_path / "callbacks.jsonl").read_text().splitlines()) == 1
    assert json.loads((tmp_path / "callbacks.jsonl").read_text())["data"]["tests"]["failed"] > 0
    _assert_no_secret_was_logged(tmp_path)


def _assert_no_secret_was_logged(folder: Path) -> None:
    log = (folder / "jit.log").read_text()
    assert log != ""
    for path in (folder / "secrets").iterdir():
        assert path.read_text().strip() not in log
