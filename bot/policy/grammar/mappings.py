"""The grammar of the policy file: one model for each mapping that can stand in it."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bot.core.evidence.triage import Measure
from bot.core.ruling import CLAIM_FOR, Delegating, Forbidden, Handling, OnTimeout, RequireReason
from bot.policy.grammar.native import NATIVE_PARTS
from bot.policy.grammar.oidc import OidcPart
from bot.policy.grammar.persons import Part
from bot.policy.grammar.scalars import (
    MAX_SECRETS,
    BranchPattern,
    Channel,
    ChannelId,
    Duration,
    EnvironmentNames,
    Host,
    Rate,
    RuleRate,
    Window,
    one_of,
    refusal,
)
from bot.policy.grammar.time_words import CalendarWord, Hours, Zone

MAX_QUORUM = 100
MAX_ACTIONS, MAX_ACTION = 100, 75
MAX_SHARED = 100
MAX_BASE_REFS = 100
MAX_FLAKY_RUNS = 50
MAX_STAGES = MAX_STEPS = MAX_CHANNELS = 10
_HOUR = timedelta(hours=1)
_MEASURE = Measure()


def _kind(value: object) -> object:
    if value not in {"generic", "slack"}:
        native = ", ".join(NATIVE_PARTS)
        raise refusal(f"must be generic, a caller of the API, slack, people who ask there, or a native one: {native}")
    return value


def _action(value: object) -> object:
    """Refuse what would not be chosen as it is read: Slack's menus hold 75 characters."""
    is_seen = isinstance(value, str) and value.isprintable() and value == " ".join(value.split())
    if not is_seen or not 0 < len(str(value)) <= MAX_ACTION:
        raise refusal(f"must be what an action is called, in 1 to {MAX_ACTION} characters that can be seen")
    return value


def _supersede(value: object) -> object:
    if value != "lane":
        raise refusal("must be lane: a newer request ends the older open ones of its lane; leave out to keep them")
    return value


def _condition(value: object) -> object:
    if not isinstance(value, str):
        raise refusal("must be a condition, written as text; leave when out to match always")
    return value


Kind = Annotated[Literal["generic", "slack"], BeforeValidator(_kind)]
ActionName = Annotated[str, BeforeValidator(_action)]
Condition = Annotated[str, BeforeValidator(_condition)]
ThenWord = Annotated[Handling, BeforeValidator(one_of(Handling))]
OnTimeoutWord = Annotated[OnTimeout, BeforeValidator(one_of(OnTimeout))]
ReasonWord = Annotated[RequireReason, BeforeValidator(one_of(RequireReason))]
DelegationWord = Annotated[Delegating, BeforeValidator(one_of(Delegating))]
ForbiddenWord = Annotated[Forbidden, BeforeValidator(one_of(Forbidden))]
SupersedeWord = Annotated[Literal["lane"], BeforeValidator(_supersede)]
Quorum = Annotated[int, Field(ge=1, le=MAX_QUORUM)]
Sentence = Annotated[str, Field(min_length=1, max_length=1000)]


class DefaultsPart(Part):
    """What holds where a rule says nothing, and when no rule matches."""

    channel: Channel = "#approvals"
    """Where a request is shown when neither its rule nor a route names a channel."""
    timeout: Duration = Field(default=_HOUR, json_schema_extra={"default": "1h"})
    """How long people have to answer."""
    on_timeout: OnTimeoutWord = OnTimeout.EXPIRE
    """What silence is in the end. `approve` can only stand in a rule, and holds only for what a card has shown, and
    nobody rejected."""
    require_reason: ReasonWord = RequireReason.ON_REJECT
    """Which answers need a reason."""
    allow_self_approval: bool = False
    """Whether whoever asked may answer, where a rule does not forbid it."""
    approvers: list[str] | None = Field(default=None, min_length=1)
    """Who may answer where a stage names nobody. Without it: any full member of the workspace."""
    admin_channel: Channel | None = None
    """Where trouble of the bot itself is told: a policy file that was refused, a channel it can't post to."""
    allow_shared_channels: list[ChannelId] = Field(default=[], max_length=MAX_SHARED)
    """Channels, by their ids, in which cards are shown and answered although people of other workspaces read them.
    In every other shared channel (Slack Connect, or one of several workspaces of an organisation) nothing is said."""
    fallback: list[str] = Field(default=[])
    """Who is asked, too, when the bans leave too few in a stage who may answer."""
    calendar: CalendarWord | None = None
    """By whose hours the clocks of a rule run that names no calendar. Without it they never stand."""
    base_refs: list[BranchPattern] = Field(default=list(_MEASURE.base_refs), max_length=MAX_BASE_REFS)
    """The branches that others start from, whose runs say which failures are new: `main`, `master` and `trunk` unless
    written. A `*` stands for any characters but a slash (`release/*`)."""
    flaky_percent: int = Field(default=_MEASURE.flaky_percent, ge=1, le=99)
    """From how many percent of failed runs on a test is flaky, if it turned green and red again on a base ref."""
    flaky_runs: int = Field(default=_MEASURE.flaky_runs, ge=2, le=MAX_FLAKY_RUNS)
    """How many runs of a test must be known before their share says anything."""


class SourcePart(Part):
    """A caller that may ask."""

    kind: Kind = "generic"
    """What speaks there: `generic` is a caller of the API, `slack` people who ask with `/jit request` or a shortcut.
    There is one such source at most, and without it nobody can ask in Slack. Native kinds have keys of their own,
    below."""
    token_env: EnvironmentNames = Field(default=[], max_length=MAX_SECRETS)
    """The environment variable that holds the bearer token. A list while one token follows another: each is good."""
    signing_secret_env: EnvironmentNames = Field(default=[], max_length=MAX_SECRETS)
    """The environment variable that holds the secret (`whsec_…`) for signatures, theirs and ours. Of a list each is
    good for theirs, and ours are made with all of them."""
    oidc: OidcPart | None = None
    """Which ID tokens of its CI are good in place of a secret. See [keyless](keyless.md)."""
    callback_hosts: list[Host] = Field(default=[])
    """Hosts that callbacks may go to by http, or inside the network."""
    limit: Rate | None = None
    """How often it may ask; without it there is no limit."""
    actions: list[ActionName] = Field(default=[], max_length=MAX_ACTIONS)
    """With `kind: slack`: what people may ask for, each an `action`."""
    askers: list[str] | None = Field(default=None, min_length=1)
    """With `kind: slack`: the people, and groups, who may ask. Without it: any full member of the workspace."""


class QuietPart(Part):
    """When nobody is pinged. At their end one message a channel calls whoever still has to answer there."""

    time_zone: Zone
    """Where the hours are local."""
    hours: Hours
    """Days and hours, as in a calendar: `Mon-Sun 22:00-07:00`."""
    when_critical: Condition | None = None
    """A condition; requests that match it ping at all hours, and so do those for which it can't be evaluated."""


class RoutePart(Part):
    """Where a rule's requests are shown, and who is pinged there."""

    channel: Channel | None = None
    """The channel that shows the card."""
    channels: list[Channel] = Field(default=[], max_length=MAX_CHANNELS)
    """More channels that show it."""
    mention: list[str] | None = None
    """People and groups that are pinged when it is asked; `[]` is nobody."""


class SignpostPart(Part):
    """Where requests are shown for which their rule says nothing: the first that matches."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    """What explanations call this route."""
    when: Condition
    """A condition over the same facts as a rule's."""
    channels: list[Channel] = Field(min_length=1, max_length=MAX_CHANNELS)
    """The channels that show the card."""
    mention: list[str] = Field(default=[])
    """People and groups that are pinged, where the rule itself does not say."""


class EscalationPart(Part):
    """Whom silence calls next, and where."""

    after: Duration
    """How long the stage has waited by then; a question to the requester stops its clock."""
    to: list[str] = Field(default=[])
    """People and groups that may answer from then on, and are pinged."""
    channel: Channel | None = None
    """One more channel that shows the card from then on."""


class StagePart(Part):
    """How many of whom must agree, and what silence brings."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = "approval"
    """What the card calls this stage."""
    when: Condition | None = None
    """A condition; where it is false the stage is left out. One stage has none."""
    approvers: list[str] | None = Field(default=None, min_length=1)
    """People, groups and e-mail addresses that may answer, and `manager_of_requester`."""
    quorum: Quorum = 1
    """How many different people must approve."""
    reject_quorum: Quorum = 1
    """How many different people must reject to end it."""
    mention: list[str] | None = None
    """People and groups that are pinged when the stage begins; else the route's for the first stage, the approvers
    for later ones."""
    remind_after: Duration | None = None
    """When the silent are pinged again: after this long, then twice, four times as long, and so on."""
    escalate: list[EscalationPart] = Field(default=[], max_length=MAX_STEPS)
    """What silence brings, in the order of time."""


class BreakGlassPart(Part):
    """Who may approve alone in an emergency: everybody passed over is told, and somebody else reviews it afterwards."""

    approvers: list[str] = Field(min_length=1)
    """People and groups that may, and `manager_of_requester`; nobody whom the rule forbids. Who is in a group that is
    looked up, or stands in for it, is found out when they do it."""
    review_within: Duration = Field(default=24 * _HOUR, json_schema_extra={"default": "24h"})
    """How soon somebody else has to review it; after that they are reminded, daily, seven times in all."""


class RulePart(Part):
    """One rule."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    """What cards, explanations and the log call this rule."""
    then: ThenWord
    """What happens to a request that matches."""
    when: Condition | None = None
    """The condition; without it the rule always matches."""
    reason: Sentence | None = None
    """What the caller is told when the rule decides by itself."""
    route: RoutePart = RoutePart()
    """Where it is shown, and who is pinged."""
    stages: list[StagePart] = Field(default=[], max_length=MAX_STAGES)
    """Who must agree, stage after stage; without it one stage with the defaults."""
    timeout: Duration | None = None
    """How long people have to answer, all stages together."""
    on_timeout: OnTimeoutWord | None = None
    """What silence is in the end; `approve` holds only for what a card has shown, and nobody rejected."""
    forbid: list[ForbiddenWord] | None = None
    """Who may not answer, whatever group they are in; administrators and who can't be told apart are no exception."""
    budget: RuleRate | None = None
    """How often an `auto_approve` may say yes alone; beyond it the rules after it go on, and in the end a person is
    asked. Counted by the rule's name in a sliding window."""
    limit: RuleRate | None = None
    """How often a `require_approval` may ask people; beyond it a caller gets a 429, and nothing is stored."""
    break_glass: BreakGlassPart | None = None
    """Who may approve alone in an emergency, whatever the stages say; without it nobody."""
    supersede: SupersedeWord | None = None
    """`lane`: a newer request ends the older open ones of its lane."""
    group_within: Duration | None = None
    """Identical asks that come so soon after the first share its card and are answered together, each with its own
    record and callback; off unless written. See [Identical asks](#identical-asks)."""
    undo_within: Window | None = None
    """How long what people settled is held before it is released, `15m` at most, and less than the timeout: until then
    whoever answered can take that back; nothing is held unless written. See
    [Taking an answer back](#taking-an-answer-back)."""
    claim_for: Duration = Field(default=CLAIM_FOR, json_schema_extra={"default": "15m"})
    """For how long nobody is reminded once an approver says that they are looking. Escalations and the timeout come in
    their time all the same."""
    require_reason: ReasonWord | None = None
    """Which answers need a reason."""
    require_category: ReasonWord = RequireReason.NEVER
    """Which answers must say what they are about: `product_bug`, `test_bug`, `environment`, `data`, `flaky`, `risk` or
    `other`."""
    require_condition: bool = False
    """Whether a yes needs a condition in words, such as `max 10 %`; `decision.conditions` has all of them."""
    confirm_environment: bool = False
    """Whether whoever approves has to type the name of the environment, exactly; none where the request names none."""
    accept_incomplete: bool = False
    """Whether people may approve although test results are not complete (a report that was cut off, say). Without it
    nobody can, but by `break_glass`, until they are brought whole; no rule and no silence ever does."""
    quiet: bool = True
    """Whether its pings wait for the end of `quiet_hours`."""
    calendar: CalendarWord | None = None
    """By whose hours reminders, escalations and the timeout of this rule run: a name of `calendars`, or a calendar
    itself; `always` is day and night."""
    delegation: DelegationWord = Delegating.ALLOW
    """`forbid`: nobody answers this in an approver's name; else those may to whom an approver has delegated."""
