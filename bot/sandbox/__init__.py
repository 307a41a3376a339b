"""The local Slack workspace: product, demo and test bench. It knows nothing of the rest of the house."""

from bot.sandbox.app import create_app
from bot.sandbox.config import SandboxConfig, Shortcut, SlashCommand, Word
from bot.sandbox.described import with_description
from bot.sandbox.faults import CutAfter, CutBefore, RateLimit, Refusal, ServerError, Slow
from bot.sandbox.gestures import Interaction, Press, PressInView
from bot.sandbox.history import Message
from bot.sandbox.manifest import with_addresses, with_manifest
from bot.sandbox.outbound import Ack
from bot.sandbox.people import Channel, Person
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace

__all__ = [
    "Ack",
    "Channel",
    "CutAfter",
    "CutBefore",
    "Interaction",
    "Message",
    "Person",
    "Press",
    "PressInView",
    "RateLimit",
    "Refusal",
    "SandboxConfig",
    "ServerError",
    "Shortcut",
    "SlackRefusal",
    "SlashCommand",
    "Slow",
    "View",
    "Word",
    "Workspace",
    "create_app",
    "with_addresses",
    "with_description",
    "with_manifest",
]
