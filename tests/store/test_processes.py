"""Real processes: two that migrate at once, and one that is killed while it writes."""

import random
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.core.request import RequestId
from bot.store import AuditVerdict, Snapshot, schema_status, verify_audit
from tests.store.conftest import EmptyAgain, OpenStore
from tests.store.owner import owner_of

ROOT = Path(__file__).parent.parent.parent
KILLS = 3

Process = subprocess.Popen[str]


@contextmanager
def a_process(*words: str) -> Generator[Process]:
    command = [sys.executable, "-P", "-m", "tests.store.one_process", *words]
    environment = {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(  # noqa: S603 - our own script
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def say(process: Process, line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def hear(process: Process) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        assert process.stderr is not None
        raise AssertionError(process.stderr.read())
    return line.strip()


def test_processes_that_migrate_at_the_same_moment_all_succeed(empty_again: EmptyAgain) -> None:
    with ExitStack() as stack:
        processes = [stack.enter_context(a_process("migrate")) for _ in range(3)]
        assert [hear(process) for process in processes] == ["ready"] * 3
        for number in range(4):
            url = empty_again(number)
            for process in processes:
                say(process, url)
            assert len({hear(process) for process in processes}) == 1

            assert schema_status(url).is_current
            with owner_of(url) as run:
                assert run("SELECT count(*) FROM alembic_version") == [(1,)]
                assert run("SELECT count(*) FROM audit_head") == [(1,)]


async def test_everything_that_was_answered_is_there_after_a_kill(url: str, open_store: OpenStore) -> None:
    chance = random.Random()  # noqa: S311 - any moment will do
    answered: dict[str, str] = {}
    for _ in range(KILLS):
        answered |= answered_before_a_kill(url, after=chance.randrange(1, 120))

    store = await open_store("after")
    found, verdict = await store.read(lambda s: look(s, answered))

    assert {known for known, state in answered.items() if state == "approved" and found[known] != "approved"} == set()
    assert verdict.ok, verdict
    assert len(answered) >= KILLS


def answered_before_a_kill(url: str, after: int) -> dict[str, str]:
    """Let a process write, kill it *after* so many answers, and return what it was answered, the rest included."""
    with a_process("write", url) as process:
        lines = [hear(process) for _ in range(after)]
        process.kill()
        assert process.stdout is not None
        rest = process.stdout.read()
    lines += rest[: rest.rfind("\n") + 1].splitlines()
    return dict(line.split(" ") for line in lines)


def look(snapshot: Snapshot, ids: dict[str, str]) -> tuple[dict[str, str], AuditVerdict]:
    found: dict[str, str] = {}
    for known in ids:
        request = snapshot.request(RequestId(known))
        assert request is not None, f"{known} was answered and is lost"
        found[known] = request.state.value
    return found, verify_audit(snapshot)
