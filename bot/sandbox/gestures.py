"""What people can do, as values, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.answers import Typed
from bot.sandbox.history import Message
from bot.sandbox.outbound import Ack
from bot.sandbox.views import View


def _untouched() -> Typed:
    return {}


def _none() -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button pressed in a message, or an option chosen there (``value``)."""

    user: str
    channel: str
    ts: str
    action_id: str
    block_id: str | None = None
    value: str | None = None
    typed: Typed = field(default_factory=_untouched)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressInView:
    """A button pressed in a dialog or on a Home tab, or an option chosen there (``value``)."""

    user: str
    view: str
    action_id: str
    block_id: str | None = None
    value: str | None = None
    typed: Typed = field(default_factory=_untouched)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """What came of it, as the person sees it.

    ``ack`` is None when nothing was sent (the client itself complained). ``view`` is the dialog now before the person,
    ``errors`` stand at its inputs by block id, ``complaint`` is the sentence of Slack's client when the app failed,
    ``said`` is what the app answered in the ack of a command.
    """

    ack: Ack | None
    view: View | None = None
    errors: Mapping[str, str] = field(default_factory=_none)
    complaint: str | None = None
    said: Message | None = None
