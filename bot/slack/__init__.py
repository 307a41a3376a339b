"""Everything we say to Slack: cards and dialogs, who is who, and how it gets there."""

from bot.slack.cards.button_value import Press, Pressed, Seal
from bot.slack.client import Home, make_client, open_session
from bot.slack.delivery import Posting, SlackCourier
from bot.slack.workspace.channels import Channels
from bot.slack.workspace.directory import Account, Directory, Place
from bot.slack.workspace.greeting import greet, look_for_trouble
from bot.slack.workspace.usergroups import UserGroups

__all__ = [
    "Account",
    "Channels",
    "Directory",
    "Home",
    "Place",
    "Posting",
    "Press",
    "Pressed",
    "Seal",
    "SlackCourier",
    "UserGroups",
    "greet",
    "look_for_trouble",
    "make_client",
    "open_session",
]
