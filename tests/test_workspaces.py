"""The settings of several workspaces: each its own, complete, and nothing that would be passed over."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.environment import SettingsInvalid
from bot.settings import Settings, read_settings
from bot.workspaces import key_of, read_workspaces

KEY = "0123456789abcdef0123456789abcdef"
ALL = {
    "JIT_SECRET_KEY": KEY,
    "JIT_WORKSPACES": "workspaces",
    "JIT_PUBLIC_URL": "https://jit.example.com/",
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": KEY,
    "SLACK_SIGNING_SECRET": KEY,
}
ACME = {"SLACK_TEAM_ID": "T0ACME", "JIT_DATABASE_URL": "sqlite:///acme.db", "JIT_POLICY_FILE": "acme.yaml"}
BETA = {"SLACK_TEAM_ID": "T0BETA", "JIT_DATABASE_URL": "sqlite:///beta.db", "JIT_POLICY_FILE": "beta.yaml"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with two workspaces, with none of our variables set but those for all of them."""
    for name in [name for name in os.environ if name.startswith(("JIT_", "SLACK_"))]:
        monkeypatch.delenv(name)
    for name, value in ALL.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workspaces").mkdir()
    write("acme", ACME)
    write("beta", BETA)
    return tmp_path


def write(name: str, lines: Mapping[str, str]) -> None:
    text = "".join(f"{key}={value}\n" for key, value in lines.items())
    Path("workspaces", f"{name}.env").write_text(text, encoding="utf-8")


def the_workspaces() -> Mapping[str, Settings]:
    return read_workspaces(read_settings())


def the_faults() -> tuple[str, ...]:
    with pytest.raises(SettingsInvalid) as caught:
        the_workspaces()
    return caught.value.lines


def test_without_a_folder_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JIT_WORKSPACES")

    assert the_workspaces() == {}


def test_each_has_its_own_and_what_is_for_all() -> None:
    acme, beta = the_workspaces().values()

    assert (acme.slack_team_id, acme.database_url, acme.policy_file) == (
        "T0ACME",
        "sqlite:///acme.db",
        Path("acme.yaml"),
    )
    assert (beta.slack_team_id, beta.database_url, beta.policy_file) == (
        "T0BETA",
        "sqlite:///beta.db",
        Path("beta.yaml"),
    )
    assert acme.public_url == "https://jit.example.com/workspaces/acme"
    assert beta.mount == "/workspaces/beta"
    for one in (acme, beta):
        slack = one.slack()
        assert slack.install is not None
        assert (slack.install.client_id, slack.install.team_id) == ("1.2", one.slack_team_id)
        assert slack.signing_secret == SecretStr(KEY)


def test_their_keys_are_of_their_teams_and_tell_nothing_of_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIT_SECRET_KEY_BEFORE", KEY[::-1])
    acme, beta = the_workspaces().values()

    keys = {one.secret_key for one in (acme, beta)} | {one.secret_key_before for one in (acme, beta)}
    assert len(keys) == 4
    assert SecretStr(KEY) not in keys
    assert acme.secret_key == key_of(SecretStr(KEY), "T0ACME")
    write("gamma", ACME)
    Path("workspaces", "acme.env").unlink()
    assert the_workspaces()["gamma"].secret_key == acme.secret_key


def test_what_a_policy_names_is_in_its_own_file_only(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("JIT_CI_TOKEN", "of everybody")
    (home / "token").write_text("from a file\n", encoding="utf-8")
    write(
        "acme",
        ACME | {"ACME_TOKEN": "of acme", "ACME_OTHER_FILE": str(home / "token"), "PLAIN": "$HOME ${JIT_CI_TOKEN}"},
    )
    acme, beta = the_workspaces().values()

    assert acme.secret("ACME_TOKEN") == SecretStr("of acme")
    assert acme.secret("ACME_OTHER") == SecretStr("from a file")
    assert acme.secret("PLAIN") == SecretStr("$HOME ${JIT_CI_TOKEN}")
    for settings, name in ((beta, "ACME_TOKEN"), (acme, "JIT_CI_TOKEN"), (acme, "SLACK_SIGNING_SECRET")):
        with pytest.raises(SettingsInvalid, match=f"{name}: the policy file names it, but the file of the workspace"):
            settings.secret(name)
    assert {"of acme", "from a file"} <= {*acme.known_secrets()}


def test_calendars_of_two_in_one_folder_are_kept_apart() -> None:
    write("beta", BETA | {"JIT_CALENDAR_COPIES": "elsewhere"})
    acme, beta = the_workspaces().values()

    assert acme.calendar_folder() == Path("calendars-acme")
    assert beta.calendar_folder() == Path("elsewhere")


def test_a_database_may_be_named_by_a_file(home: Path) -> None:
    (home / "url").write_text("postgresql://u:p@db/acme\n", encoding="utf-8")
    write(
        "acme",
        {**{k: v for k, v in ACME.items() if k != "JIT_DATABASE_URL"}, "JIT_DATABASE_URL_FILE": str(home / "url")},
    )

    assert the_workspaces()["acme"].database_url == "postgresql://u:p@db/acme"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("JIT_DATABASE_URL", "sqlite:///jit.db", "JIT_DATABASE_URL: is set beside JIT_WORKSPACES"),
        ("JIT_POLICY_FILE", "policy.yaml", "JIT_POLICY_FILE: is set beside"),
        ("SLACK_TEAM_ID", "T0ACME", "SLACK_TEAM_ID: is set beside"),
        ("SLACK_BOT_TOKEN", "xoxb-1", "SLACK_BOT_TOKEN: is set beside"),
        ("JIT_CALENDAR_COPIES", "x", "JIT_CALENDAR_COPIES: is set beside"),
        ("JIT_SECRET_KEY", "", "JIT_SECRET_KEY: is not set; with JIT_WORKSPACES it must be"),
        ("SLACK_CLIENT_ID", "", "SLACK_CLIENT_ID: is not set"),
        ("SLACK_CLIENT_SECRET", "", "SLACK_CLIENT_SECRET: is not set"),
        ("JIT_WORKSPACES", "nowhere", "JIT_WORKSPACES: nowhere: No such file or directory; name a folder"),
    ],
)
def test_what_is_set_for_the_whole_bot_fits(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)

    assert [fault for fault in the_faults() if fault.startswith(said)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SLACK_TEAM_ID": ""}, "SLACK_TEAM_ID: is not set; each workspace has its own"),
        ({"JIT_DATABASE_URL": ""}, "JIT_DATABASE_URL: is not set"),
        ({"JIT_POLICY_FILE": ""}, "JIT_POLICY_FILE: is not set"),
        ({"SLACK_TEAM_ID": "C0ACME"}, "SLACK_TEAM_ID: must begin with T"),
        ({"JIT_DATABASE_URL": "mysql://x"}, "JIT_DATABASE_URL: must begin with sqlite:// or postgresql://"),
        ({"JIT_PORT": "9"}, "JIT_PORT: is for the whole bot; set it beside JIT_WORKSPACES"),
        ({"SLACK_SIGNING_SECRET": KEY}, "SLACK_SIGNING_SECRET: is for the whole bot"),
        ({"SLACK_CLIENT_SECRET_FILE": "x"}, "SLACK_CLIENT_SECRET: is for the whole bot"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_BOT_TOKEN: is for the whole bot"),
        ({"CI_TOKEN_FILE": "missing"}, "CI_TOKEN_FILE: missing: No such file or directory"),
        ({"CI_TOKEN_FILE": "missing", "CI_TOKEN": "x"}, "CI_TOKEN: is set twice"),
    ],
)
def test_what_a_file_says_fits(changes: Mapping[str, str], said: str) -> None:
    write("beta", {**BETA, **changes})

    faults = the_faults()

    assert [fault for fault in faults if fault.startswith(f"workspaces/beta.env: {said}")], faults
    assert not any(KEY in fault for fault in faults)


def test_all_files_are_read_before_anything_is_said() -> None:
    write("acme", {**ACME, "JIT_PORT": "1"})
    write("beta", {**BETA, "SLACK_TEAM_ID": "x"})

    assert [fault.split(": ")[0] for fault in the_faults()] == ["workspaces/acme.env", "workspaces/beta.env"]


@pytest.mark.parametrize("name", ["SLACK_TEAM_ID", "JIT_DATABASE_URL"])
def test_two_of_them_have_nothing_in_common(name: str) -> None:
    write("beta", BETA | {name: ACME[name]})

    assert the_faults() == (f"{name}: the workspaces acme and beta have the same one; each has its own",)


def test_one_file_is_one_database_however_it_is_written(home: Path) -> None:
    write("beta", BETA | {"JIT_DATABASE_URL": f"sqlite:///{home}/workspaces/../acme.db"})

    assert the_faults()[0].startswith("JIT_DATABASE_URL: the workspaces acme and beta")


@pytest.mark.parametrize("name", ["Acme", "a_b", "-a", "a" * 41, "a b", "ä"])
def test_names_fit_into_an_address(name: str) -> None:
    write(name, BETA)

    assert "a workspace has a name of" in the_faults()[0]


def test_an_empty_folder_serves_nobody() -> None:
    for path in Path("workspaces").iterdir():
        path.unlink()

    assert the_faults() == ("JIT_WORKSPACES: workspaces: there is no NAME.env in it, one for each workspace",)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"SLACK_TEAM_ID=T1\nwhat is this\n", ":2: cannot be read"), (b"\xff\xfe", "is not UTF-8 text")],
)
def test_a_line_that_nobody_understands_is_not_passed_over(content: bytes, said: str) -> None:
    Path("workspaces", "beta.env").write_bytes(content)

    assert said in the_faults()[0]


def test_a_file_that_cannot_be_read_is_named(home: Path) -> None:
    Path("workspaces", "beta.env").unlink()
    (home / "workspaces" / "beta.env").mkdir()

    assert "workspaces/beta.env" in the_faults()[0]
