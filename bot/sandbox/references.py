"""What people type into a slash command, as Slack sends it: references by id, everything else escaped.

https://docs.slack.dev/interactivity/implementing-slash-commands#escaping-users-links-channels
"""

import re

from bot.sandbox.people import Roster

_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_TOKEN = re.compile(r"(?<!\S)(?:@(?P<user>[a-z0-9._-]+)|#(?P<channel>[a-z0-9_-]+)|(?P<url>https?://\S+))")


def escape_typed(text: str, roster: Roster) -> str:
    """Return *text* with people and channels that exist, and addresses, made references."""
    for character, entity in _ENTITIES:
        text = text.replace(character, entity)
    users = {person.name: person.id for person in roster.people()}
    channels = {channel.name: channel.id for channel in roster.channels() if channel.kind != "im"}

    def refer(token: re.Match[str]) -> str:
        if token["url"]:
            return f"<{token['url']}>"
        sign, known, name = ("@", users, token["user"]) if token["user"] else ("#", channels, token["channel"])
        return f"<{sign}{known[name]}|{name}>" if name in known else token[0]

    return _TOKEN.sub(refer, text)
