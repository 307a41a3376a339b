"""What people do in Slack: buttons, dialogs, ``/jit``, the Home tab. The table of contents, and how it is mounted."""

from aiohttp import web

from handlers.slack import buttons, dialogs, events, pages, shortcuts
from handlers.slack.bolt import Switchboard
from handlers.slack.edge import PATH, Edge
from handlers.slack.exchange import Exchange, Served, Taker
from handlers.slack.front import Front
from handlers.slack.home import clicks
from handlers.slack.installing import Installing, InstallPages
from handlers.slack.installing import register as register_install
from handlers.slack.jit import command
from handlers.slack.socket_mode import Socket
from handlers.slack.verify import Verifier

COMMANDS = frozenset({command.COMMAND})
ACTIONS = buttons.CARD_ACTIONS | pages.PAGE_ACTIONS | clicks.HOME_ACTIONS
CALLBACKS = dialogs.CALLBACKS
EVENTS = events.SUBSCRIBED
SHORTCUTS = shortcuts.SHORTCUTS

__all__ = [
    "ACTIONS",
    "CALLBACKS",
    "COMMANDS",
    "EVENTS",
    "PATH",
    "SHORTCUTS",
    "Edge",
    "Exchange",
    "Front",
    "InstallPages",
    "Installing",
    "Served",
    "Socket",
    "Switchboard",
    "Taker",
    "Verifier",
    "register",
    "register_install",
]


def register(app: web.Application, edge: Edge) -> None:
    """Mount the HTTP side; a house in Socket Mode has a :class:`Socket` instead."""
    app.router.add_post(PATH, edge.receive)
