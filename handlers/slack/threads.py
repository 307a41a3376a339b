"""What is said in a card's thread: the answer to its open question, where whoever was asked says it. The rest is talk.

Slack sends every message of every channel that the bot is in; all but replies are dropped before anything is read.
"""

from bot.core.errors import Refusal, Refused
from bot.core.people import eligibility
from bot.core.people.identity import Actor, Via
from bot.core.request import ApprovalRequest
from bot.core.stamp import Stamp
from bot.slack import Place
from bot.slack.dialogs.reasons import REASON_LIMIT
from bot.slack.words.escape import lines
from bot.usecases.ask_back import Answer, answer
from handlers.refusals import as_sentence
from handlers.slack.front import Front
from handlers.slack.inbound import Happened
from handlers.slack.jit.words import as_typed, said_to_us
from handlers.slack.said.remarks import read_remark


async def hear(front: Front, happened: Happened, replay_key: Stamp) -> None:
    """Count a reply in the thread of a card as the answer to the question that stands there."""
    remark = read_remark(happened)
    if remark is None or remark.thread_ts is None or remark.thread_ts == remark.ts:
        return
    card = (remark.channel, remark.thread_ts)
    asked = await front.desk.read(lambda snapshot: snapshot.looks.questions_at(*card))
    if not asked or said_to_us(remark.text, (await front.directory.home()).bot_user_id) is not None:
        return  # what is said to the bot comes as a mention, too, and is answered there
    place = Place(
        via=Via.SLACK_THREAD,
        team_id=happened.team_id,
        enterprise_id=happened.enterprise_id,
        channel=remark.channel,
        ts=remark.thread_ts,
    )
    by = await front.directory.actor(remark.user, place)
    theirs = [request for request in asked if by.person and eligibility.was_asked(request, by.person)]
    words = lines(as_typed(remark.text), REASON_LIMIT)
    if not theirs or not words:
        return  # others may talk about it, too
    if await front.refused_here(by, theirs[0].id) is not None:
        return
    if len(theirs) > 1:
        numbers = ", ".join(f"#{request.number}" for request in theirs)
        sentence = f"{numbers} each wait for an answer, so yours counts for none of them yet. Use /jit answer N text."
        await front.tell(by, sentence)
        return
    if not await _was_asked_before(front, theirs[0], remark.ts):
        number = theirs[0].number
        sentence = (
            f"You wrote that before #{number} was asked about, so it is no answer yet. Use /jit answer {number} text."
        )
        await front.tell(by, sentence)
        return
    await _answer(front, theirs[0], by, words, replay_key.named(f"event:{happened.event_id}"))


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
