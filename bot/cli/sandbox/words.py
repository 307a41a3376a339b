"""What `jit sandbox` says to the person who started it."""

from bot.sandbox import SandboxConfig
from bot.sandbox.outbound import Delivery, Kind
from bot.sandbox.traffic import Answered, Sent


def draw_welcome(config: SandboxConfig) -> str:
    """Return where the page is, and what the app needs to be told."""
    api = f"{config.base_url}/api/"
    way = f"sent to {config.request_url}" if config.request_url else "in Socket Mode"
    registered = [
        *(command.name for command in config.commands),
        *(shortcut.callback_id for shortcut in config.shortcuts),
        *sorted(config.events),
    ]
    return "\n".join(
        (
            "",
            f"  Open this page   {config.base_url}/",
            f"  The app          {config.app_name}, {way}",
            f"  It registered    {', '.join(registered) or 'nothing; --manifest says what'}",
            "",
            "  What it needs, instead of what api.slack.com gives:",
            f"    SLACK_BOT_TOKEN={config.bot_token}",
            f"    SLACK_APP_TOKEN={config.app_token}",
            f"    SLACK_SIGNING_SECRET={config.signing_secret}",
            *_client(config),
            "",
            f"    Python   WebClient(token=…, base_url={api!r})",
            f"    Node.js  new App({{…, clientOptions: {{ slackApiUrl: {api!r} }} }})",
            "",
            "  Ctrl-C stops it. What goes over the wire from here on:",
            "",
        )
    )


def _client(config: SandboxConfig) -> tuple[str, ...]:
    """Return what an app needs that people install or sign in to."""
    if not config.redirect_urls:
        return ()
    return (f"    SLACK_CLIENT_ID={config.client_id}", f"    SLACK_CLIENT_SECRET={config.client_secret}")


def draw_seen(seen: Answered | Sent) -> str:
    """Return one line for an answer of the Web API, or for what was sent to the app."""
    if isinstance(seen, Answered):
        return f"  < {seen.method}  {'ok' if seen.document['ok'] else seen.document['error']}"
    how = seen.ack.failure or "ok"
    status = f" {seen.ack.status}" if seen.ack.status else ""
    return f"  > {_name(seen.delivery)}  {how}{status}, {seen.ack.elapsed * 1000:.0f} ms"


def _name(delivery: Delivery) -> str:
    payload = delivery.payload
    again = f" (again, {delivery.retry})" if delivery.retry else ""
    match delivery.kind:
        case Kind.COMMAND:
            return str(payload["command"])
        case Kind.EVENT if "event" in payload:
            return f"{payload['event']['type']}{again}"
        case _:
            return str(payload["type"])
