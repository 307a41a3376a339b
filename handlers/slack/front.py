"""What the Slack handlers need from the rest of the house; the composition root fills it in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import Refusal, Refused
from bot.core.judging.freeze_windows import Freezes
from bot.core.judging.policy import Policy
from bot.core.people.identity import Actor, Standing
from bot.core.request import RequestId
from bot.rolls import Memberships
from bot.slack import Channels, Directory, Seal, UserGroups
from bot.slack.faults import CALL_ERRORS, SharedChannel
from bot.usecases.desk import Desk
from bot.usecases.turn_away import tell, turn_away
from handlers.door.rates import Rates

_SHARED = (
    "People of other workspaces read this channel, so nothing is answered in it. Use `/jit` or my Home tab; the policy "
    "can allow the channel, too."
)
_UNTOLD = (
    "Slack couldn't tell whether people of other workspaces read this channel, so this can't count. Try again soon, or "
    "use `/jit` or my Home tab."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The desk, and what it takes to know who stands in front of it. ``clock`` answers aware UTC.

    ``policy`` returns the policy that holds now, ``freezes`` which freezes of it hold for a request.
    ``rates`` counts what people ask for here. ``public_url`` is how our links begin, without a slash at its end.
    """

    desk: Desk
    directory: Directory
    channels: Channels
    usergroups: UserGroups
    memberships: Memberships
    client: AsyncWebClient
    seal: Seal
    clock: Callable[[], datetime]
    freezes: Freezes
    policy: Callable[[], Policy]
    public_url: str
    rates: Rates = field(default_factory=Rates)

    async def turn_away(self, by: Actor, refused: Refused, about: RequestId | None = None) -> None:
        """Write a refusal down and whisper it; the same commit holds both. One that is written down already is not."""
        if refused.is_noted:
            return
        try:
            await self.desk.run(lambda tx, now: turn_away(tx, by, refused, about, now))
        except Refused:
            # It is the one just written down: whoever clicked has their answer in the outbox.
            return

    async def tell(self, by: Actor, text: str) -> None:
        """Answer whoever clicked, where they clicked, as surely as anything else that is committed."""
        await self.desk.run(lambda tx, _now: tell(tx, by, text))

    async def refused_here(
        self, by: Actor, about: RequestId | None, why: str = _SHARED, untold: str = _UNTOLD
    ) -> Refused | None:
        """Return why nothing counts that one of us does where others see it, once it is written down; else None.

        Everybody but our own people is refused for who they are. What is done in no channel nobody sees. *untold* is
        why where Slack does not tell who reads there, as it does not of a private channel that we are not in.
        """
        if by.channel is None or by.standing not in {Standing.MEMBER, Standing.GUEST}:
            return None
        try:
            await self.channels.ours(by.channel)
        except SharedChannel:
            refused = Refused(Refusal.FORBIDDEN, why)
        except CALL_ERRORS:
            refused = Refused(Refusal.FORBIDDEN, untold)
        else:
            return None
        await self.turn_away(by, refused, about)
        return refused


def require_colleague(by: Actor) -> None:
    """Raise Refused for people of other workspaces. Guests see the cards of their channels, and so the details too."""
    if by.standing not in {Standing.MEMBER, Standing.GUEST}:
        raise Refused(Refusal.NOT_ELIGIBLE, "Details are for people of this workspace.")
