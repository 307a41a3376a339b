"""`/jit away` and `/jit back`: people say of themselves, and of nobody else, that they are not there."""

from bot.core.errors import Refusal, Refused
from bot.core.people import eligibility
from bot.core.people.identity import Actor
from bot.core.stamp import Stamp
from bot.slack.cards.card import Card
from bot.slack.words.escape import line
from bot.slack.words.replies import draw_sentence
from bot.usecases.away import Leave, come_back, leave
from handlers.slack.front import Front
from handlers.slack.jit.delegating import zone_of
from handlers.slack.jit.spans import LIKE_THIS, draw_end, read_beginning
from handlers.slack.jit.words import Command, Word, as_typed

LISTED = 20


async def answer_away_or_back(front: Front, command: Command, by: Actor, replay_key: Stamp) -> Card:
    """Carry out `/jit away` and `/jit back`; `away` alone, or with `list`, says who is. Raises Refused."""
    rest = command.rest
    if command.word is Word.BACK:
        return await _back(front, by, replay_key)
    if rest.casefold().split() in ([], ["list"]):
        return await _list(front, by)
    zone = await zone_of(front, by)
    until, reason = read_beginning(as_typed(rest), zone, front.clock())
    if until is None:
        raise Refused(Refusal.OUT_OF_RANGE, f"Until when? Write it like one of these: {LIKE_THIS}; and then why.")
    wish = Leave(by=by, until=until, reason=reason, replay_key=replay_key)
    await front.desk.run(lambda tx, now: leave(tx, wish, now))
    said = f"You are away until {draw_end(until, zone)}. Where all who are asked are, others are asked at once."
    return draw_sentence(f"{said} You may still answer. /jit back says that you are back.")


async def _back(front: Front, by: Actor, replay_key: Stamp) -> Card:
    await front.desk.run(lambda tx, now: come_back(tx, by, replay_key, now))
    return draw_sentence("You are back. Whoever was asked in the meantime still may answer.")


async def _list(front: Front, by: Actor) -> Card:
    """Say who is away, whoever asks first."""
    account = eligibility.require_member(by).slack_id
    presence = await front.desk.read(lambda snapshot: snapshot.presence())
    zone = await zone_of(front, by)
    mine_first = sorted(presence.absences, key=lambda one: (one.person.slack_id != account, one.until, one.id))
    said = list[str]()
    for one in mine_first[:LISTED]:
        who = "You are" if one.person.slack_id == account else f"{line(one.person.key, 100)} is"
        said.append(f"{who} away until {draw_end(one.until, zone)}{f': {one.reason}' if one.reason else ''}")
    if len(mine_first) > LISTED:
        said.append(f"and {len(mine_first) - LISTED} more")
    return draw_sentence("\n".join(said) or "Nobody has said to be away.")
