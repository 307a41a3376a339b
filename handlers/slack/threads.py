"""What is said in a card's thread: the answer to its open question, where whoever was asked says it. The rest is talk.

Slack sends every message of every channel that the bot is in; all but replies are dropped before anything is read.
"""

from contextlib import suppress
from dataclasses import dataclass

from bot.core.errors import Refusal, Refused
from bot.core.people import eligibility
from bot.core.people.identity import Actor, Via
from bot.core.request import ApprovalRequest
from bot.core.stamp import Stamp
from bot.slack import Place
from bot.slack.dialogs.reasons import REASON_LIMIT
from bot.slack.words.escape import lines
from bot.usecases.ask_back import Answer, answer
from bot.usecases.turn_away import tell_once
from handlers.refusals import as_sentence
from handlers.slack.front import Front
from handlers.slack.inbound import Happened
from handlers.slack.jit.words import Puzzle, as_typed, behind_our_name, read_command
from handlers.slack.said.messages import hear_mention
from handlers.slack.said.remarks import Remark, read_remark, stamp_of


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reply:
    """What somebody wrote under a card; ``theirs`` wait for their answer. ``told`` is what stands behind our name."""

    remark: Remark
    by: Actor
    theirs: list[ApprovalRequest]
    told: str | None


async def hear(front: Front, happened: Happened, replay_key: Stamp) -> None:
    """Count a reply in the thread of a card as the answer to the question that stands there."""
    reply = await _read_reply(front, happened)
    if reply is None or not reply.theirs:
        return  # others may talk about it, too
    if reply.told is not None:
        await hear_named(front, happened, replay_key)
        return
    await _take(front, reply, reply.remark.text, replay_key.named(f"event:{happened.event_id}"))


async def hear_named(front: Front, happened: Happened, replay_key: Stamp) -> None:
    """Count what begins with our name as that answer, unless it reads as a command; else answer it as any mention."""
    reply = await _read_reply(front, happened)
    if reply is None or reply.told is None or not reply.theirs or not _is_answer(reply.told):
        await hear_mention(front, happened, replay_key)
        return
    key = stamp_of(happened, reply.remark, replay_key)
    if not await front.desk.read(lambda snapshot: snapshot.has_heard(key)):
        await _take(front, reply, reply.told, key)


def _is_answer(told: str) -> bool:
    return isinstance(read_command(" ".join(told.split())), Puzzle)


async def _read_reply(front: Front, happened: Happened) -> _Reply | None:
    """Return a reply under a card that somebody has asked something on; None for everything else."""
    remark = read_remark(happened)
    if remark is None or remark.thread_ts is None or remark.thread_ts == remark.ts:
        return None
    card = (remark.channel, remark.thread_ts)
    asked = await front.desk.read(lambda snapshot: snapshot.looks.questions_at(*card))
    if not asked:
        return None
    place = Place(
        via=Via.SLACK_THREAD,
        team_id=happened.team_id,
        enterprise_id=happened.enterprise_id,
        channel=remark.channel,
        ts=remark.thread_ts,
    )
    by = await front.directory.actor(remark.user, place)
    theirs = [request for request in asked if by.person and eligibility.was_asked(request, by.person)]
    told = behind_our_name(remark.text, (await front.directory.home()).bot_user_id)
    return _Reply(remark=remark, by=by, theirs=theirs, told=told)


async def _take(front: Front, reply: _Reply, text: str, key: Stamp) -> None:
    """Count *text* as the answer of whoever was asked, or tell them why not."""
    by, theirs, words = reply.by, reply.theirs, lines(as_typed(text), REASON_LIMIT)
    if not words:
        return
    refused = await front.refused_here(by, theirs[0].id)
    if refused is not None:
        await _tell(front, by, as_sentence(refused), key)
    elif len(theirs) > 1:
        numbers = ", ".join(f"#{request.number}" for request in theirs)
        sentence = f"{numbers} each wait for an answer, so yours counts for none of them yet. Use /jit answer N text."
        await _tell(front, by, sentence, key)
    elif not await _was_asked_before(front, theirs[0], reply.remark.ts):
        number = theirs[0].number
        sentence = (
            f"You wrote that before #{number} was asked about, so it is no answer yet. Use /jit answer {number} text."
        )
        await _tell(front, by, sentence, key)
    else:
        await _answer(front, theirs[0], by, words, key)


async def _tell(front: Front, by: Actor, sentence: str, key: Stamp) -> None:
    with suppress(Refused):  # Slack told of it again: they were told when it came first
        await front.desk.run(lambda tx, _now: tell_once(tx, by, sentence, key))


async def _was_asked_before(front: Front, request: ApprovalRequest, ts: str) -> bool:
    """Tell whether the question stood there when this was written; Slack may bring an older line after it.

    Should Slack's clock be behind ours, a quick answer looks older than it is: so whoever wrote it must hear of it.
    """
    entries = await front.desk.read(lambda snapshot: snapshot.events(request.id))
    asked_at = max(entry.at for entry in entries if entry.event == "request.info_requested")
    return float(ts) >= asked_at.timestamp()


async def _answer(front: Front, request: ApprovalRequest, by: Actor, words: str, replay_key: Stamp) -> None:
    said = Answer(request_id=request.id, by=by, text=words, question=request.questions, replay_key=replay_key)
    try:
        await front.desk.run(lambda tx, now: answer(tx, said, now), locks=(request.id,))
    except Refused as refused:
        if refused.code is not Refusal.REPLAYED:  # Slack sent it again: the first of them was counted
            await front.tell(by, as_sentence(refused))
