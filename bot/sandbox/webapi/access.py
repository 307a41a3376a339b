"""What the bot may reach: channels by id or name, only those it is in, only living ones."""

from bot.sandbox.ids import BOT_USER
from bot.sandbox.people import Channel
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.state import State


def channel_to_write(state: State, given: str) -> Channel:
    """Return the channel a message may go to: by id, by name as chat.postMessage takes it, or a person's DM."""
    if given.startswith("U"):
        return _direct(state, given)
    known = {channel.id for channel in state.roster.channels()}
    channel = state.roster.channel(given) if given in known else state.roster.named(given.removeprefix("#"))
    return _writable(channel)


def channel_to_change(state: State, given: str) -> Channel:
    """Return the channel of a message that is to be changed: by id only."""
    return _writable(state.roster.channel(given))


def channel_to_read(state: State, given: str) -> Channel:
    """Return the channel whose history may be read: by id only, and only with the bot in it."""
    channel = state.roster.channel(given)
    if BOT_USER not in channel.members:
        raise SlackRefusal("not_in_channel" if channel.kind == "public_channel" else "channel_not_found")
    return channel


def _writable(channel: Channel) -> Channel:
    if BOT_USER not in channel.members:
        raise SlackRefusal("not_in_channel" if channel.kind == "public_channel" else "channel_not_found")
    if channel.is_archived:
        raise SlackRefusal("is_archived")
    return channel


def _direct(state: State, user: str) -> Channel:
    try:
        return state.direct(user)
    except SlackRefusal:
        # chat.postMessage speaks of channels only, whoever stands behind them.
        raise SlackRefusal("channel_not_found") from None
