"""What the demo keeps between two starts: its secrets, its policy, and where it stood."""

import base64
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.cli.kept import kept_secret
from bot.sandbox.people import Roster
from bot.settings import Settings, SettingsInvalid
from bot.store import Occupancy, Occupied

TOKEN_ENV = "JIT_CI_TOKEN"  # noqa: S105 - the name of a variable
CHANNEL = "payments-releases"
"""Where the rule of the demo's policy shows its request."""

SECRET_ENV = "JIT_CI_SECRET"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoState:
    """The folder of a demo. The three ports are the bot's, the workspace's and the pipeline's, in a row."""

    folder: Path
    port: int
    bot_token: str
    app_token: str
    slack_signing_secret: str
    source_token: str
    callback_secret: str

    @property
    def bot_url(self) -> str:
        """Where the bot listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def workspace_url(self) -> str:
        """Where the local Slack workspace listens."""
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def card_url(self) -> str:
        """Where the card of the demo's request stands in the workspace."""
        return f"{self.workspace_url}/?channel={Roster().named(CHANNEL).id}"

    @property
    def database_url(self) -> str:
        """Where the books are."""
        return f"sqlite:///{self.folder / 'jit.db'}"

    @property
    def ask_file(self) -> Path:
        """Where the body lies that the pipeline asks with; it names the port that the answer goes to."""
        return self.folder / f"ask-{self.port}.json"

    @property
    def callback_url(self) -> str:
        """Where the pipeline waits for the answer."""
        return f"http://127.0.0.1:{self.port + 2}/answers"

    @property
    def token_file(self) -> Path:
        """Where the pipeline's token lies, for those who want to ask by hand."""
        return self.folder / "secrets" / "source_token"

    def settings(self) -> Settings:
        """Return the bot's settings: nothing of them comes from the environment."""
        return Settings(
            host="127.0.0.1",
            port=self.port,
            public_url=self.bot_url,
            database_url=self.database_url,
            policy_file=self.folder / "policy.yaml",
            slack_bot_token=SecretStr(self.bot_token),
            slack_signing_secret=SecretStr(self.slack_signing_secret),
            slack_api_url=f"{self.workspace_url}/api/",
            log_format="text",
        ).with_secrets({TOKEN_ENV: self.source_token, SECRET_ENV: self.callback_secret})


@contextmanager
def only_demo_in(folder: Path) -> Generator[None]:
    """Keep *folder*, made now if there is none, for this demo alone. Raises SettingsInvalid."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        occupancy = Occupancy(folder / "lock")
    except Occupied:
        raise SettingsInvalid(
            f"{folder}: another demo is running in this folder; stop it, or choose another with --state-dir"
        ) from None
    except OSError as error:
        raise SettingsInvalid(f"{folder}: {error.strerror}; choose another folder with --state-dir") from error
    try:
        yield
    finally:
        occupancy.leave()


def open_state(folder: Path, port: int | None) -> DemoState:
    """Return the demo kept in *folder*, made now if there is none. Without a *port* it is the last one, or 8080.

    Raises SettingsInvalid when the folder cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        chosen = port or _last_port(folder)
        (folder / "port").write_text(f"{chosen}\n", encoding="utf-8")
        if not (folder / "policy.yaml").exists():
            (folder / "policy.yaml").write_text(example("policy.yaml").decode(), encoding="utf-8")
    except OSError as error:
        raise SettingsInvalid(f"{folder}: {error.strerror}; choose another folder with --state-dir") from error
    kept = folder / "secrets"
    return DemoState(
        folder=folder,
        port=chosen,
        bot_token=kept_secret(kept / "bot_token", lambda: f"xoxb-{secrets.token_hex(16)}"),
        app_token=kept_secret(kept / "app_token", lambda: f"xapp-{secrets.token_hex(16)}"),
        slack_signing_secret=kept_secret(kept / "slack_signing_secret", lambda: secrets.token_hex(16)),
        source_token=kept_secret(kept / "source_token", lambda: secrets.token_urlsafe(32)),
        callback_secret=kept_secret(kept / "callback_secret", _webhook_secret),
    )


def example(name: str) -> bytes:
    """Return one of the examples: shipped inside the package, or where they lie in a checkout."""
    places = (Path(__file__).parent / "examples", Path(__file__).parents[3] / "examples")
    folder = next((place for place in places if place.is_dir()), None)
    if folder is None:
        raise SettingsInvalid("the examples that the demo asks with are not installed; run `make demo` in a checkout")
    return (folder / name).read_bytes()


def _webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _last_port(folder: Path) -> int:
    try:
        return int((folder / "port").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 8080
