"""Messages to the bot: its name in a channel, or a direct message. Both are answered as `/jit` is, where it only looks.

A message is weaker evidence than a click or a command: it can be changed afterwards, and workflows and apps send some
in people's names. So nothing is decided by one: whoever tries is told what to type instead.
"""

from contextlib import suppress

import orjson

from bot.core.effects import Reply
from bot.core.errors import Refusal, Refused
from bot.core.people import eligibility
from bot.core.people.identity import Actor, Standing, Via
from bot.core.stamp import Stamp
from bot.slack import Place
from bot.slack.cards.card import Card
from bot.slack.faults import CALL_ERRORS, SharedChannel
from bot.slack.words import replies
from bot.slack.words.escape import strip
from bot.usecases.reply import Heard, reply
from handlers.slack.front import Front
from handlers.slack.inbound import Happened
from handlers.slack.jit.command import LOOKS, meant_by, with_hint
from handlers.slack.jit.words import USAGE, Command, Puzzle, Word, people_apart, read_command, said_to_us
from handlers.slack.said.remarks import Remark, read_remark, stamp_of

MOST = 30
"""How many messages of one person are looked up within a minute."""

_DIRECT = "D"
_LONGEST_LINE = 1000


async def hear_mention(front: Front, happened: Happened, replay_key: Stamp) -> None:
    """Answer whoever wrote the bot's name in a channel; they alone see it."""
    remark = read_remark(happened)
    if remark is None or remark.channel.startswith(_DIRECT):
        return  # a direct message comes as one, too
    told = said_to_us(remark.text, (await front.directory.home()).bot_user_id)
    command = Puzzle(sentence=replies.BEGIN) if told is None else read_command(told)
    await _answer(front, happened, remark, command, replay_key)


async def hear_direct(front: Front, happened: Happened, replay_key: Stamp) -> None:
    """Answer whoever wrote the bot a direct message, there; its name may stand before it."""
    remark = read_remark(happened)
    if remark is None:
        return
    told = said_to_us(remark.text, (await front.directory.home()).bot_user_id)
    command = read_command(" ".join(strip(remark.text).split()) if told is None else told)
    await _answer(front, happened, remark, command, replay_key)


async def _answer(
    front: Front, happened: Happened, remark: Remark, command: Command | Puzzle, replay_key: Stamp
) -> None:
    """Look up what is asked for, and answer once, however often Slack tells of it."""
    key = stamp_of(happened, remark, replay_key)
    if remark.thread_ts and await front.desk.read(lambda snapshot: snapshot.has_heard(key)):
        return
    place = Place(
        via=Via.SLACK_MESSAGE,
        team_id=happened.team_id,
        enterprise_id=happened.enterprise_id,
        channel=remark.channel,
        ts=remark.ts,
    )
    by = await front.directory.actor(remark.user, place)
    if by.standing is Standing.BOT:
        return  # two bots would never end
    if not await front.rates.has_room(f"message:{remark.user}", MOST):
        if not await front.rates.has_room(f"told:{remark.user}", 1):
            return  # they were told so
        command = Puzzle(sentence=replies.TOO_MANY)
    refused, about = None, None
    try:
        await _require_ours(front, remark.channel)
        card = await _look_up(front, command, by)
    except Refused as why:
        refused, card = why, _say_no(why, command)
        about = await meant_by(front, command, why) if isinstance(command, Command) else None
    heard = Heard(by=by, answer=_reply(remark, card), replay_key=key, refused=refused, about=about)
    with suppress(Refused):  # it is written down; and it is answered now, or was when Slack told of it first
        await front.desk.run(lambda tx, now: reply(tx, heard, now), locks=() if about is None else (about,))


async def _require_ours(front: Front, channel: str) -> None:
    """Raise Refused where people of other workspaces read along, and the policy does not say that they may."""
    try:
        await front.channels.ours(channel)
    except SharedChannel:
        raise Refused(Refusal.NOT_HERE, replies.SHARED) from None
    except CALL_ERRORS:
        raise Refused(Refusal.NOT_HERE, replies.PERHAPS_SHARED) from None


async def _look_up(front: Front, command: Command | Puzzle, by: Actor) -> Card:
    """Return what `/jit` would show. Raises Refused for whoever may not see it, and for what only `/jit` does."""
    if isinstance(command, Puzzle):
        return replies.draw_sentence(command.sentence)
    if command.word is Word.HELP:
        return replies.draw_help([USAGE[word] for word in Word])
    look = None if command.is_public else LOOKS.get(command.word)
    if command.which or look is None:  # which requests there are, and what can be done, is nothing for strangers
        eligibility.require_member(by)
    if look is None:
        raise Refused(Refusal.NOT_HERE, replies.ONLY_LOOKS)
    return await look(front, command, by)


def _say_no(refused: Refused, command: Command | Puzzle) -> Card:
    if isinstance(command, Puzzle):
        return replies.draw_sentence(refused.sentence)
    if refused.sentence == replies.ONLY_LOOKS:
        return replies.draw_to_type(replies.ONLY_LOOKS, _to_type(command))
    return replies.draw_sentence(with_hint(refused, command))


def _to_type(command: Command) -> list[str]:
    """Return what to type for it, in pieces of which every other one is the Slack id of somebody.

    How such a line looks, where theirs is longer than can be taken in at a glance.
    """
    words = ["/jit", command.word, command.choice, command.which, command.reason]
    line = " ".join(filter(None, words))
    pieces = people_apart(f"{line} {command.rest}") if command.rest else [line]
    pieces[-1] += " in public" if command.is_public else ""
    return pieces if len("".join(pieces)) <= _LONGEST_LINE else [USAGE[command.word][0]]


def _reply(remark: Remark, card: Card) -> Reply:
    is_direct = remark.channel_type == "im"
    shown = replies.draw_for_good(card) if is_direct else card
    return Reply(
        channel=remark.channel,
        slack_id=remark.user,
        text=shown.text,
        drawn=orjson.dumps(shown.blocks).decode(),
        thread_ts=remark.thread_ts,
        is_direct=is_direct,
    )
