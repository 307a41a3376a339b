"""The relay: nothing leaves the house except from the outbox, and after a crash the same code runs."""

from bot.relay.callback_door import CallbackDoor
from bot.relay.errand import Standby
from bot.relay.pace import Pace
from bot.relay.relay import Relay
from bot.relay.runner import Chances
from bot.relay.slack_door import SlackDoor

__all__ = ["CallbackDoor", "Chances", "Pace", "Relay", "SlackDoor", "Standby"]
