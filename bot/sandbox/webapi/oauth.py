"""oauth.v2.access and openid.connect.*: a code becomes a token, and a token says who signed in."""

import hmac
from typing import Any

from bot.sandbox.grants import Grant, Purpose
from bot.sandbox.identity import draw_person_claims, draw_proof
from bot.sandbox.ids import APP, BOT_USER, TEAM
from bot.sandbox.installs import Issued
from bot.sandbox.organisation import NAME
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.state import State
from bot.sandbox.webapi.arguments import Arguments

Json = dict[str, Any]


def access(state: State, given: Arguments) -> Json:
    """Give the bot's token for a code of the install page.

    https://docs.slack.dev/reference/methods/oauth.v2.access
    """
    if given.text("grant_type") == "refresh_token" and state.config.token_seconds is not None:
        _require_app(state, given)
        issued = state.installs.renew(given.needed("refresh_token"), state.config, state.now)
        return _draw_bot(state, issued, ",".join(state.config.scopes), None)
    grant = _redeem(state, given, Purpose.INSTALL)
    issued = state.installs.issue(state.config, state.now)
    drawn = _draw_bot(state, issued, ",".join(grant.scopes), state.roster.person(grant.user).team)
    return drawn | {"authed_user": {"id": grant.user}}


def _draw_bot(state: State, issued: Issued, scopes: str, team: str | None) -> Json:
    config = state.config
    ends = {} if issued.seconds is None else {"refresh_token": issued.refresh, "expires_in": issued.seconds}
    name = "Acme" if team in {None, TEAM} else "Other"
    return {
        "app_id": APP,
        "scope": scopes,
        "token_type": "bot",
        "access_token": issued.token,
        "bot_user_id": BOT_USER,
        "team": None if config.is_org_wide else {"id": team or TEAM, "name": name},
        "enterprise": {"id": config.enterprise, "name": NAME} if config.enterprise else None,
        "is_enterprise_install": config.is_org_wide,
        **ends,
    }


def sign_in(state: State, given: Arguments) -> Json:
    """Give a token and the proof of who it is, for a code of the sign-in page.

    https://docs.slack.dev/reference/methods/openid.connect.token
    """
    grant = _redeem(state, given, Purpose.SIGN_IN)
    person = state.roster.person(grant.user)
    token = f"xoxp-{state.mint.secret()}"
    state.grants.signed_in[token] = grant
    proof = draw_proof(state.config, person, grant, state.now)
    return {"access_token": token, "token_type": "Bearer", "id_token": state.signer.sign(proof)}


def user_info(state: State, given: Arguments) -> Json:
    """Say who signed in with this token. https://docs.slack.dev/reference/methods/openid.connect.userInfo ."""
    grant = state.grants.signed_in[given.text("token")]
    return draw_person_claims(state.roster.person(grant.user), grant)


def _require_app(state: State, given: Arguments) -> None:
    config = state.config
    if given.text("client_id") != config.client_id:
        raise SlackRefusal("invalid_client_id")
    if not hmac.compare_digest(given.text("client_secret").encode(), config.client_secret.encode()):
        raise SlackRefusal("bad_client_secret")


def _redeem(state: State, given: Arguments, purpose: Purpose) -> Grant:
    _require_app(state, given)
    if given.text("grant_type", "authorization_code") != "authorization_code":
        raise SlackRefusal("invalid_grant_type")
    return state.grants.redeem(given.needed("code"), purpose, given.text("redirect_uri") or None, state.now)
