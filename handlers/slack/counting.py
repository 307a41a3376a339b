"""One person's answer, counted: in their own name, or else in that of whoever lets them.

What it depends on, and only Slack, a calendar or the books can tell, is looked up between two tries: never inside one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Never

from bot.core.errors import Refusal, Refused
from bot.core.life.outcome import Outcome
from bot.core.people import eligibility
from bot.core.people.delegation import Mandate
from bot.core.people.identity import Actor
from bot.core.people.membership import LiveGroup
from bot.core.request import ApprovalRequest, RequestId
from bot.slack import Place
from bot.usecases import claim, look_up
from bot.usecases.ask_back import Question, ask_back
from bot.usecases.break_glass import Emergency, Look, break_glass, review_glass
from bot.usecases.needing import MembershipNeeded
from bot.usecases.review import Click, MandatesWanted, review
from handlers.slack.front import Front

_TRIES = 4

Try = Callable[[Actor], Awaitable[Outcome | MembershipNeeded]]
Unread = Callable[[ApprovalRequest, Actor], tuple[LiveGroup, ...]]
"""Returns the live groups that must be looked up before anybody can tell whether somebody may do something."""


async def count(front: Front, click: Click) -> Outcome:
    """Count *click*. Raises Refused. Whoever answers in their own name waits for nobody to be looked up.

    Between two tries the request may have moved on, and ask others by then: what matters by then is looked up again.
    """
    for _ in range(_TRIES):
        try:
            found = await front.desk.run(
                lambda tx, now, click=click: review(tx, click, front.freezes, now), (click.request_id,)
            )
        except MandatesWanted as wanted:
            mandates = await mandates_of(front, click.by) if click.mandates is None else click.mandates
            click = replace(click, mandates=await front.memberships.givers_known(mandates, wanted.request))
            continue
        if not isinstance(found, MembershipNeeded):
            return found
        click = replace(click, by=await front.memberships.of(click.by, found.request, found.groups))
    return await _give_up(front, click.by, click.request_id)


async def break_it(front: Front, emergency: Emergency) -> Outcome:
    """Release it in an emergency. Raises Refused."""

    async def tried(by: Actor) -> Outcome | MembershipNeeded:
        known = replace(emergency, by=by)
        return await front.desk.run(lambda tx, now: break_glass(tx, known, front.freezes, now), (known.request_id,))

    return await _looked_up(front, emergency.by, emergency.request_id, tried)


async def look_at_it(front: Front, look: Look) -> Outcome:
    """Take what was found about a broken glass. Raises Refused."""

    async def tried(by: Actor) -> Outcome | MembershipNeeded:
        known = replace(look, by=by)
        return await front.desk.run(lambda tx, now: review_glass(tx, known, now), (known.request_id,))

    return await _looked_up(front, look.by, look.request_id, tried)


async def claim_it(front: Front, claiming: claim.Claiming) -> Outcome:
    """Keep reminders quiet while somebody looks. Raises Refused."""

    async def tried(by: Actor) -> Outcome | MembershipNeeded:
        known = replace(claiming, by=by)
        return await front.desk.run(lambda tx, now: claim.claim(tx, known, now), (known.request_id,))

    return await _looked_up(front, claiming.by, claiming.request_id, tried)


async def _looked_up(front: Front, by: Actor, request_id: RequestId, tried: Try) -> Outcome:
    """Do it, with everything looked up about *by* that it turns out to depend on."""
    for _ in range(_TRIES):
        found = await tried(by)
        if not isinstance(found, MembershipNeeded):
            return found
        by = await front.memberships.of(by, found.request, found.groups)
    return await _give_up(front, by, request_id)


async def _give_up(front: Front, by: Actor, request_id: RequestId) -> Never:
    sentence = "This changed while you answered, so nothing was counted. Look at it as it is now."
    refused = Refused(Refusal.STALE, sentence)
    await front.turn_away(by, refused, request_id)
    raise refused


async def known_to(
    front: Front, by: Actor, request: ApprovalRequest, unread: Unread = eligibility.unread_groups
) -> Actor:
    """Return *by* with everything looked up that tells whether they may answer *request*, or do what *unread* is of."""
    groups = unread(request, by)
    return await front.memberships.of(by, request, groups) if groups else by


async def ask(front: Front, question: Question) -> Outcome:
    """Ask back, with everything looked up that tells whether they may. Raises Refused."""
    view = await front.desk.read(lambda snapshot: look_up.view(snapshot, question.request_id))
    known = replace(question, by=await known_to(front, question.by, view.request))
    return await front.desk.run(lambda tx, now: ask_back(tx, known, now), locks=(question.request_id,))


async def mandates_of(front: Front, by: Actor) -> tuple[Mandate, ...]:
    """Return in whose name *by* may answer, with these people as Slack and the policy know them now."""
    account = by.person.slack_id if by.person else None
    if account is None:
        return ()
    running = await front.desk.read(lambda snapshot: snapshot.delegations_to(account))
    place = Place(via=by.via, team_id=by.team_id)
    return tuple(
        [Mandate(delegation=one, giver=await front.directory.actor(one.giver.slack_id or "", place)) for one in running]
    )
