"""What native sources need of the house: who encrypts where they are answered, and what the policy says of them now."""

from collections.abc import Mapping
from functools import partial

from aiohttp import web

from bot.delivery import CallbackTerms
from bot.delivery.native import AddressVault, Terms, make_receivers
from bot.delivery.outward import Outward
from bot.policy.current import CurrentPolicy
from bot.relay.source_door import Receiving
from bot.settings import Settings
from bot.slack_wiring import secret_key_of
from bot.usecases.desk import Desk
from handlers import hooks
from handlers.door import Credentials

Held = CurrentPolicy[Mapping[str, Credentials]]


def address_vault_of(settings: Settings) -> AddressVault:
    """Return what seals with the key of now, and opens what was sealed with the key before."""
    before = settings.secret_key_before
    return AddressVault(secret_key_of(settings), *([before.get_secret_value()] if before else []))


def terms_of(policy: Held, name: str) -> Terms | None:
    """Return what the policy of this moment says of a source; None when it no longer knows it."""
    source, found = policy().sources.get(name), policy.found().get(name)
    return (
        None
        if source is None or found is None
        else Terms(source=source, secrets={what: one.value for what, one in found.native.items()})
    )


def callback_terms_of(policy: Held, source: str) -> CallbackTerms | None:
    """Return how a source takes its signed callbacks by the policy of this moment."""
    known = policy().sources.get(source)
    if known is None:
        return None
    secrets = tuple(one.value for one in policy.found()[source].signing)
    return CallbackTerms(secrets=secrets, hosts=known.callback_hosts)


def receiving_by(outward: Outward, policy: Held, vault: AddressVault) -> Receiving:
    """Return what the door to native sources stands on."""
    return Receiving(receivers=make_receivers(outward), terms=partial(terms_of, policy), vault=vault)


def register_hooks(app: web.Application, desk: Desk, policy: Held, vault: AddressVault) -> None:
    """Let native sources deliver to *app*."""
    wiring = hooks.HookWiring(desk=desk, policy=policy, credentials=policy.found, seal=vault.seal)
    hooks.register(app, wiring)
