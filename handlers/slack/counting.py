"""One person's answer, counted: in their own name, or else in that of whoever lets them."""

from dataclasses import replace

from bot.core.delegation import Mandate
from bot.core.identity import Actor
from bot.core.outcome import Outcome
from bot.slack import Place
from bot.usecases.review import Click, MandatesWanted, review
from handlers.slack.front import Front


async def count(front: Front, click: Click) -> Outcome:
    """Count *click*. Raises Refused. Whoever answers in their own name waits for nobody to be looked up."""
    try:
        return await _run(front, click)
    except MandatesWanted:
        return await _run(front, replace(click, mandates=await mandates_of(front, click.by)))


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


async def _run(front: Front, click: Click) -> Outcome:
    return await front.desk.run(lambda tx, now: review(tx, click, now), locks=(click.request_id,))
