"""Where a caller may have its answer sent; the address itself is checked when it is connected to."""

from urllib.parse import SplitResult, urlsplit

from bot.core.judging.source import Source
from bot.delivery import is_public

_LOCAL_NAMES = (".localhost", ".local", ".internal")


def callback_refusal(url: str, source: Source) -> str | None:
    """Say why *source* may not be called back at *url*; None when it may."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is not a URL"
    if not host:
        return "names no host"
    if not source.signing_secret_envs:
        return "can't be used: this source has no signing_secret_env in the policy, so the answer could not be signed"
    if host in source.callback_hosts or f"{host}:{port}" in source.callback_hosts:
        return None
    return _outside_refusal(parts, host)


def _outside_refusal(parts: SplitResult, host: str) -> str | None:
    """Say why a host that the policy does not name can't be called back."""
    if parts.scheme != "https":
        return "must be https, or its host must stand in the source's callback_hosts"
    if not _is_public(host):
        return "is a private address; its host must stand in the source's callback_hosts"
    return None


def _is_public(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        return "." in host and not host.endswith(_LOCAL_NAMES)
