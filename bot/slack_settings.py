"""What the settings say of Slack, complete: one half of it alone is no way to reach it."""

from pydantic import BaseModel, ConfigDict, SecretStr


class InstallSettings(BaseModel):
    """How the app is installed by its page, and into which workspace; it has no token before."""

    model_config = ConfigDict(frozen=True)

    client_id: str
    client_secret: SecretStr
    team_id: str


class SlackSettings(BaseModel):
    """How to reach Slack, complete. With an app token it is Socket Mode, and the signing secret may be missing.

    There is either a bot token, or what it takes to get one by the install page.
    """

    model_config = ConfigDict(frozen=True)

    bot_token: SecretStr | None
    install: InstallSettings | None
    signing_secret: SecretStr | None
    app_token: SecretStr | None
    api_url: str
    pace: float
