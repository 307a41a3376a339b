"""The bot token for commands beside a running bot: the one that is set, or the one that its install page brought."""

from bot.cli.books import look
from bot.cli.operating import known_secret_key
from bot.settings import Settings, SettingsInvalid
from bot.slack.faults import NotInstalled, Unfit, read_fault, remedy_of
from bot.slack_wiring import vault_of


def token_of(settings: Settings) -> str:
    """Return the bot token as it is; one that has ended is the running bot's to renew.

    Raises SettingsInvalid when there is none, StoreUnusable when the books can't be read, NoBot without a secret key.
    """
    if settings.slack_bot_token is not None:
        return settings.slack_bot_token.get_secret_value()
    install = settings.slack().install
    team = install.team_id if install else ""
    installation = look(settings, lambda snapshot: snapshot.installation(team))
    try:
        if installation is None or installation.sealed is None:
            raise NotInstalled(team)
        return vault_of(settings, known_secret_key(settings)).open(installation.sealed, team).bot
    except Unfit as error:
        fault = read_fault(error)
        raise SettingsInvalid(f"{fault}; {remedy_of(fault)}") from None
