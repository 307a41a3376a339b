"""`jit policy check --online`: every name that the workspace does not have is a line with its place."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from pydantic import SecretStr

from bot.cli.online import check_online
from bot.cli.operating import NoBot
from bot.sandbox import Workspace
from bot.settings import Settings, SettingsInvalid
from tests.fakes.slack import BOT_TOKEN, running_workspace

GOOD = """\
version: 1
defaults: {channel: "#approvals"}
sources: {ci: {token_env: JIT_CI_TOKEN}}
people:
  ana: {email: ana@acme.test, slack: U0ANA0000}
groups:
  qa: {users: [ana, bo@acme.test]}
rules:
  - {name: all, then: require_approval, route: {channel: "#payments-releases"}, stages: [{approvers: [qa]}]}
"""
BAD = """\
version: 1
defaults: {admin_channel: "#nowhere"}
sources: {ci: {token_env: JIT_CI_TOKEN}}
people:
  ana: {email: bo@acme.test, slack: U0ANA0000}
  gus: {slack: U0GUS0000}
  old: {slack: U0OLD0000}
groups:
  qa: {users: [ana, nobody@acme.test]}
rules:
  - name: all
    then: require_approval
    route: {channels: ["#general", C0PAYMENT]}
    stages: [{approvers: [qa, eve@other.test]}]
"""


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    async with running_workspace() as running:
        yield running


def settings_for(workspace: Workspace, token: str | None = BOT_TOKEN) -> Settings:
    secret = None if token is None else SecretStr(token)
    return Settings(slack_bot_token=secret, slack_api_url=f"{workspace.config.base_url}/api/")


async def checked(path: Path, policy: str, settings: Settings) -> int:
    def check() -> None:
        path.write_text(policy, encoding="utf-8")
        check_online(path, settings)

    try:
        await asyncio.to_thread(check)
    except typer.Exit as left:
        return left.exit_code
    return 0


async def test_a_policy_whose_names_are_all_there_is_good(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = await checked(tmp_path / "policy.yaml", GOOD, settings_for(workspace))

    assert (code, capsys.readouterr().err) == (0, "")


async def test_every_name_the_workspace_does_not_have_is_a_line_with_its_place(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roster = workspace.state.roster
    roster.put_channel(replace(roster.channel("C0PAYMENT"), is_archived=True))

    code = await checked(tmp_path / "policy.yaml", BAD, settings_for(workspace))

    lines = capsys.readouterr().err.replace(f"{tmp_path}/", "").splitlines()
    assert code == 1
    for line, words in zip(
        lines,
        [
            "policy.yaml:2:27: defaults.admin_channel: #nowhere: there is no such channel",
            "policy.yaml:5:16: people.ana.email: bo@acme.test: is the address of another account, U0BO00000",
            "policy.yaml:6:16: people.gus.slack: U0GUS0000: is a guest",
            "policy.yaml:7:16: people.old.slack: U0OLD0000: was deactivated",
            "policy.yaml:9:21: groups.qa.users.1: nobody@acme.test: Slack knows nobody",
            "policy.yaml:13:24: rules.0.route.channels.0: #general: the app is not in the channel",
            "policy.yaml:13:36: rules.0.route.channels.1: C0PAYMENT: the channel is archived",
            "policy.yaml:14:31: rules.0.stages.0.approvers.1: eve@other.test: ",
        ],
        strict=True,
    ):
        assert line.startswith(words)


async def test_without_a_token_or_a_slack_one_line_says_so(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"

    with pytest.raises(SettingsInvalid, match="SLACK_BOT_TOKEN"):
        await checked(path, GOOD, settings_for(workspace, None))
    with pytest.raises(NoBot, match=r"invalid_auth.*SLACK_BOT_TOKEN"):
        await checked(path, GOOD, settings_for(workspace, "xoxb-of-another-app"))
    nowhere = settings_for(workspace).model_copy(update={"slack_api_url": "http://127.0.0.1:9/api/"})
    with pytest.raises(NoBot, match=r"cannot_connect.*network"):
        await checked(path, GOOD, nowhere)
