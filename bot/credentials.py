"""The secrets that a policy's sources name: all of them are found in the settings before the policy holds."""

from collections.abc import Mapping
from dataclasses import replace

from bot.core.judging.policy import Policy
from bot.core.judging.source import Source
from bot.settings import Settings, SettingsInvalid
from handlers.door import Credentials, twins


def find_credentials(policy: Policy, settings: Settings) -> Mapping[str, Credentials]:
    """Return the credentials of each of *policy*'s sources. Raises SettingsInvalid with a line for each fault."""
    found: dict[str, Credentials] = {}
    faults: list[str] = []
    for source in policy.sources.values():
        try:
            _require_secrets(source, settings)
            found[source.name] = _credentials_of(source, settings)
        except SettingsInvalid as fault:
            faults += fault.lines
    for (first, name), (second, other) in twins(found):
        variable, same = (_variable(policy.sources[s], n) for s, n in ((second, other), (first, name)))
        faults.append(f"{variable}: is the same as {same}; every secret has one use, so make another one")
    if faults:
        raise SettingsInvalid(*faults)
    return found


def _credentials_of(source: Source, settings: Settings) -> Credentials:
    found = Credentials()
    for name in ("token", "signing_secret"):
        variable = _variable(source, name)
        if variable is not None:
            secret = settings.secret(variable).get_secret_value()
            try:
                found = replace(found, **{name: secret})
            except ValueError as error:
                raise SettingsInvalid(f"{variable}: {error}") from None
    return found


def _variable(source: Source, name: str) -> str | None:
    return source.token_env if name == "token" else source.signing_secret_env


def _require_secrets(source: Source, settings: Settings) -> None:
    """Say everything that is missing at once. Raises SettingsInvalid."""
    missing: list[str] = []
    for variable in filter(None, (source.token_env, source.signing_secret_env)):
        try:
            settings.secret(variable)
        except SettingsInvalid as fault:
            missing += fault.lines
    if missing:
        raise SettingsInvalid(*missing)
