"""`/jit delegate`: let somebody answer in one's name for a while, see who may, and take it back."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.errors import Refusal, Refused
from bot.core.people import eligibility
from bot.core.people.identity import Actor
from bot.core.stamp import Stamp
from bot.slack import Place
from bot.slack.cards.card import Card
from bot.slack.faults import CALL_ERRORS
from bot.slack.words.replies import draw_sentence
from bot.slack.words.rich import draw_utc
from bot.usecases.delegate import Handover, delegate, revoke
from handlers.slack.front import Front
from handlers.slack.jit.spans import LIKE_THIS, draw_end, read_end

_MENTION = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>\s*(.*)")
_UTC = ZoneInfo("UTC")


async def answer_delegate(front: Front, rest: str, by: Actor, replay_key: Stamp) -> Card:
    """Carry out what stands behind `/jit delegate`. Raises Refused."""
    match rest.casefold().split():
        case ["list"]:
            return await _list(front, by)
        case ["revoke"]:
            return await answer_undelegate(front, by, replay_key)
        case _:
            return await _give(front, rest, by, replay_key)


async def answer_undelegate(front: Front, by: Actor, replay_key: Stamp) -> Card:
    """Take back what is delegated. Raises Refused."""
    revoked = await front.desk.run(lambda tx, now: revoke(tx, by, replay_key, now))
    return draw_sentence(f"{revoked.receiver.key} no longer answers in your name. What they answered stands.")


async def lend(front: Front, by: Actor, account: str, until: datetime, replay_key: Stamp) -> str:
    """Let *account* answer in the name of *by* before *until* (aware UTC); return what to say of it. Raises Refused."""
    zone = await zone_of(front, by)
    to = await front.directory.actor(account, Place(via=by.via, team_id=by.team_id))
    words = draw_end(until, zone)
    # Whoever may answer reads the moment in a zone of their own.
    handover = Handover(by=by, to=to, until=until, until_words=draw_utc(until), replay_key=replay_key)
    done = await front.desk.run(lambda tx, now: delegate(tx, handover, now))
    before = done.replaced.receiver if done.replaced else done.given.receiver
    instead = "" if before.slack_id == done.given.receiver.slack_id else f" {before.key} no longer does."
    return f"Until {words} {done.given.receiver.key} may answer in your name, and is told so.{instead}"


async def zone_of(front: Front, by: Actor) -> ZoneInfo:
    """Return the time zone in which *by* reads a clock, as Slack knows it; UTC, which is said, when it does not."""
    try:
        account = await front.directory.account((by.person.slack_id if by.person else None) or "")
        return ZoneInfo(account.zone or "UTC")
    except (*CALL_ERRORS, ZoneInfoNotFoundError, ValueError):
        return _UTC


async def _give(front: Front, rest: str, by: Actor, replay_key: Stamp) -> Card:
    mention = _MENTION.fullmatch(rest)
    if mention is None:
        raise Refused(Refusal.OUT_OF_RANGE, f"Say who and until when: /jit delegate @somebody {LIKE_THIS}.")
    until = read_end(mention[2], await zone_of(front, by), front.clock())
    if until is None:
        raise Refused(Refusal.OUT_OF_RANGE, f"Until when? Write it like one of these: {LIKE_THIS}.")
    return draw_sentence(await lend(front, by, mention[1], until, replay_key))


async def _list(front: Front, by: Actor) -> Card:
    account = eligibility.require_member(by).slack_id or ""
    given, received = await front.desk.read(
        lambda snapshot: (snapshot.delegation_of(account), snapshot.delegations_to(account))
    )
    zone = await zone_of(front, by)
    said = [f"{given.receiver.key} may answer in your name until {draw_end(given.until, zone)}."] if given else []
    said += [f"You may answer in the name of {one.giver.key} until {draw_end(one.until, zone)}." for one in received]
    return draw_sentence("\n".join(said) or "You have delegated to nobody, and nobody has delegated to you.")
