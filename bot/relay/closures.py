"""Channels that take nothing from us: told once where the administrators read, and once when they are open again."""

from datetime import datetime

from bot.core.effects import ShowCard, TellAdmins, TellThread
from bot.relay.entries import draw_closed, draw_open
from bot.relay.errand import Closed, Errand
from bot.store import Transaction


def note_closed(tx: Transaction, closed: Closed, now: datetime) -> None:
    """Say once that a channel can't be posted to, however many cards were to go there."""
    if not tx.alarms.sound(_trouble_with(closed.channel), closed.why, closed.admins):
        return
    tx.note(draw_closed(closed, now), None)
    if closed.admins not in {None, closed.channel}:
        meanwhile = f" Its cards go to {closed.detour.to} meanwhile." if closed.detour else ""
        _tell(tx, closed.admins, f"{closed.channel} can't be posted to ({closed.why}): {closed.remedy}.{meanwhile}")


def note_open(tx: Transaction, channel: str, now: datetime) -> None:
    """Say that a channel has taken a message again, if it was said that it takes none."""
    over = tx.alarms.silence(_trouble_with(channel))
    if over is not None:
        tx.note(draw_open(channel, now), None)
        _tell(tx, over.told_in, f"{channel} can be posted to again.")


def have_moved(tx: Transaction, errand: Errand, closed: Closed) -> None:
    """Have the card go where its thread's line can follow; the line waits for it."""
    effect = errand.effect
    if isinstance(effect, TellThread) and closed.detour is not None:
        tx.enqueue(ShowCard(request=effect.request, channel=effect.channel))


def _tell(tx: Transaction, channel: str | None, text: str) -> None:
    if channel is not None:
        tx.enqueue(TellAdmins(channel=channel, text=text))


def _trouble_with(channel: str) -> str:
    return f"channel:{channel}"
