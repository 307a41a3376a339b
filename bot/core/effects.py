"""What the core asks of the world. Imperatives; the relay carries them out after the commit, never the core."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.people.identity import Actor, Person
from bot.core.people.membership import LiveGroup
from bot.core.request import RequestId
from bot.core.ruling import Verdict
from bot.core.view import Detour


class Note(StrEnum):
    """What a line in the card's thread, or in the requester's direct message, is about."""

    ASKED = "asked"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    ESCALATED = "escalated"
    DESERTED = "deserted"
    REMINDED = "reminded"
    CLAIMED = "claimed"
    STAGE_BEGAN = "stage_began"
    INFO_REQUESTED = "info_requested"
    INFO_PROVIDED = "info_provided"
    REVISED = "revised"
    VOIDED = "voided"
    GLASS_BROKEN = "glass_broken"
    GLASS_CHASED = "glass_chased"
    GLASS_REVIEWED = "glass_reviewed"
    WAIVED = "waived"
    UNWAIVED = "unwaived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a line is to say: who did it, and in which words.

    ``words`` is untrusted text, ``category`` what they are about, and so are the ``conditions`` of a yes; ``calls``
    and ``groups`` are pinged. ``on_behalf_of`` whom, when not in their own name. ``release_at`` (aware UTC) is when
    what they settled is released, if that is later.
    """

    note: Note
    by: Actor
    verdict: Verdict | None = None
    words: str | None = None
    calls: tuple[Person, ...] = ()
    on_behalf_of: Person | None = None
    groups: tuple[LiveGroup, ...] = ()
    category: str | None = None
    conditions: tuple[str, ...] = ()
    release_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCard:
    """The card in *channel* is missing or out of date. What it shows is decided when it is drawn.

    With a ``detour`` its own channel can't be posted to, and it is shown there instead.
    """

    request: RequestId
    channel: str
    detour: Detour | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TellThread:
    """Add a line to the thread under the card in *channel*."""

    request: RequestId
    channel: str
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class TellRequester:
    """Send whoever asked a direct message."""

    request: RequestId
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class TellAccount:
    """Send one Slack account a direct message that is about no request: that somebody delegated to it."""

    slack_id: str
    text: str

    @property
    def request(self) -> None:
        """About none; every effect says it."""
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class TellPerson:
    """Send somebody a direct message, wherever the cards are shown."""

    request: RequestId
    person: Person
    said: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """Answer one person where they clicked, visible to them alone."""

    channel: str
    slack_id: str
    text: str
    request: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Answer what *slack_id* wrote to the bot in *channel*; in a thread, when it was written in one.

    ``drawn`` is what Slack is to show, as JSON: unlike a card it says what was true when it was asked, and stays so.
    Where others read along they alone see it; in a direct message (``is_direct``) it stands there like any other.
    """

    channel: str
    slack_id: str
    text: str
    drawn: str
    thread_ts: str | None = None
    is_direct: bool = False

    @property
    def request(self) -> None:
        """About none; every effect says it."""
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfurl:
    """Show what *url* leads to, below the message *ts* in *channel*. What it shows is decided when it is drawn.

    ``about`` is the request it leads to. That the link was shown is nothing that happened to it: no log holds it.
    """

    about: RequestId
    channel: str
    ts: str
    url: str

    @property
    def request(self) -> None:
        """About none, as far as the log goes; every effect says it."""
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class TellAdmins:
    """Say something about the house itself where its administrators read."""

    channel: str
    text: str

    @property
    def request(self) -> None:
        """About none; every effect says it."""
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """Send the caller the decision, signed."""

    request: RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSource:
    """Tell the native source that asked the decision, in its own words."""

    request: RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class TellSource:
    """What a native source shows of the request is out of date. What it shows is decided when it is told.

    ``not_before`` (aware UTC) lets several steps become one telling.
    """

    request: RequestId
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDigest:
    """Call in *channel*, when its quiet hours end at *until* (aware UTC), whoever still has to answer there.

    One message for everything that was held back until then; what it says is decided when it is drawn.
    """

    request: RequestId
    channel: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowHome:
    """The Home tab of one account is out of date. What it shows is decided when it is drawn.

    ``not_before`` (aware UTC) lets several steps become one drawing; None: somebody waits for it.
    """

    slack_id: str
    not_before: datetime | None = None

    @property
    def request(self) -> None:
        """About none; every effect says it."""
        return


Effect = (
    SendDigest
    | ShowCard
    | ShowHome
    | TellThread
    | TellRequester
    | TellAccount
    | TellPerson
    | TellAdmins
    | Whisper
    | Reply
    | Unfurl
    | CallBack
    | AnswerSource
    | TellSource
)
