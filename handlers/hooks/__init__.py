"""What native sources deliver: each kind one module with a pure reader and the check of its signature.

A new kind is a :class:`~handlers.hooks.kinds.Kind` and a line in :data:`KINDS`.
"""

from collections.abc import Mapping

from aiohttp import web

from handlers.hooks import github
from handlers.hooks.calls import Hooks, HookWiring
from handlers.hooks.kinds import Kind

__all__ = ["KINDS", "HookWiring", "register"]

KINDS: Mapping[str, Kind] = {"github": github.KIND}
"""Every kind of native source, as the policy calls it."""


def register(app: web.Application, wiring: HookWiring) -> None:
    """Put the hooks onto *app*."""
    Hooks(wiring, KINDS).register(app)
