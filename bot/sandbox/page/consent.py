"""The pages on which people install the app, and sign in to it: what it asks for, yes, and no."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from bot.sandbox.grants import Grant, Purpose, is_registered
from bot.sandbox.guard import HEADERS
from bot.sandbox.identity import draw_discovery
from bot.sandbox.page.drawing import draw
from bot.sandbox.page.who import who_is
from bot.sandbox.state import State

SIGN_IN_SCOPES = frozenset({"openid", "email", "profile"})


class Refused(Exception):
    """Something in the address is wrong; the person is told, and the app is not."""


def register_consent(app: web.Application, state: State) -> None:
    """Serve both pages, what they send, and what OpenID Connect asks for."""
    consent = Consent(state)
    app.router.add_get("/oauth/v2/authorize", consent.install)
    app.router.add_post("/oauth/v2/authorize", consent.install)
    app.router.add_get("/openid/connect/authorize", consent.sign_in)
    app.router.add_post("/openid/connect/authorize", consent.sign_in)

    async def discovery(_: web.Request) -> web.Response:
        return web.json_response(draw_discovery(state.config))

    async def keys(_: web.Request) -> web.Response:
        return web.json_response(state.signer.draw_keys())

    app.router.add_get("/.well-known/openid-configuration", discovery)
    app.router.add_get("/openid/connect/keys", keys)


class Consent:
    """Asks whoever sits before the browser."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def install(self, request: web.Request) -> web.Response:
        """Ask whether the app may be installed, or do what was answered."""
        return await self._ask_or_follow(request, Purpose.INSTALL)

    async def sign_in(self, request: web.Request) -> web.Response:
        """Ask whether the app may know who this is, or do what was answered."""
        return await self._ask_or_follow(request, Purpose.SIGN_IN)

    async def _ask_or_follow(self, request: web.Request, purpose: Purpose) -> web.Response:
        try:
            grant = self._read(request, purpose)
        except Refused as refused:
            return _drawn(400, "'self'", refusal=str(refused), app=self._state.config.app_name)
        if request.method == "POST":
            return self._follow(request, grant, (await request.post()).get("answer") == "allow")
        # Browsers hold a form's redirect against the policy too.
        where = "{0.scheme}://{0.netloc}".format(urlsplit(grant.redirect_uri))
        me = who_is(request, self._state)
        return _drawn(
            200, f"'self' {where}", grant=grant, me=me, app=self._state.config.app_name, where=where, refusal=""
        )

    def _follow(self, request: web.Request, grant: Grant, is_allowed: bool) -> web.Response:  # noqa: FBT001 - an answer
        """Send the browser back to the app, with a code or without."""
        answer = {"error": "access_denied"}
        if is_allowed:
            code = f"{self._state.mint.secret()}"
            self._state.grants.give(code, grant, self._state.now)
            answer = {"code": code}
        query = answer | {"state": request.query.get("state", "")}
        sign = "&" if urlsplit(grant.redirect_uri).query else "?"
        return web.Response(status=303, headers={"Location": f"{grant.redirect_uri}{sign}{urlencode(query)}"})

    def _read(self, request: web.Request, purpose: Purpose) -> Grant:
        """Raise Refused for what Slack shows an error page for."""
        query, config = request.query, self._state.config
        if query.get("client_id") != config.client_id:
            raise Refused("Invalid client_id parameter.")
        redirect_uri = query.get("redirect_uri") or next(iter(config.redirect_urls), "")
        if not is_registered(redirect_uri, config.redirect_urls):
            raise Refused(f"redirect_uri did not match any configured URIs. Passed URI: {redirect_uri}")
        return Grant(
            purpose=purpose,
            user=who_is(request, self._state).id,
            redirect_uri=redirect_uri,
            scopes=self._scopes(query, purpose),
            nonce=query.get("nonce", ""),
        )

    def _scopes(self, query: Mapping[str, str], purpose: Purpose) -> tuple[str, ...]:
        asked = tuple(query.get("scope", "").replace(",", " ").split())
        if purpose is Purpose.SIGN_IN:
            if query.get("response_type") != "code":
                raise Refused("Invalid response_type parameter: it must be code.")
            if "openid" not in asked or not set(asked) <= SIGN_IN_SCOPES:
                raise Refused("Invalid scope parameter: openid, and email and profile if wanted.")
        elif not asked:
            raise Refused("Invalid permissions requested: no scopes.")
        return asked


def _drawn(status: int, form_action: str, **values: object) -> web.Response:
    policy = HEADERS["Content-Security-Policy"].replace("form-action 'self'", f"form-action {form_action}")
    headers = {**HEADERS, "Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return web.Response(status=status, text=draw("consent.html", **values), content_type="text/html", headers=headers)
