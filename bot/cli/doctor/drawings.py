"""Whether Slack takes the cards of open requests as they would be drawn now; it shows them to nobody."""

from collections.abc import AsyncIterator

from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.doctor.cards import CALLS, read_cards
from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Finding, fail, warn, well
from bot.core.people.identity import People
from bot.relay.repair.judging import is_own
from bot.slack import Channels, Directory, Seal, SlackCourier
from bot.slack.faults import CALL_ERRORS, read_fault
from bot.slack.workspace.validating import trouble_with_card

_DEFECT = "a defect of ours, please report it; /jit show and the Home tab still tell of the request"


async def check_drawings(case: Case, client: AsyncWebClient, secret_key: str) -> AsyncIterator[Finding]:
    """Have Slack validate each card, one call a card; how many it allows, its documents do not say."""
    # Nothing is posted, so no channel is asked about.
    channels = Channels(client, frozenset, case.clock)
    courier = SlackCourier(client, Directory(client, People, case.clock), channels, Seal(secret_key))
    read = read_cards(case)
    own = [(look, view) for look in read.looks if (view := read.views.get(look.request)) and is_own(look.card, view)]
    asked = refused = 0
    try:
        for look, view in own[:CALLS]:
            why = await trouble_with_card(client, await courier.draw(view, look.card.channel, look.card.detour))
            asked, refused = asked + 1, refused + (why is not None)
            if why is not None:
                yield fail("cards.valid", f"Slack would not take the card of #{read.number(look)}: {why}", _DEFECT)
    except CALL_ERRORS as error:
        yield warn("cards.valid", f"only {asked} of {len(own)} were asked about: {read_fault(error)}", "try again")
        return
    if asked < len(own):
        yield warn("cards.valid", f"only {asked} of {len(own)} were asked about: one round asks for no more")
    elif not refused:
        yield well("cards.valid", f"Slack would take the {asked} cards of open requests as they are drawn now")
