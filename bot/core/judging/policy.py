"""The policy as the core knows it: rules with plain callables, and what holds where they say nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.evidence.triage import Measure
from bot.core.judging.budget import Limit
from bot.core.judging.facts import Almanac, Condition, Why
from bot.core.judging.freeze_windows import Freeze
from bot.core.judging.ownership import OwnersOf, nobody
from bot.core.judging.signpost import Signpost
from bot.core.judging.source import Source
from bot.core.people.identity import People
from bot.core.people.membership import NOBODY, Crowd
from bot.core.ruling import Handling, Ruling
from bot.core.waivers.terms import WaiverTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. ``terms`` is the ruling it leads to, complete but for the explanation. No ``when`` matches always.

    ``stage_when`` holds the conditions of its stages, in their order; a stage whose condition is false is left out.
    With ``calls`` the rule itself says who is called, if anybody.
    ``almanac`` freezes the calendar that its clocks run by; without one they never stand.
    With ``reads_tests`` its condition looks at test results, and means nothing where none came; one that
    ``overlooks_unknown`` looks at how they were triaged, and means nothing where some were not. ``why`` says what in
    its condition made it come out as it did. ``limit`` is how often it may be used: a rule that approves by itself asks
    a person beyond it, one that asks people takes no more. One that ``is_loud`` pings in quiet hours, too.
    """

    name: str
    when: Condition | None
    terms: Ruling
    stage_when: tuple[Condition | None, ...] = ()
    calls: bool = False
    reads_tests: bool = False
    overlooks_unknown: bool = False
    almanac: Almanac | None = None
    why: Why | None = None
    limit: Limit | None = None
    is_loud: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """When nobody is pinged, but for requests that are ``critical``."""

    almanac: Almanac
    critical: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One loaded policy file. ``hash`` is ``sha256:`` of its bytes; ``default`` is what holds when no rule matches.

    ``almanac`` freezes the calendar of ``default``. ``fallback`` are asked, too, where the bans leave too few who may
    answer. ``reads`` names the counts that any of its conditions may look at: the others need not be counted.
    ``admin_channel`` is where trouble of the house itself is told. ``shared_channels`` are the ids of those in which
    cards are shown although people of other workspaces read them. ``owners_of`` knows who owns the file of a test, and
    failures are triaged by ``measure``; ``waivers`` says who may waive one, and without it none counts as waived.
    ``groups`` says who stands behind each of its groups.
    """

    hash: str
    default: Ruling
    almanac: Almanac | None = None
    rules: tuple[Rule, ...] = ()
    signposts: tuple[Signpost, ...] = ()
    quiet: QuietHours | None = None
    people: People = field(default_factory=People)
    fallback: Crowd = NOBODY
    groups: Mapping[str, Crowd] = field(default_factory=dict[str, Crowd])
    admin_channel: str | None = None
    shared_channels: frozenset[str] = frozenset()
    owners_of: OwnersOf = nobody
    measure: Measure = field(default_factory=Measure)
    waivers: WaiverTerms | None = None
    freezes: tuple[Freeze, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
    reads: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a default that would let through, or turn away, what no rule speaks of."""
        if self.default.handling is not Handling.REQUIRE_APPROVAL:
            raise ValueError("The default of a policy asks a person.")

    def limit_of(self, ruling: Ruling) -> Limit | None:
        """Return how often the rule behind *ruling* may be used; the default may always."""
        return next((rule.limit for rule in self.rules if rule.name == ruling.rule), None)
