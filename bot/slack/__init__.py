"""Everything we say to Slack: cards and dialogs, who is who, and how it gets there."""

from bot.slack.button_value import Press, Pressed, Seal
from bot.slack.client import Home, make_client, open_session
from bot.slack.delivery import Posting, SlackCourier
from bot.slack.directory import Account, Directory, Place

__all__ = [
    "Account",
    "Directory",
    "Home",
    "Place",
    "Posting",
    "Press",
    "Pressed",
    "Seal",
    "SlackCourier",
    "make_client",
    "open_session",
]
