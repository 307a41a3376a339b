"""The settings: what they are called, what they may be, and what is missing."""

from collections.abc import Mapping
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.environment import DOTENV, SettingsInvalid, read_named_secret, read_secret, require_readable
from bot.slack_settings import InstallSettings, SlackSettings

SHORTEST_KEY = 32
SECRETS = frozenset(
    {
        "JIT_DATABASE_URL",
        "JIT_SECRET_KEY",
        "JIT_SECRET_KEY_BEFORE",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_APP_TOKEN",
        "SLACK_CLIENT_SECRET",
    }
)


def _begins_with(prefixes: tuple[str, ...], value: str) -> str:
    if value.startswith(prefixes):
        return value
    raise ValueError(f"must begin with {' or '.join(prefixes)}")


def _token(prefixes: tuple[str, ...], what: str, value: SecretStr) -> SecretStr:
    if value.get_secret_value().startswith(prefixes):
        return value
    raise ValueError(f"is not {what}, which begins with {' or '.join(prefixes)}")


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) >= SHORTEST_KEY:
        return value
    raise ValueError(f"must have {SHORTEST_KEY} characters or more; `openssl rand -hex 32` makes a good one")


def _slack_secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value().strip()) >= SHORTEST_KEY:
        return value
    raise ValueError(f"is none of Slack's, which have {SHORTEST_KEY} characters; copy it from Basic Information")


def _encrypted_or_here(value: str) -> str:
    """Refuse to send tokens over a network in the clear."""
    parts = urlsplit(value)
    if parts.scheme == "https" or _is_here(parts.hostname or ""):
        return value
    raise ValueError("must begin with https://; http:// is for this machine only (127.0.0.1, [::1], localhost)")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


WebAddress = Annotated[str, AfterValidator(partial(_begins_with, ("https://", "http://")))]
DatabaseUrl = Annotated[str, AfterValidator(partial(_begins_with, ("sqlite://", "postgresql://")))]
BotToken = Annotated[SecretStr, AfterValidator(partial(_token, ("xoxb-", "xoxe.xoxb-"), "a bot token"))]
AppToken = Annotated[SecretStr, AfterValidator(partial(_token, ("xapp-",), "an app-level token"))]
SlackAddress = Annotated[WebAddress, AfterValidator(_encrypted_or_here)]
SlackSecret = Annotated[SecretStr, AfterValidator(_slack_secret)]
TeamId = Annotated[str, AfterValidator(partial(_begins_with, ("T",)))]
SecretKey = Annotated[SecretStr, AfterValidator(_long_enough)]


class Settings(BaseModel):
    """Everything that can be set from outside; made by :func:`read_settings`, or by hand with these field names."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    host: str = Field(default="127.0.0.1", validation_alias="JIT_HOST", min_length=1)
    port: int = Field(default=8080, validation_alias="JIT_PORT", ge=0, le=65535)
    public_url: WebAddress = Field(default="http://127.0.0.1:8080", validation_alias="JIT_PUBLIC_URL")
    database_url: DatabaseUrl = Field(default="sqlite:///jit.db", validation_alias="JIT_DATABASE_URL", repr=False)
    policy_file: Path = Field(default=Path("policy.yaml"), validation_alias="JIT_POLICY_FILE")
    secret_key: SecretKey | None = Field(default=None, validation_alias="JIT_SECRET_KEY")
    secret_key_before: SecretKey | None = Field(default=None, validation_alias="JIT_SECRET_KEY_BEFORE")
    slack_bot_token: BotToken | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_signing_secret: SlackSecret | None = Field(default=None, validation_alias="SLACK_SIGNING_SECRET")
    slack_app_token: AppToken | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_client_id: str | None = Field(default=None, validation_alias="SLACK_CLIENT_ID", min_length=1)
    slack_client_secret: SlackSecret | None = Field(default=None, validation_alias="SLACK_CLIENT_SECRET")
    slack_team_id: TeamId | None = Field(default=None, validation_alias="SLACK_TEAM_ID")
    workspaces: Path | None = Field(default=None, validation_alias="JIT_WORKSPACES")
    slack_api_url: SlackAddress = Field(default="https://slack.com/api/", validation_alias="SLACK_API_URL")
    slack_pace: float = Field(default=1.0, validation_alias="JIT_SLACK_PACE", gt=0, le=1000)
    calendar_copies: Path | None = Field(default=None, validation_alias="JIT_CALENDAR_COPIES")
    history_days: int = Field(default=90, validation_alias="JIT_HISTORY_DAYS", ge=1, le=3650)
    issuer_copies: Path | None = Field(default=None, validation_alias="JIT_ISSUER_COPIES")
    log_format: Literal["text", "json"] | None = Field(default=None, validation_alias="JIT_LOG_FORMAT")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", validation_alias="JIT_LOG_LEVEL")

    _in_hand: dict[str, SecretStr] = PrivateAttr(default_factory=dict[str, SecretStr])
    _handed_out: set[str] = PrivateAttr(default_factory=set[str])
    _of: str | None = PrivateAttr(default=None)

    @property
    def mount(self) -> str:
        """Return below which path its calls are answered: a workspace among several has one of its own."""
        return f"/workspaces/{self._of}" if self._of else ""

    def of_workspace(self, name: str, found: Self, secrets: Mapping[str, str]) -> Self:
        """Return *found* as the settings of one workspace among several, of which these are the process's.

        What its policy names is looked for in *secrets* and nowhere else: one workspace has no hand on another's.
        """
        own = found.with_secrets(secrets)
        own = own.model_copy(update={"public_url": f"{self.public_url.rstrip('/')}/workspaces/{name}"})
        own._of = name  # noqa: SLF001 - the copy is one of us
        return own

    def with_secrets(self, named: Mapping[str, str]) -> Self:
        """Return these settings with *named* secrets in hand, so that the environment is not asked for them."""
        copy = self.model_copy()
        copy._in_hand = {name: SecretStr(value) for name, value in named.items()}  # noqa: SLF001 - the copy is one of us
        return copy

    def secret(self, name: str) -> SecretStr:
        """Return the secret that a policy file names (``token_env: JIT_CI_TOKEN``). Raises SettingsInvalid."""
        found = self._in_hand.get(name) or (None if self._of else read_secret(name))
        if found is None and self._of:
            raise SettingsInvalid(
                f"{name}: the policy file names it, but the file of the workspace {self._of} does not"
            )
        if found is None:
            raise SettingsInvalid(f"{name}: the policy file names it, but it is not set; set {name} or {name}_FILE")
        self._handed_out.add(found.get_secret_value())
        return found

    def secret_file(self, path: str) -> SecretStr:
        """Return the secret in a file that the policy file names, beside it. Raises SettingsInvalid."""
        beside = self.policy_file.parent / path
        try:
            content = beside.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
            raise SettingsInvalid(f"{path}: {why}; the policy file names it, so it must be readable") from None
        if not content:
            raise SettingsInvalid(f"{path}: is empty; the policy file names it, so it must hold the secret")
        self._handed_out.add(content)
        return SecretStr(content)

    def calendar_folder(self) -> Path | None:
        """Return where the last good copies of calendars are kept: beside a SQLite database, unless it is set."""
        return self.calendar_copies or self._beside_the_database("calendars")

    def issuer_folder(self) -> Path | None:
        """Return where the last good copies of issuers' keys are kept, likewise."""
        return self.issuer_copies or self._beside_the_database("issuers")

    def _beside_the_database(self, name: str) -> Path | None:
        if not self.database_url.startswith("sqlite:///"):
            return None
        return Path(self.database_url.removeprefix("sqlite:///")).parent / name

    def slack(self) -> SlackSettings:
        """Return what is needed to talk with Slack. Raises SettingsInvalid when something is missing."""
        install = self._install()
        missing = [
            f"{name}: is not set; {where} (or set {name}_FILE)"
            for name, value, where in (
                (
                    "SLACK_BOT_TOKEN",
                    install or self.slack_bot_token,
                    "copy it from your app's page OAuth & Permissions",
                ),
                (
                    "SLACK_SIGNING_SECRET",
                    self.slack_signing_secret or self.slack_app_token,
                    "copy it from your app's page Basic Information, or set SLACK_APP_TOKEN for Socket Mode",
                ),
            )
            if value is None
        ]
        if missing:
            raise SettingsInvalid(*missing)
        return SlackSettings(
            bot_token=self.slack_bot_token,
            install=install,
            signing_secret=self.slack_signing_secret,
            app_token=self.slack_app_token,
            api_url=self.slack_api_url.rstrip("/") + "/",
            pace=self.slack_pace,
        )

    def _install(self) -> InstallSettings | None:
        """Return what an installation by the page takes. Raises SettingsInvalid for half of it, and beside a token."""
        client_id, secret, team = self.slack_client_id, self.slack_client_secret, self.slack_team_id
        if client_id is None and secret is None and team is None:
            return None
        if self.slack_bot_token is not None:
            raise SettingsInvalid(
                "SLACK_BOT_TOKEN: is set beside SLACK_CLIENT_ID, SLACK_CLIENT_SECRET or SLACK_TEAM_ID; "
                "keep the token, or these three to install the app by /slack/install"
            )
        if client_id is None or secret is None or team is None:
            named = (("SLACK_CLIENT_ID", client_id), ("SLACK_CLIENT_SECRET", secret), ("SLACK_TEAM_ID", team))
            lines = [f"{name}: is not set; the install page takes all three" for name, value in named if value is None]
            raise SettingsInvalid(*lines)
        return InstallSettings(client_id=client_id, client_secret=secret, team_id=team)

    def known_secrets(self) -> tuple[str, ...]:
        """Return every secret value in these settings and all that were handed out, for the log to strike."""
        keys = (self.secret_key, self.secret_key_before, self.slack_client_secret)
        own = (*keys, self.slack_bot_token, self.slack_signing_secret, self.slack_app_token)
        values = {secret.get_secret_value() for secret in (*own, *self._in_hand.values()) if secret is not None}
        password = urlsplit(self.database_url).password
        return tuple(sorted(values | self._handed_out | ({password} if password else set())))


class _SecretFiles(PydanticBaseSettingsSource):
    """`NAME_FILE` for every secret: its content without the line end, as container platforms mount it."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[object, str, bool]:
        """Return what the file of this field says, if it is a secret and there is one."""
        name = str(field.validation_alias or field_name)
        return (read_named_secret(name) if name in SECRETS else None), name, False

    def __call__(self) -> dict[str, object]:
        """Return every secret that was given as a file."""
        found = (self.get_field_value(field, name) for name, field in self.settings_cls.model_fields.items())
        return {name: value for value, name, _ in found if value is not None}


class _FromOutside(Settings, BaseSettings):
    """The same, read from the environment, then `.env`, then files."""

    model_config = SettingsConfigDict(
        env_file=DOTENV, env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment before `.env`, and files last: nobody sets both."""
        del init_settings, file_secret_settings
        return (env_settings, dotenv_settings, _SecretFiles(settings_cls))


def read_settings() -> Settings:
    """Return the settings of this process. Raises SettingsInvalid with a line for everything that is wrong."""
    try:
        require_readable(Path(DOTENV))
        return _FromOutside()
    except ValidationError as error:
        raise SettingsInvalid(*as_lines(error)) from None
    except UnicodeDecodeError:
        raise SettingsInvalid(f"{DOTENV}: is not UTF-8 text; save it again as UTF-8") from None


def as_lines(error: ValidationError) -> list[str]:
    """Return a line for everything that is wrong, by the name that it is set by; never with what was given."""
    names = {name: str(field.validation_alias or name) for name, field in Settings.model_fields.items()}
    faults = ((str(fault["loc"][0]), _sentence(fault["msg"])) for fault in error.errors(include_input=False))
    return [f"{names.get(where, where)}: {what}" for where, what in faults]


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").removeprefix("Input ")
