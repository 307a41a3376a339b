"""The secrets that a policy's sources name: all of them are found in the settings before the policy holds."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from bot.core.judging.policy import Policy
from bot.core.judging.source import Source
from bot.delivery.native import Unusable, require_usable
from bot.settings import Settings, SettingsInvalid
from handlers.door import Credentials, SigningSecret, Token, twins

T = TypeVar("T", Token, SigningSecret)


def find_credentials(policy: Policy, settings: Settings) -> Mapping[str, Credentials]:
    """Return the credentials of each of *policy*'s sources. Raises SettingsInvalid with a line for each fault."""
    faults: list[str] = []
    found = {source.name: _credentials_of(source, settings, faults) for source in policy.sources.values()}
    faults += [
        f"{second}: is the same as {first}; every secret has one use, so make another one"
        for first, second in twins(found)
    ]
    if faults:
        raise SettingsInvalid(*faults)
    return found


def _credentials_of(source: Source, settings: Settings, faults: list[str]) -> Credentials:
    """Return what could be found; everything that is missing or unfit is said at once."""
    return Credentials(
        tokens=_found(source.token_envs, settings, faults, lambda name, value: Token(name=name, value=value)),
        signing=_found(
            source.signing_secret_envs, settings, faults, lambda name, value: SigningSecret(name=name, value=value)
        ),
        native=_native(source, settings, faults),
    )


def _native(source: Source, settings: Settings, faults: list[str]) -> Mapping[str, Token]:
    """Return the secrets of a native source's own kind, by what they are, called by their variable or file."""
    found: dict[str, Token] = {}
    named = {what: (name, settings.secret) for what, name in source.secrets.items()}
    for what, (name, read) in (named | {it: (path, settings.secret_file) for it, path in source.files.items()}).items():
        try:
            secret = read(name).get_secret_value()
            require_usable(source.kind, what, secret)
            found[what] = Token(name=name, value=secret)
        except SettingsInvalid as fault:
            faults += fault.lines
        except (ValueError, Unusable) as error:
            faults.append(f"{name}: {error}")
    return found


def _found(names: Iterable[str], settings: Settings, faults: list[str], make: Callable[[str, str], T]) -> tuple[T, ...]:
    made: list[T] = []
    for name in names:
        try:
            made.append(make(name, settings.secret(name).get_secret_value()))
        except SettingsInvalid as fault:
            faults += fault.lines
        except ValueError as error:
            faults.append(f"{name}: {error}")
    return tuple(made)
