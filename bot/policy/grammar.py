"""The grammar of the policy file: one model for each mapping that can stand in it."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.core.request import Forbidden, Handling, OnTimeout, RequireReason
from bot.policy.scalars import (
    Channel,
    Duration,
    Email,
    EnvironmentName,
    GithubLogin,
    Host,
    Rate,
    SlackId,
    one_of,
    refusal,
)

MAX_QUORUM = 100
MAX_STAGES = 10
MAX_STEPS = 10
MAX_CHANNELS = 10
_HOUR = timedelta(hours=1)


class Part(BaseModel):
    """A mapping in the file: nothing is guessed, and no key that isn't known is passed over."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _kind(value: object) -> object:
    if value != "generic":
        raise refusal("must be generic, the only kind of source there is")
    return value


def _supersede(value: object) -> object:
    if value != "lane":
        raise refusal("must be lane: a newer request ends the older open ones of its lane; leave out to keep them")
    return value


def _condition(value: object) -> object:
    if not isinstance(value, str):
        raise refusal("must be a condition, written as text; leave when out to match always")
    return value


Kind = Annotated[Literal["generic"], BeforeValidator(_kind)]
Condition = Annotated[str, BeforeValidator(_condition)]
ThenWord = Annotated[Handling, BeforeValidator(one_of(Handling))]
OnTimeoutWord = Annotated[OnTimeout, BeforeValidator(one_of(OnTimeout))]
ReasonWord = Annotated[RequireReason, BeforeValidator(one_of(RequireReason))]
ForbiddenWord = Annotated[Forbidden, BeforeValidator(one_of(Forbidden))]
SupersedeWord = Annotated[Literal["lane"], BeforeValidator(_supersede)]
Quorum = Annotated[int, Field(ge=1, le=MAX_QUORUM)]
Sentence = Annotated[str, Field(min_length=1, max_length=1000)]


class DefaultsPart(Part):
    """What holds where a rule says nothing, and when no rule matches."""

    channel: Channel = "#approvals"
    timeout: Duration = _HOUR
    on_timeout: OnTimeoutWord = OnTimeout.EXPIRE
    require_reason: ReasonWord = RequireReason.ON_REJECT
    allow_self_approval: bool = False
    approvers: list[str] | None = Field(default=None, min_length=1)


class SourcePart(Part):
    """A caller that may ask."""

    kind: Kind = "generic"
    token_env: EnvironmentName | None = None
    signing_secret_env: EnvironmentName | None = None
    callback_hosts: list[Host] = []
    limit: Rate | None = None


class PersonPart(Part):
    """One human, however they sign in."""

    email: Email | None = None
    slack: SlackId | None = None
    github: GithubLogin | None = None


class GroupPart(Part):
    """People who answer for something together."""

    users: list[str] = Field(min_length=1)


class RoutePart(Part):
    """Where a rule's requests are shown, and who is pinged there."""

    channel: Channel | None = None
    channels: list[Channel] = Field(default=[], max_length=MAX_CHANNELS)
    mention: list[str] | None = None


class SignpostPart(Part):
    """Where requests are shown for which their rule says nothing: the first that matches."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    when: Condition
    channels: list[Channel] = Field(min_length=1, max_length=MAX_CHANNELS)
    mention: list[str] = []


class EscalationPart(Part):
    """Whom silence calls next, and where."""

    after: Duration
    to: list[str] = []
    channel: Channel | None = None


class StagePart(Part):
    """How many of whom must agree, and what silence brings."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = "approval"
    when: Condition | None = None
    approvers: list[str] | None = Field(default=None, min_length=1)
    quorum: Quorum = 1
    reject_quorum: Quorum = 1
    mention: list[str] | None = None
    remind_after: Duration | None = None
    escalate: list[EscalationPart] = Field(default=[], max_length=MAX_STEPS)


class RulePart(Part):
    """One rule."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    then: ThenWord
    when: Condition | None = None
    reason: Sentence | None = None
    route: RoutePart = RoutePart()
    stages: list[StagePart] = Field(default=[], max_length=MAX_STAGES)
    timeout: Duration | None = None
    on_timeout: OnTimeoutWord | None = None
    forbid: list[ForbiddenWord] | None = None
    supersede: SupersedeWord | None = None
    require_reason: ReasonWord | None = None
