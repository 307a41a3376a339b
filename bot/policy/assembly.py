"""The checked parts made into the policy the core judges by."""

from dataclasses import dataclass, replace

from bot.core.evidence.triage import Measure
from bot.core.judging.facts import Almanac, Condition, Facts, Unclear
from bot.core.judging.freeze_windows import Freeze
from bot.core.judging.lacking import lacking
from bot.core.judging.policy import Policy, QuietHours, Rule
from bot.core.judging.signpost import Signpost
from bot.core.judging.source import Source
from bot.core.people.superior import MANAGER
from bot.core.ruling import Demands, Forbidden, Handling, Ruling, Stage
from bot.policy.conditions.engine import ConditionRejected, Engine
from bot.policy.conditions.facts import FREEZE_FACTS
from bot.policy.grammar.mappings import DefaultsPart, QuietPart, RulePart, SignpostPart, SourcePart, StagePart
from bot.policy.grammar.native import NativePart
from bot.policy.grammar.times import FreezePart
from bot.policy.keyless import read_keyless
from bot.policy.parts import Parts
from bot.policy.people.emergencies import read_break_glass
from bot.policy.people.roster import Roster, read_roster
from bot.policy.people.staging import Staging
from bot.policy.people.waiving import read_waivers
from bot.policy.reading.document import Path
from bot.policy.reading.sheet import Sheet
from bot.policy.time.calendars import Calendars, read_calendars
from bot.policy.time.freezes import make_freeze
from bot.policy.time.silence import PATH as QUIET
from bot.policy.time.silence import read_quiet_hours

DEFAULT_RULE = "default"
"""What the core calls the ruling that holds when no rule settles a request; no rule may have this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """What every rule is built with."""

    roster: Roster
    defaults: DefaultsPart
    policy_hash: str
    engine: Engine
    sheet: Sheet
    staging: Staging
    calendars: Calendars


def assemble(parts: Parts, policy_hash: str, sheet: Sheet) -> Policy:
    """Return the policy; whatever is wrong in it is on the *sheet*, and then it must not be used."""
    roster = read_roster(parts, sheet)
    bench = _Bench(
        roster=roster,
        defaults=parts.defaults,
        policy_hash=policy_hash,
        engine=Engine(),
        sheet=sheet,
        staging=Staging(roster=roster, defaults=parts.defaults, sheet=sheet),
        calendars=read_calendars(parts, sheet),
    )
    default = RulePart(name=DEFAULT_RULE, then=Handling.REQUIRE_APPROVAL)
    policy = Policy(
        hash=policy_hash,
        default=_terms(default, ("defaults",), bench),
        almanac=_almanac(default, ("defaults",), bench),
        signposts=tuple(_signpost(part, ("routes", index), bench) for index, part in parts.routes.items()),
        rules=tuple(_rule(part, ("rules", index), bench) for index, part in parts.rules.items()),
        quiet=_quiet(parts.quiet_hours, bench),
        freezes=tuple(_freeze(part, ("freezes", index), bench) for index, part in parts.freezes.items()),
        people=roster.people,
        fallback=roster.crowd_behind(parts.defaults.fallback, ("defaults", "fallback"), sheet),
        groups=roster.groups,
        admin_channel=parts.defaults.admin_channel,
        shared_channels=frozenset(parts.defaults.allow_shared_channels),
        measure=_measure(parts.defaults),
        waivers=read_waivers(parts.waivers, roster, sheet),
        sources={name: _source(name, part, bench) for name, part in parts.sources.items()},
    )
    return replace(policy, reads=bench.engine.counted)


def _measure(part: DefaultsPart) -> Measure:
    return Measure(
        base_refs=tuple(dict.fromkeys(part.base_refs)), flaky_percent=part.flaky_percent, flaky_runs=part.flaky_runs
    )


def _source(name: str, part: SourcePart | NativePart, bench: _Bench) -> Source:
    return _native(name, part) if isinstance(part, NativePart) else _caller(name, part, bench)


def _caller(name: str, part: SourcePart, bench: _Bench) -> Source:
    path = ("sources", name, "askers")
    askers = None if part.askers is None else bench.roster.crowd_behind(part.askers, path, bench.sheet)
    if askers is not None and MANAGER in askers.groups:
        bench.sheet.refuse(path, f"{MANAGER.name} is nobody before somebody asks; name people or groups")
    return Source(
        name=name,
        kind=part.kind,
        token_envs=tuple(part.token_env),
        signing_secret_envs=tuple(part.signing_secret_env),
        keyless=read_keyless(part, ("sources", name), bench.sheet),
        callback_hosts=frozenset(part.callback_hosts),
        limit=part.limit,
        actions=tuple(dict.fromkeys(part.actions)),
        askers=askers,
    )


def _native(name: str, part: NativePart) -> Source:
    return Source(
        name=name,
        kind=part.kind,
        token_envs=tuple(part.token_env),
        signing_secret_envs=tuple(part.signing_secret_env),
        callback_hosts=frozenset(part.callback_hosts),
        limit=part.limit,
        secrets=part.secrets,
        files=part.files,
        terms=part.terms,
    )


def _rule(part: RulePart, path: Path, bench: _Bench) -> Rule:
    when = _condition(part, path, bench)
    return Rule(
        name=part.name,
        when=when if part.then is Handling.AUTO_APPROVE else _unless_unknown(part.when, when, bench),
        terms=_terms(part, path, bench),
        stage_when=tuple(_stage_condition(stage, (*path, "stages", i), bench) for i, stage in enumerate(part.stages)),
        calls=part.route.mention is not None or bool(part.stages and part.stages[0].mention is not None),
        reads_tests=part.when is not None and when is not None and bench.engine.reads_tests(part.when),
        overlooks_unknown=part.when is not None and when is not None and bench.engine.overlooks_unknown(part.when),
        almanac=_almanac(part, path, bench),
        why=None if part.when is None or when is None else bench.engine.why(part.when),
        is_loud=not part.quiet,
        limit=part.budget if part.then is Handling.AUTO_APPROVE else part.limit,
    )


def _almanac(part: RulePart, path: Path, bench: _Bench) -> Almanac | None:
    """Return what freezes the calendar of a rule, if its clocks ever stand."""
    if part.then is not Handling.REQUIRE_APPROVAL:
        return None
    timetable = bench.calendars.of(part.calendar, (*path, "calendar"))
    where = (*path, "timeout") if part.timeout else (*path, "calendar")
    bench.calendars.require_room(timetable, part.timeout or bench.defaults.timeout, where)
    return None if timetable is None else timetable.almanac


def _signpost(part: SignpostPart, path: Path, bench: _Bench) -> Signpost:
    return Signpost(
        name=part.name,
        when=_condition(part, path, bench),
        channels=tuple(part.channels),
        mention=bench.roster.crowd_behind(part.mention, (*path, "mention"), bench.sheet),
    )


def _freeze(part: FreezePart, path: Path, bench: _Bench) -> Freeze:
    when = _condition(part, path, bench)
    if part.when is not None and when is not None and not bench.engine.outlasts(part.when):
        allowed = ", ".join(f"{fact}*" if fact.endswith(".") else fact for fact in FREEZE_FACTS)
        bench.sheet.refuse((*path, "when"), f"is looked at again at each approval, and can only name {allowed}")
    return make_freeze(part, _unless_unknown(part.when, when, bench), path, bench.sheet)


def _stage_condition(part: StagePart, path: Path, bench: _Bench) -> Condition | None:
    """Return when a stage is asked; one that looks at test results is, where they do not say enough."""
    when = _condition(part, path, bench)
    if part.when is None or when is None or not bench.engine.reads_tests(part.when):
        return when
    overlooks_unknown = bench.engine.overlooks_unknown(part.when)

    def asked(facts: Facts) -> bool | Unclear:
        lack = lacking(facts.tests, overlooks_unknown=overlooks_unknown)
        return when(facts) if lack is None else Unclear(lack)

    return asked


def _unless_unknown(words: str | None, when: Condition | None, bench: _Bench) -> Condition | None:
    """Return *when* of what stands in the way of a yes: where it overlooks what is unknown, its "no" means nothing."""
    if words is None or when is None or not bench.engine.overlooks_unknown(words):
        return when

    def stands(facts: Facts) -> bool | Unclear:
        match, lack = when(facts), lacking(facts.tests, overlooks_unknown=True)
        return Unclear(lack) if match is False and facts.tests.failed and lack is not None else match

    return stands


def _quiet(part: QuietPart | None, bench: _Bench) -> QuietHours | None:
    if part is None:
        return None
    critical = _compiled(part.when_critical, (*QUIET, "when_critical"), bench)
    return read_quiet_hours(part, critical, bench.sheet)


def _condition(part: RulePart | StagePart | SignpostPart | FreezePart, path: Path, bench: _Bench) -> Condition | None:
    return _compiled(part.when, (*path, "when"), bench)


def _compiled(words: str | None, path: Path, bench: _Bench) -> Condition | None:
    if words is None:
        return None
    try:
        return bench.engine.compile(words)
    except ConditionRejected as rejected:
        for complaint in rejected.complaints:
            bench.sheet.refuse_within(path, complaint.line, complaint.column, complaint.sentence)
        return None


def _terms(part: RulePart, path: Path, bench: _Bench) -> Ruling:
    defaults = bench.defaults
    return Ruling(
        rule=part.name,
        handling=part.then,
        policy_hash=bench.policy_hash,
        reason=part.reason,
        stages=_stages(part, path, bench),
        channels=_channels(part, defaults),
        forbid=_forbid(part, defaults),
        require_reason=part.require_reason or defaults.require_reason,
        demands=Demands(
            category=part.require_category, condition=part.require_condition, environment=part.confirm_environment
        ),
        timeout=part.timeout or defaults.timeout,
        on_timeout=part.on_timeout or defaults.on_timeout,
        supersede_lane=part.supersede is not None,
        group_within=part.group_within,
        undo_within=part.undo_within,
        claim_for=part.claim_for,
        accept_incomplete=part.accept_incomplete,
        delegation=part.delegation,
        break_glass=read_break_glass(part, path, bench.roster, bench.sheet),
    )


def _channels(part: RulePart, defaults: DefaultsPart) -> tuple[str, ...]:
    """Return where the card is shown, as the rule itself says; the default asks where the defaults say.

    Nothing: a rule that asks goes by the routes then, and one that decides by itself shows no card.
    """
    named = [*([part.route.channel] if part.route.channel else []), *part.route.channels]
    if part.name == DEFAULT_RULE:
        named = [defaults.channel]
    return tuple(dict.fromkeys(named))


def _forbid(part: RulePart, defaults: DefaultsPart) -> frozenset[Forbidden]:
    """Nobody answers their own request, unless the defaults allow it and the rule doesn't forbid it again."""
    written = frozenset(part.forbid or ())
    return written if defaults.allow_self_approval else written | {Forbidden.REQUESTER}


def _stages(part: RulePart, path: Path, bench: _Bench) -> tuple[Stage, ...]:
    if part.then is not Handling.REQUIRE_APPROVAL:
        return ()
    called = bench.roster.crowd_behind(part.route.mention or [], (*path, "route", "mention"), bench.sheet)
    if not part.stages:
        return (bench.staging.make(StagePart(), path).calling(called),)
    stages = [bench.staging.make(stage, (*path, "stages", i)) for i, stage in enumerate(part.stages)]
    if part.stages[0].mention is None:
        # Whoever is shown a new card is called as the route says; later stages call their own approvers.
        stages[0] = stages[0].calling(called)
    return tuple(stages)
