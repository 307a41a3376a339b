"""`/jit waive`, `/jit waivers` and `/jit unwaive`: what people type about failures that need not stop anything."""

from bot.core.errors import Refusal, Refused
from bot.core.people import eligibility
from bot.core.people.identity import Actor
from bot.core.stamp import Stamp
from bot.core.waivers.giving import WaiverWish, require_terms, require_waiver_giver
from bot.slack.cards.card import Card
from bot.slack.words.replies import draw_sentence
from bot.slack.words.waivers import LISTED, draw_waivers, said_of_given
from bot.usecases import look_up
from bot.usecases.waive import Revocation, Waiving, unwaive, waive
from handlers.slack.front import Front
from handlers.slack.jit.delegating import zone_of
from handlers.slack.jit.words import Command, Word, as_typed
from handlers.slack.waiving.dialog import waiver_giver
from handlers.slack.waiving.words import LIKE_THIS, read_options, read_test, read_unwaiving


async def answer_waiving(front: Front, command: Command, by: Actor, replay_key: Stamp) -> Card:
    """Carry out one of the three words. Raises Refused."""
    if command.word is Word.WAIVERS:
        return await show_waivers(front, command, by)
    if command.word is Word.UNWAIVE:
        return await take_waiver_back(front, command, by, replay_key)
    return await waive_failure(front, command, by, replay_key)


async def waive_failure(front: Front, command: Command, by: Actor, replay_key: Stamp) -> Card:
    """Give the waiver that was typed, and say what it comes to. Raises Refused."""
    view = await front.desk.read(lambda snapshot: look_up.view(snapshot, look_up.find(snapshot, command.which).id))
    request, given_by = view.request, front.policy().waivers
    known = await waiver_giver(front, by, request, given_by)
    require_waiver_giver(given_by, known, front.clock())
    terms = require_terms(given_by)
    failure, rest = read_test(command.rest, view.tests.failures, request.number)
    options = read_options(rest, await zone_of(front, by), front.clock())
    if not options.reason:
        raise Refused(Refusal.OUT_OF_RANGE, f"Say why that failure need not stop anything, like this: {LIKE_THIS}")
    wish = WaiverWish(
        by=known,
        revision=request.revision,
        failure=failure,
        reason=options.reason,
        ticket=options.ticket,
        until=options.until or front.clock() + terms.for_at_most,
        uses=terms.uses_at_most if options.uses is None else options.uses,
    )
    waiving = Waiving(request_id=request.id, wish=wish, replay_key=replay_key)
    waiver = await front.desk.run(lambda tx, now: waive(tx, waiving, terms, now), (request.id,))
    return draw_sentence(said_of_given(waiver, request.number))


async def take_waiver_back(front: Front, command: Command, by: Actor, replay_key: Stamp) -> Card:
    """Take a waiver back. Raises Refused."""
    eligibility.require_member(by)
    number, reason = read_unwaiving(as_typed(command.rest))
    waiver = await front.desk.read(lambda snapshot: snapshot.waivers.by_number(number))
    terms = front.policy().waivers
    known = by
    if waiver is not None:
        about = await front.desk.read(lambda snapshot: look_up.view(snapshot, waiver.about))
        known = await waiver_giver(front, by, about.request, terms)
    revocation = Revocation(number=number, by=known, reason=reason, replay_key=replay_key)
    ended = await front.desk.run(lambda tx, now: unwaive(tx, revocation, terms, now))
    return draw_sentence(f"Waiver #{ended.number} is taken back: from the next request on that failure counts again.")


async def show_waivers(front: Front, command: Command, by: Actor) -> Card:
    """List what is waived, the first to end first; with `all` also what was, the newest first."""
    eligibility.require_member(by)
    asked = command.rest.casefold().split()
    if asked not in ([], ["all"]):
        raise Refused(Refusal.OUT_OF_RANGE, "Write /jit waivers, or /jit waivers all with those that are over.")
    most = LISTED + 1
    if asked:
        found = await front.desk.read(lambda snapshot: snapshot.waivers.newest(most))
    else:
        found = await front.desk.read(lambda snapshot: snapshot.waivers.live(most))
    now = front.clock()
    return draw_waivers([one for one in found if asked or one.holds(now)], now)
