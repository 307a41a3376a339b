import os
from pathlib import Path

import pytest

from bot.environment import read_secret
from bot.settings import Settings, SettingsInvalid, read_settings

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, with none of our variables set."""
    for name in [name for name in os.environ if name.startswith(("JIT_", "SLACK_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _the_fault() -> str:
    with pytest.raises(SettingsInvalid) as caught:
        read_settings()
    return str(caught.value)


def test_everything_has_a_default_but_slack() -> None:
    settings = read_settings()

    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8080, "http://127.0.0.1:8080")
    assert (settings.database_url, settings.policy_file) == ("sqlite:///jit.db", Path("policy.yaml"))
    assert (settings.slack_api_url, settings.slack_pace) == ("https://slack.com/api/", 1.0)
    assert (settings.log_format, settings.log_level) == (None, "info")
    assert (settings.secret_key, settings.slack_bot_token, settings.slack_app_token) == (None, None, None)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIT_PORT", "9000")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")

    settings = read_settings()

    assert settings.port == 9000
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"


def test_a_dotenv_file_is_read_and_the_environment_wins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".env").write_text("JIT_PORT=9000\nJIT_HOST=0.0.0.0\nJIT_CI_TOKEN=from-dotenv\n")
    monkeypatch.setenv("JIT_PORT", "9001")

    settings = read_settings()

    assert (settings.port, settings.host) == (9001, "0.0.0.0")  # noqa: S104 - only read, nobody listens
    assert settings.secret("JIT_CI_TOKEN").get_secret_value() == "from-dotenv"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_APP_TOKEN", "")
    monkeypatch.setenv("JIT_PORT", "")

    assert read_settings().slack_app_token is None
    assert read_settings().port == 8080


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JIT_SECRET_KEY", KEY),
        ("SLACK_BOT_TOKEN", "xoxb-1"),
        ("SLACK_SIGNING_SECRET", "8f742231b10e8888abcd99yyyzzz85a5"),
        ("SLACK_APP_TOKEN", "xapp-1"),
        ("JIT_DATABASE_URL", "postgresql://jit:hidden-word@db/jit"),
    ],
)
def test_every_secret_can_come_from_a_file(name: str, value: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "secret").write_text(value + "\n")
    monkeypatch.setenv(f"{name}_FILE", str(home / "secret"))

    dumped = read_settings().model_dump_json()
    settings = read_settings()

    assert value in (*settings.known_secrets(), settings.database_url)
    assert name == "JIT_DATABASE_URL" or value not in dumped


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("JIT_PORT", "eighty", "JIT_PORT: should be a valid integer"),
        ("JIT_PORT", "70000", "JIT_PORT: should be less than or equal to 65535"),
        ("JIT_DATABASE_URL", "mysql://db", "JIT_DATABASE_URL: must begin with sqlite:// or postgresql://"),
        ("JIT_PUBLIC_URL", "jit.acme.test", "JIT_PUBLIC_URL: must begin with https:// or http://"),
        ("JIT_SECRET_KEY", "short", "JIT_SECRET_KEY: must have 32 characters or more"),
        ("SLACK_BOT_TOKEN", "xapp-1", "SLACK_BOT_TOKEN: is not a bot token, which begins with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-1", "SLACK_APP_TOKEN: is not an app-level token, which begins with xapp-"),
        ("SLACK_SIGNING_SECRET", " ", "SLACK_SIGNING_SECRET: is none of Slack's, which have 32 characters"),
        ("SLACK_SIGNING_SECRET", "changeme", "SLACK_SIGNING_SECRET: is none of Slack's"),
        ("SLACK_SIGNING_SECRET", " " * 40, "SLACK_SIGNING_SECRET: is none of Slack's"),
        (
            "SLACK_API_URL",
            "http://slack-proxy.acme.test/api/",
            "SLACK_API_URL: must begin with https://; ",
        ),
        ("SLACK_API_URL", "http://127.0.0.1.acme.test/", "SLACK_API_URL: must begin with https://"),
        ("SLACK_API_URL", "http://10.0.0.1/api/", "SLACK_API_URL: must begin with https://"),
        ("SLACK_API_URL", "slack.com", "SLACK_API_URL: must begin with https:// or http://"),
        ("JIT_SLACK_PACE", "0", "JIT_SLACK_PACE: should be greater than 0"),
        ("JIT_LOG_LEVEL", "loud", "JIT_LOG_LEVEL: should be 'debug', 'info', 'warning' or 'error'"),
        ("JIT_LOG_FORMAT", "xml", "JIT_LOG_FORMAT: should be 'text' or 'json'"),
    ],
)
def test_a_bad_value_is_one_line_that_says_what_is_allowed(
    name: str, value: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    assert _the_fault().startswith(fault)
    assert "\n" not in _the_fault()


def test_every_bad_value_gets_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIT_PORT", "x")
    monkeypatch.setenv("JIT_LOG_LEVEL", "x")

    assert len(_the_fault().splitlines()) == 2


def test_a_bad_secret_is_not_repeated_in_its_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "canary-1234567890")

    assert "canary" not in _the_fault()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "No such file or directory; name a readable file"),
        (b"\n", "is empty; write the secret into it"),
        (b"\xff", "is not UTF-8 text"),
    ],
)
def test_an_unreadable_secret_file_says_so(
    content: bytes | None, fault: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(home / "secret"))
    if content is not None:
        (home / "secret").write_bytes(content)

    assert _the_fault().startswith("SLACK_BOT_TOKEN_FILE: ")
    assert fault in _the_fault()


def test_a_secret_given_twice_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "secret").write_text("xoxb-2")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(home / "secret"))

    assert _the_fault() == "SLACK_BOT_TOKEN: is set twice, also by SLACK_BOT_TOKEN_FILE; keep one of them"


def test_a_dotenv_file_that_is_no_text_says_so(home: Path) -> None:
    (home / ".env").write_bytes(b"JIT_PORT=\xff")

    assert _the_fault() == ".env: is not UTF-8 text; save it again as UTF-8"


def test_slack_needs_a_bot_token_and_a_way_to_be_reached() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        Settings().slack()

    assert [line.split(":")[0] for line in caught.value.lines] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]


def test_socket_mode_needs_no_signing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api")

    slack = read_settings().slack()

    assert slack.signing_secret is None
    assert slack.api_url == "http://127.0.0.1:9/api/"


@pytest.mark.parametrize("url", ["http://localhost:1/api/", "http://[::1]:1/", "http://127.0.0.2/", "https://a.test/"])
def test_slack_is_reached_over_tls_or_on_this_machine(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_API_URL", url)

    assert read_settings().slack_api_url == url


def test_a_source_secret_comes_from_the_environment_a_file_or_the_hand(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "secret").write_text("from-file\n")
    monkeypatch.setenv("JIT_CI_TOKEN", "from-environment")
    monkeypatch.setenv("JIT_CI_SECRET_FILE", str(home / "secret"))
    settings = Settings().with_secrets({"JIT_OTHER": "in-hand"})

    found = [settings.secret(name).get_secret_value() for name in ("JIT_CI_TOKEN", "JIT_CI_SECRET", "JIT_OTHER")]

    assert found == ["from-environment", "from-file", "in-hand"]
    assert "in-hand" in settings.known_secrets()
    assert read_secret("JIT_NONE") is None


def test_a_source_secret_that_is_nowhere_is_named() -> None:
    with pytest.raises(SettingsInvalid, match="JIT_CI_TOKEN: the policy file names it, but it is not set"):
        Settings().secret("JIT_CI_TOKEN")


def test_the_password_of_the_database_is_a_known_secret_and_never_shown() -> None:
    settings = Settings(database_url="postgresql://jit:hidden-word@db/jit")

    assert "hidden-word" in settings.known_secrets()
    assert "hidden-word" not in repr(settings)


def test_every_setting_is_described() -> None:
    described = (Path(__file__).parent.parent / "docs" / "settings.md").read_text(encoding="utf-8")

    names = [str(field.validation_alias) for field in Settings.model_fields.values()]

    assert [name for name in names if f"`{name}`" not in described] == []


INSTALL = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "a-client-secret-of-32-characters",
    "SLACK_TEAM_ID": "T0ACME000",
    "SLACK_SIGNING_SECRET": KEY,
}


def test_an_app_that_is_installed_by_its_page_needs_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in INSTALL.items():
        monkeypatch.setenv(name, value)

    settings = read_settings()
    slack = settings.slack()

    assert slack.bot_token is None
    assert slack.install is not None
    assert (slack.install.client_id, slack.install.team_id) == ("1.2", "T0ACME000")
    assert INSTALL["SLACK_CLIENT_SECRET"] in settings.known_secrets()


@pytest.mark.parametrize("missing", ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_TEAM_ID"])
def test_half_of_what_the_install_page_takes_is_refused(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in INSTALL.items():
        if name != missing:
            monkeypatch.setenv(name, value)

    with pytest.raises(SettingsInvalid, match=f"^{missing}: is not set"):
        read_settings().slack()


def test_a_token_and_the_install_page_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (INSTALL | {"SLACK_BOT_TOKEN": "xoxb-1"}).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsInvalid, match="keep the token, or these three"):
        read_settings().slack()
