"""What people type, as Slack sends it: references by id, everything else escaped.

https://docs.slack.dev/interactivity/implementing-slash-commands#escaping-users-links-channels
"""

import re

from bot.sandbox.people import Roster

_ENTITIES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_TOKEN = re.compile(
    r"(?<!\S)(?:@(?P<user>[a-z0-9._-]+)|#(?P<channel>[a-z0-9_-]+)|(?P<url>https?://\S+?(?=[.,:!?)]*(?:\s|$))))"
)


def escape_typed(text: str, roster: Roster) -> str:
    """Return the *text* of a command with people and channels that exist, and addresses, made references."""
    return _refer(text, roster, "<@{id}|{name}>")


def write_message(text: str, roster: Roster) -> str:
    """Return the *text* of a message with the same made references; people are named by their id alone.

    https://docs.slack.dev/messaging/formatting-message-text
    """
    return _refer(text, roster, "<@{id}>")


def _refer(text: str, roster: Roster, person: str) -> str:
    for character, entity in _ENTITIES:
        text = text.replace(character, entity)
    users = {person.name: person.id for person in roster.people()}
    channels = {channel.name: channel.id for channel in roster.channels() if channel.kind != "im"}

    def refer(token: re.Match[str]) -> str:
        if token["url"]:
            return f"<{token['url']}>"
        if token["user"]:
            known = users.get(token["user"])
            return person.format(id=known, name=token["user"]) if known else token[0]
        known = channels.get(token["channel"])
        return f"<#{known}|{token['channel']}>" if known else token[0]

    return _TOKEN.sub(refer, text)
