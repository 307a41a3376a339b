"""`/jit list`, `show`, `audit`, `policy explain`, `whoami`: what there is, why, and who one is to the bot."""

from collections.abc import Sequence

from bot.core.people import delegation, eligibility
from bot.core.people.delegation import Mandate
from bot.core.people.identity import Actor, Standing, is_one_of
from bot.core.request import ApprovalRequest, RequestId
from bot.slack.cards.card import Card, draw_card
from bot.slack.words.replies import draw_explanation, draw_history, draw_identity, draw_list
from bot.usecases import look_up
from handlers.slack.counting import known_to, mandates_of
from handlers.slack.front import Front
from handlers.slack.jit.words import Choice, Command

LISTED = 10
"""How many requests an answer lists."""

LOOKED_THROUGH = 500
"""Of how many open requests, at most, those are picked that concern somebody: Slack waits three seconds."""

_PAGE = 100
_OPEN = look_up.RequestFilter(open_only=True)


async def show_list(front: Front, command: Command, by: Actor) -> Card:
    """List open requests: all, those in the channel, those that *by* asked for, or those that *by* may answer."""
    eligibility.require_member(by)
    mandates = await mandates_of(front, by)
    if command.choice is Choice.CHANNEL:
        return await _list_here(front, command, by, mandates)
    if command.choice is None:
        page = await front.desk.read(lambda snapshot: look_up.page(snapshot, _OPEN, None, LISTED))
        mine = await _marked(front, page.items, command, by, mandates)
        return draw_list(page.items, mine, has_more=page.next_cursor is not None)
    found, cursor, seen = list[ApprovalRequest](), None, 0
    while seen < LOOKED_THROUGH and len(found) <= LISTED:
        page = await front.desk.read(lambda snapshot, at=cursor: look_up.page(snapshot, _OPEN, at, _PAGE))
        for request in page.items:
            if await _concerns(front, command.choice, request, by, mandates):
                found.append(request)
        seen, cursor = seen + len(page.items), page.next_cursor
        if cursor is None:
            break
    mine = frozenset(one.id for one in found if command.choice is Choice.FOR_ME)
    has_more = len(found) > LISTED or cursor is not None
    return draw_list(found[:LISTED], mine, has_more=has_more, whose=command.choice)


async def _list_here(front: Front, command: Command, by: Actor, mandates: tuple[Mandate, ...]) -> Card:
    channel = by.channel or ""
    here = await front.desk.read(lambda snapshot: snapshot.looks.open_in(channel, LISTED + 1))
    mine = await _marked(front, here[:LISTED], command, by, mandates)
    return draw_list(here[:LISTED], mine, has_more=len(here) > LISTED, whose=Choice.CHANNEL)


async def _marked(
    front: Front, listed: Sequence[ApprovalRequest], command: Command, by: Actor, mandates: tuple[Mandate, ...]
) -> frozenset[RequestId]:
    """Return which of the *listed* the asker is told that they can answer; where all read it, “you” is nobody."""
    if command.is_public:
        return frozenset()
    return frozenset([one.id for one in listed if await _may_answer(front, one, by, mandates)])


async def show_card(front: Front, command: Command, by: Actor) -> Card:
    """Show one request as its card does, with its buttons."""
    eligibility.require_member(by)
    view = await front.desk.read(lambda snapshot: look_up.view(snapshot, look_up.find(snapshot, command.which).id))
    return draw_card(view, front.seal)


async def show_history(front: Front, command: Command, by: Actor) -> Card:
    """Show what the audit log holds about one request."""
    eligibility.require_member(by)
    request = await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))
    rows = await front.desk.read(lambda snapshot: look_up.history(snapshot, request.id))
    return draw_history(request, [row.entry for row in rows])


async def show_explanation(front: Front, command: Command, by: Actor) -> Card:
    """Say why a request is asked, and who may answer: the words that were frozen into it."""
    eligibility.require_member(by)
    request = await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))
    return draw_explanation(request)


async def show_identity(front: Front, _: Command, by: Actor) -> Card:
    """Say who somebody is to the bot: what they are recognised by, and what that lets them do."""
    if by.standing is not Standing.GUEST:
        eligibility.require_member(by)
    return draw_identity(by, [one.delegation for one in await mandates_of(front, by)])


async def _concerns(
    front: Front, choice: Choice, request: ApprovalRequest, by: Actor, mandates: tuple[Mandate, ...]
) -> bool:
    if choice is Choice.FOR_ME:
        return await _may_answer(front, request, by, mandates)
    requester = request.subject.requester
    return requester is not None and by.person is not None and is_one_of(by.person, (requester,))


async def _may_answer(front: Front, request: ApprovalRequest, by: Actor, mandates: tuple[Mandate, ...]) -> bool:
    who = await known_to(front, by, request)
    if eligibility.may_review(request, who, front.clock()):
        return True
    givers = await front.memberships.givers_known(mandates, request)
    return delegation.may_stand_in(request, who, givers, front.clock())
