"""The checked parts made into the policy the core judges by."""

from dataclasses import dataclass

from bot.core.identity import Person
from bot.core.request import Forbidden, Handling, Ruling, Stage
from bot.core.rules import Condition, Policy, Rule, Source
from bot.policy.conditions import ConditionRejected, Engine
from bot.policy.document import Path
from bot.policy.grammar import DefaultsPart, RulePart, SourcePart, StagePart
from bot.policy.parts import Parts
from bot.policy.roster import Roster, read_roster
from bot.policy.sheet import Sheet

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


def assemble(parts: Parts, policy_hash: str, sheet: Sheet) -> Policy:
    """Return the policy; whatever is wrong in it is on the *sheet*, and then it must not be used."""
    roster = read_roster(parts, sheet)
    bench = _Bench(roster=roster, defaults=parts.defaults, policy_hash=policy_hash, engine=Engine(), sheet=sheet)
    default = RulePart(name=DEFAULT_RULE, then=Handling.REQUIRE_APPROVAL)
    return Policy(
        hash=policy_hash,
        default=_terms(default, ("defaults",), bench),
        rules=tuple(_rule(part, ("rules", index), bench) for index, part in parts.rules.items()),
        people=roster.people,
        sources={name: _source(name, part) for name, part in parts.sources.items()},
    )


def _source(name: str, part: SourcePart) -> Source:
    return Source(
        name=name,
        kind=part.kind,
        token_env=part.token_env,
        signing_secret_env=part.signing_secret_env,
        callback_hosts=frozenset(part.callback_hosts),
        limit=part.limit,
    )


def _rule(part: RulePart, path: Path, bench: _Bench) -> Rule:
    return Rule(name=part.name, when=_condition(part, path, bench), terms=_terms(part, path, bench))


def _condition(part: RulePart, path: Path, bench: _Bench) -> Condition | None:
    if part.when is None:
        return None
    try:
        return bench.engine.compile(part.when)
    except ConditionRejected as rejected:
        for complaint in rejected.complaints:
            bench.sheet.refuse_within((*path, "when"), complaint.line, complaint.column, complaint.sentence)
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
        timeout=part.timeout or defaults.timeout,
        on_timeout=part.on_timeout or defaults.on_timeout,
    )


def _channels(part: RulePart, defaults: DefaultsPart) -> tuple[str, ...]:
    """Return where the card is shown; a rule that decides by itself shows one only where it says so."""
    if part.then is not Handling.REQUIRE_APPROVAL:
        return () if part.route.channel is None else (part.route.channel,)
    return (part.route.channel or defaults.channel,)


def _forbid(part: RulePart, defaults: DefaultsPart) -> frozenset[Forbidden]:
    """Nobody answers their own request, unless the defaults allow it and the rule doesn't forbid it again."""
    written = frozenset(part.forbid or ())
    return written if defaults.allow_self_approval else written | {Forbidden.REQUESTER}


def _stages(part: RulePart, path: Path, bench: _Bench) -> tuple[Stage, ...]:
    if part.then is not Handling.REQUIRE_APPROVAL:
        return ()
    if not part.stages:
        return (_stage(StagePart(), path, bench),)
    return tuple(_stage(stage, (*path, "stages", i), bench) for i, stage in enumerate(part.stages))


def _stage(part: StagePart, path: Path, bench: _Bench) -> Stage:
    names, listed = part.approvers, (*path, "approvers")
    if names is None:
        names, listed = bench.defaults.approvers, ("defaults", "approvers")
    if names is None:
        return Stage(name=part.name, quorum=part.quorum, anyone=True)
    approvers = bench.roster.people_behind(names, listed, bench.sheet)
    able = [person for person in approvers if _can_answer(person)]
    if part.quorum > len(able) and bench.roster.is_whole(names) and not bench.sheet.is_spoiled(listed):
        sentence = f"asks for {part.quorum}, but {', '.join(names)} can give {len(able)} at most"
        bench.sheet.refuse((*path, "quorum"), sentence)
    return Stage(name=part.name, quorum=part.quorum, approvers=approvers)


def _can_answer(person: Person) -> bool:
    """Tell whether Slack can ever tell us that a click is this person's."""
    return person.slack_id is not None or person.email is not None
