"""Whether the cards show what is stored; only read, as the slow pass of the bot would."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Finding, draw_span, fail, warn, well
from bot.core.judging.policy import Policy
from bot.core.people.identity import People
from bot.core.request import RequestId
from bot.core.view import RequestView
from bot.relay.repair import RepairNotices, Watcher
from bot.relay.repair.judging import BROKEN, Found, Judged
from bot.slack import Channels, Directory, Seal, SlackCourier
from bot.slack.workspace.sight import Sight
from bot.store import Look, Pile, Signs

MOST = 200
CALLS = 40
"""To Slack, which allows some fifty a minute."""

UNSEEN_FOR = timedelta(minutes=30)
"""The slow pass looks at every card within a quarter of an hour, when there are few enough."""

_REPAIR = "jit doctor --repair does it now"
_WORDS: Mapping[Found, str] = {
    Found.STALE: "shows an older state",
    Found.CHANGED: "was changed by somebody else",
    Found.DELETED: "was deleted",
    Found.CLOSED: "stands in a channel that takes nothing from us",
}


@dataclass(frozen=True, slots=True)
class Read:
    """What the books say of cards at one moment."""

    looks: Sequence[Look]
    views: Mapping[RequestId, RequestView]

    async def view(self, request_id: RequestId) -> RequestView | None:
        """Return the request as it was then."""
        return self.views.get(request_id)

    def number(self, look: Look) -> int:
        """Return the number by which people know the request."""
        return self.views[look.request].request.number


def check_repairs(case: Case) -> Iterator[Finding]:
    """Look for what the slow pass should have seen to, by the books alone."""

    def query(signs: Signs) -> tuple[datetime, list[int], Pile]:
        now = signs.snapshot.now()
        return now, [one.number for one in signs.cardless(MOST)], signs.unlooked(now - UNSEEN_FOR)

    now, cardless, unlooked = case.signs(query)
    if cardless:
        numbers = ", ".join(f"#{number}" for number in cardless[:10])
        yield fail("cards.missing", f"{len(cardless)} open requests have none, or too few: {numbers}", _REPAIR)
    else:
        yield well("cards.missing", "every open request has its cards, or gets them")
    if unlooked.oldest is not None:
        says = f"{unlooked.count} wait for a look, the longest {draw_span(now - unlooked.oldest)}"
        yield warn("cards.looks", says, "does the bot run, and does Slack answer it?")
    else:
        yield well("cards.looks", "looked after in time")


async def check_cards(
    case: Case, client: AsyncWebClient, policy: Policy | None, secret_key: str
) -> AsyncIterator[Finding]:
    """Compare the cards of open requests in Slack with the books."""
    shared = policy.shared_channels if policy else frozenset[str]()
    channels = Channels(client, lambda: shared, case.clock)
    courier = SlackCourier(client, Directory(client, People, case.clock), channels, Seal(secret_key))
    watching = _Watching(case, Sight(client, channels), courier)
    read, judged = await watching.judged(None)
    if any(one.found in BROKEN for one in judged):
        # One that was delivered while we looked is none: those are looked at once more.
        suspects = frozenset(one.look.request for one in judged if one.found in BROKEN)
        unseen = [one for one in judged if one.found is Found.UNSEEN]
        read, again = await watching.judged(suspects)
        judged = [*again, *unseen]
    broken = [one for one in judged if one.found in BROKEN]
    for one in broken:
        says = f"#{read.number(one.look)} in {one.look.card.place}: the card {_WORDS[one.found]}"
        yield fail("cards.shown", f"{says}{f' ({one.why})' if one.why else ''}", _REPAIR)
    unseen = sum(one.found is Found.UNSEEN for one in judged)
    if unseen:
        yield warn(
            "cards.shown", f"{unseen} could not be looked at: too many at once, or Slack did not answer", "try again"
        )
    elif not broken:
        yield well("cards.shown", f"{len(read.looks)} cards of open requests show what is stored")


def read_cards(case: Case, only: frozenset[RequestId] | None = None) -> Read:
    """Read which cards open requests have, up to :data:`MOST`; with *only* those of these requests."""

    def query(signs: Signs) -> Read:
        looks = [one for one in signs.cards(MOST) if only is None or one.request in only]
        views = {one.request: signs.snapshot.view(one.request) for one in looks}
        return Read(looks, {key: view for key, view in views.items() if view is not None})

    return case.signs(query)


@dataclass(frozen=True, slots=True)
class _Watching:
    """What it takes to look at cards."""

    case: Case
    sight: Sight
    courier: SlackCourier

    async def judged(self, only: frozenset[RequestId] | None) -> tuple[Read, list[Judged]]:
        """Return how the cards of open requests look, of all of them or of *only* these."""
        read, notices = read_cards(self.case, only), RepairNotices(CollectorRegistry())
        watcher = Watcher(read, self.sight, self.courier, notices, self.case.clock)
        return read, await watcher.judge(read.looks, CALLS)
