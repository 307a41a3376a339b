"""One contender in a process of its own: `python -m benchmarks.serve NAME FOLDER PORT [DATABASE_URL SLACK_PORT]`."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from benchmarks.bodies import APP_TOKEN, BOT_TOKEN, CALLBACK_SECRET, SECRET_KEY, SIGNING_SECRET, TOKEN
from benchmarks.contenders import bolt_app, floor_app, naive_app
from bot.app import build, utc_now
from bot.cli.running import running
from bot.log import start_log
from bot.sandbox import SandboxConfig, Workspace, create_app
from bot.settings import Settings

POLICY = """\
version: 1
defaults: {channel: "#approvals", timeout: 2h}
sources:
  ci: {kind: generic, token_env: BENCH_TOKEN, signing_secret_env: BENCH_SECRET}
people:
  ana: {email: ana@acme.test, slack: U0ANA0000, github: ana}
  bo: {email: bo@acme.test, slack: U0BO00000}
  chen: {email: chen@acme.test, slack: U0CHEN000}
groups:
  qa: {users: [ana, chen]}
rules:
  - name: green staging
    when: request.environment == "staging" && tests.total > 0 && tests.failed == 0
    then: auto_approve
  - name: red gate in production
    when: request.environment == "production" && tests.failed > 0
    then: require_approval
    stages: [{name: qa, approvers: [qa], quorum: 1}]
"""


def house_settings(folder: Path, port: int, database_url: str, slack_port: int) -> Settings:
    """Return the settings of the bot under load."""
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return Settings(
        host="127.0.0.1",
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        database_url=database_url,
        policy_file=folder / "policy.yaml",
        secret_key=SecretStr(SECRET_KEY),
        slack_bot_token=SecretStr(BOT_TOKEN),
        slack_signing_secret=SecretStr(SIGNING_SECRET),
        slack_api_url=f"http://127.0.0.1:{slack_port}/api/",
        log_level="warning",
    ).with_secrets({"BENCH_TOKEN": TOKEN, "BENCH_SECRET": CALLBACK_SECRET})


@asynccontextmanager
async def _served(app: web.Application, port: int) -> AsyncGenerator[None]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()


async def _serve(name: str, folder: Path, port: int, rest: list[str]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    match name:
        case "floor":
            serving = _served(floor_app(), port)
        case "naive":
            serving = _served(naive_app(rest[0]), port)
        case "bolt":
            serving = _served(bolt_app(), port)
        case "slack":
            config = SandboxConfig(bot_token=BOT_TOKEN, app_token=APP_TOKEN, signing_secret=SIGNING_SECRET)
            serving = _served(create_app(Workspace(config, utc_now)), port)
        case "house":
            serving = running(build(house_settings(folder, port, rest[0], int(rest[1]))))
        case _:
            raise SystemExit(f"no such contender: {name}")
    async with serving:
        await stop.wait()


if __name__ == "__main__":
    start_log("text", "warning")
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
