"""`/jit`: looking up and answering without a card. An answer is in the acknowledgement.

It is for the asker alone, but where they ask for another.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, assert_never

from bot.core.errors import Refusal, Refused
from bot.core.people import eligibility
from bot.core.people.identity import Actor, Via
from bot.core.request import RequestId
from bot.core.ruling import Verdict
from bot.core.stamp import Stamp
from bot.slack import Place
from bot.slack.cards.card import Card
from bot.slack.dialogs.requesting import Draft
from bot.slack.words.replies import draw_help, draw_sentence
from bot.usecases import look_up
from handlers.refusals import as_sentence
from handlers.slack.front import Front
from handlers.slack.inbound import Commanded
from handlers.slack.jit import looking, steering
from handlers.slack.jit.absences import answer_away_or_back
from handlers.slack.jit.answering import MISSING, answer_request, take_back
from handlers.slack.jit.delegating import answer_delegate, answer_undelegate
from handlers.slack.jit.emergencies import confirm_emergency, take_review
from handlers.slack.jit.on_call import show_on_call
from handlers.slack.jit.questions import ask_or_answer
from handlers.slack.jit.statistics import show_statistics
from handlers.slack.jit.words import USAGE, Command, Puzzle, Word, as_typed, read_command, unquoted
from handlers.slack.requesting import open_request
from handlers.slack.waiving.typed import answer_waiving, show_waivers

COMMAND = "/jit"

_NOT_PUBLIC = (
    "People of other workspaces read this channel, so nothing is shown to everybody in it. "
    "Without “in public” only you see the answer."
)
_NOT_KNOWN = (
    "Slack couldn't tell whether people of other workspaces read this channel; of a private one it tells only once I "
    "am in it. Without “in public” only you see the answer."
)

Reply = dict[str, object]
"""The body of the acknowledgement."""


LOOKS: Mapping[Word, Callable[[Front, Command, Actor], Awaitable[Card]]] = {
    Word.LIST: looking.show_list,
    Word.SHOW: looking.show_card,
    Word.POLICY: looking.show_explanation,
    Word.AUDIT: looking.show_history,
    Word.ON_CALL: show_on_call,
    Word.STATS: show_statistics,
    Word.WHOAMI: looking.show_identity,
    Word.WAIVERS: show_waivers,
}
"""The words that only look: they change nothing."""


async def answer(front: Front, commanded: Commanded, replay_key: Stamp) -> Reply:
    """Carry out one command and return the answer."""
    if commanded.command != COMMAND:
        return _reply(draw_sentence(f"This app only knows {COMMAND}."))
    command = read_command(commanded.text)
    if isinstance(command, Puzzle):
        return _reply(draw_sentence(command.sentence))
    if command.word is Word.HELP:
        return _reply(draw_help([USAGE[word] for word in Word]))
    place = Place(
        via=Via.SLACK_COMMAND,
        team_id=commanded.team_id,
        enterprise_id=commanded.enterprise_id,
        channel=commanded.channel_id,
    )
    by = await front.directory.actor(commanded.user_id, place)
    try:
        if command.is_public:
            refused = await front.refused_here(by, None, _NOT_PUBLIC, _NOT_KNOWN)
            if refused is not None:
                return _reply(draw_sentence(refused.sentence))
        drawn = await _carry_out(front, command, by, replay_key, commanded.trigger_id)
        return _reply(drawn, "in_channel" if command.is_public else "ephemeral")
    except Refused as refused:
        await front.turn_away(by, refused, await meant_by(front, command, refused))
        return _reply(draw_sentence(with_hint(refused, command)))


async def meant_by(front: Front, command: Command, refused: Refused) -> RequestId | None:
    """Return which request a refusal is about, for the log; nothing of it is told."""
    if refused.is_noted or not command.which:
        return None
    try:
        return (await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))).id
    except Refused:
        return None


async def _carry_out(  # noqa: C901, PLR0911, PLR0912 - one arm a word
    front: Front, command: Command, by: Actor, replay_key: Stamp, trigger_id: str
) -> Card:
    if command.which:  # before it is looked up: which numbers there are is nothing for strangers either
        eligibility.require_member(by)
    match command.word:
        case Word.HELP:
            return draw_help([USAGE[word] for word in Word])
        case Word.LIST | Word.SHOW | Word.POLICY | Word.AUDIT | Word.ON_CALL | Word.STATS | Word.WHOAMI:
            return await LOOKS[command.word](front, command, by)
        case Word.REQUEST:
            return await _request(front, command, by, trigger_id)
        case Word.CANCEL:
            return await steering.cancel(front, command, by, replay_key)
        case Word.ESCALATE:
            return await steering.escalate(front, command, by, replay_key)
        case Word.LOOKING:
            return await steering.claim(front, command, by, replay_key)
        case Word.APPROVE:
            return await answer_request(front, command, Verdict.APPROVE, by, replay_key)
        case Word.REJECT:
            return await answer_request(front, command, Verdict.REJECT, by, replay_key)
        case Word.UNDO:
            return await take_back(front, command, by, replay_key)
        case Word.DELEGATE:
            return await answer_delegate(front, command.rest, by, replay_key)
        case Word.UNDELEGATE:
            return await answer_undelegate(front, by, replay_key)
        case Word.AWAY | Word.BACK:
            return await answer_away_or_back(front, command, by, replay_key)
        case Word.ASK | Word.ANSWER:
            return await ask_or_answer(front, command, by, replay_key)
        case Word.BREAK_GLASS:
            return await confirm_emergency(front, command, by, trigger_id)
        case Word.REVIEWED:
            return await take_review(front, command, by, replay_key)
        case Word.WAIVE | Word.WAIVERS | Word.UNWAIVE:
            return await answer_waiving(front, command, by, replay_key)
        case _:
            assert_never(command.word)


async def _request(front: Front, command: Command, by: Actor, trigger_id: str) -> Card:
    """Open the dialog in which somebody asks. Raises Refused for whoever may not."""
    if await open_request(front, trigger_id, by, Draft(title=unquoted(as_typed(command.rest)))):
        return draw_sentence("Nothing is asked for yet: fill in the dialog.")
    return draw_sentence("Slack didn't open the dialog in time, so nothing is asked for. Send the command again.")


def with_hint(refused: Refused, command: Command) -> str:
    """Return what whoever typed it reads: why not, and where they can put it right, how."""
    if refused.code in MISSING:
        return f"{as_sentence(refused)} Like this: /jit {command.word} {command.which} {MISSING[refused.code]}"
    if refused.code is Refusal.NOT_FOUND and command.which:
        return f"{as_sentence(refused)} /jit list shows the open ones."
    return as_sentence(refused)


def _reply(card: Card, to: Literal["ephemeral", "in_channel"] = "ephemeral") -> Reply:
    return {"response_type": to, "text": card.text, "blocks": card.blocks}


def draw_broken(sentence: str) -> Reply:
    """Return what somebody reads when neither yes nor no could be said."""
    return _reply(draw_sentence(sentence))
