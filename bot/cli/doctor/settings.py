"""Whether what is set is enough to start with, and can work."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Finding, fail, warn, well
from bot.cli.kept import kept_key_file, require_kept
from bot.settings import Settings, SettingsInvalid

_LOCAL = ("127.0.0.1", "localhost", "::1")


def check_settings(case: Case) -> Iterator[Finding]:
    """Look at what every start needs; that the settings can be read at all is known by now."""
    yield from _slack(case.settings)
    yield _secret_key(case.settings)
    yield _public_url(case.settings)


def _slack(settings: Settings) -> Iterator[Finding]:
    try:
        slack = settings.slack()
        mode = "Socket Mode" if slack.app_token is not None else "HTTP"
        what = "a token" if slack.bot_token is not None else f"what the install page of {settings.slack_team_id}"
    except SettingsInvalid as invalid:
        for line in invalid.lines:
            says, _, remedy = line.partition("; ")
            yield fail("settings.slack", says, remedy)
    else:
        yield well("settings.slack", f"{what} and what {mode} needs are set")


def _secret_key(settings: Settings) -> Finding:
    check, kept = "settings.secret_key", kept_key_file(settings)
    if settings.secret_key is not None:
        return well(check, "is set")
    if kept is None:
        return fail(check, "JIT_SECRET_KEY: is not set", "with PostgreSQL every replica needs the same one")
    if not kept.exists():
        return fail(check, f"JIT_SECRET_KEY: is not set, and {kept} is not there", "jit serve makes one")
    try:
        require_kept(kept)
    except SettingsInvalid as invalid:
        says, _, remedy = str(invalid).partition("; ")
        return fail(check, says, remedy or None)
    return well(check, f"is kept in {kept}")


def _public_url(settings: Settings) -> Finding:
    check, url = "settings.public_url", urlsplit(settings.public_url)
    here, slack = url.hostname in _LOCAL, urlsplit(settings.slack_api_url)
    if slack.hostname in _LOCAL or (url.scheme == "https" and not here):
        return well(check, settings.public_url)
    if settings.slack_app_token is None:
        return warn(
            check,
            f"{settings.public_url}: Slack sends clicks to https addresses that it can reach, and to no other",
            "set JIT_PUBLIC_URL to the address in the app's manifest, or use Socket Mode",
        )
    return warn(check, f"{settings.public_url}: links lead there", "set JIT_PUBLIC_URL to what people can open")
