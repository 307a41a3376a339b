"""Who may call the workspace: it is for this machine, and for no other site that a browser has open."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.sandbox.state import State

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_READS = frozenset({"GET", "HEAD"})
_METHODS = "/api/"
_OWN_SITES = frozenset({"same-origin", "none"})

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with that, browsers send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
}


def guard_for(state: State) -> Middleware:
    """Return the middleware that refuses foreign hosts (DNS rebinding) and changes asked for by foreign sites."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _host_name(request.host) not in allowed_hosts(state):
            return web.Response(status=403, text="This workspace answers to its own host name only.\n")
        if _can_change(request) and not is_own_site(request):
            return web.Response(status=403, text="Another site may not act here.\n")
        return await handler(request)

    return guard


def allowed_hosts(state: State) -> frozenset[str]:
    """Return the names by which the workspace may be called."""
    own = urlsplit(state.config.base_url).hostname
    return LOOPBACK | frozenset(state.config.allowed_hosts) | frozenset([own] if own else [])


def is_own_site(request: web.Request) -> bool:
    """Say whether a request comes from our own page, or from no page at all."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return False
    return request.headers.get("Sec-Fetch-Site", "none") in _OWN_SITES


def _can_change(request: web.Request) -> bool:
    """Say whether a request can act: Slack's methods take their arguments, and the token, from an address, too."""
    return request.method not in _READS or request.path.startswith(_METHODS)


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
