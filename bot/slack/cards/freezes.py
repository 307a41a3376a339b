"""The part of a card that says in which change freeze it is asked."""

from bot.core.freeze import ActiveFreeze, Freezing
from bot.core.request import ApprovalRequest
from bot.slack.words import rich


def draw_freezes(request: ApprovalRequest) -> list[rich.Json]:
    """Return a line for each freeze in which an open request was asked."""
    return [rich.section(*_freeze(freeze)) for freeze in request.ruling.freezes if request.state.is_open]


def _freeze(freeze: ActiveFreeze) -> list[rich.Run]:
    """Say in which freeze it was asked, and what that means."""
    name = rich.bold(f"Change freeze “{rich.name(freeze.name)}” ")
    return [name, rich.words("until "), rich.moment(freeze.until), rich.words(f": {_meaning(freeze)}")]


def _meaning(freeze: ActiveFreeze) -> str:
    return "a person has to approve" if freeze.then is Freezing.ASK else "for now only breaking the glass approves"
