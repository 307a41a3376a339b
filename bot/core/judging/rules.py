"""One pure function that judges a request by a policy."""

from dataclasses import dataclass, field, replace

from bot.core.business_time import Calendar, later, open_until
from bot.core.freeze import ActiveFreeze, rejecting, unbreakable
from bot.core.judging.budget import Spending
from bot.core.judging.counting import Tally, Window, never_used
from bot.core.judging.facts import Facts, Unclear
from bot.core.judging.freeze_windows import look, rejected_by
from bot.core.judging.lacking import lacking
from bot.core.judging.policy import Policy, QuietHours, Rule
from bot.core.judging.trail import UNCLEAR
from bot.core.moments import draw_moment
from bot.core.people.entitled import who_may
from bot.core.people.manning import manned
from bot.core.people.membership import NOBODY
from bot.core.people.superior import asks_manager, manager_of, resolved, said_of, with_manager
from bot.core.ruling import Forbidden, Handling, OnTimeout, Ruling, Stage, with_calendar


@dataclass(slots=True)
class _Hearing:
    """What was found out so far. Only a person may say yes once a condition was unclear, and in ``freezes``."""

    facts: Facts
    tally: Tally
    trail: list[str] = field(default_factory=list[str])
    budgets: list[Spending] = field(default_factory=list[Spending])
    doubtful: bool = False
    freezes: tuple[ActiveFreeze, ...] = ()

    def matches(self, rule: Rule) -> bool | Unclear:
        match = True if rule.when is None else rule.when(self.facts)
        if isinstance(match, Unclear):
            self.doubtful = True
            self.trail.append(f"{rule.name}: {UNCLEAR}: {match.why}")
        else:
            why = rule.why(self.facts) if rule.why is not None else ""
            self.trail.append(f"{rule.name}: {'matched' if match else 'did not match'}{': ' if why else ''}{why}")
        return match


def judge(policy: Policy, facts: Facts, tally: Tally = never_used) -> Ruling:
    """Return what *policy* says, and why, in the order it was found out.

    A freeze that rejects wins, then any matching ``auto_reject``; else the first match; else the default asks. A
    condition that fails, evidence that is incomplete, none at all for a rule that looks at it, and a freeze that asks
    never let anything through: they ask a person. So does a rule whose budget is used up, as *tally* counts it.
    """
    hearing = _frozen(policy, facts, tally)
    if unbreakable(hearing.freezes):
        return rejected_by(hearing.freezes, policy.hash, hearing.trail)
    rule = _rejection(policy, hearing)
    if rule is None:
        rule = _first_match(policy, hearing)
        if rejecting(hearing.freezes) and not _waits_for_glass(rule, hearing):
            return rejected_by(hearing.freezes, policy.hash, hearing.trail)
    ruling = policy.default if rule is None else _asking(rule, hearing)
    if ruling.handling is Handling.REQUIRE_APPROVAL and (rule is None or not ruling.channels):
        ruling = _routed(policy, ruling, hearing, calls=rule is not None and rule.calls)
    manager = manager_of(facts.subject, policy.people)
    if asks_manager(ruling):
        ruling = with_manager(ruling, manager)
        hearing.trail.append(said_of(manager, ruling, facts.subject))
    fallback = resolved(policy.fallback, manager)
    whole = manned(ruling, facts.subject, fallback)
    hearing.trail += whole.trail
    almanac = policy.almanac if rule is None else rule.almanac
    ruling = with_calendar(whole.ruling, None if almanac is None else almanac(facts.now))
    if policy.quiet is not None and ruling.handling is Handling.REQUIRE_APPROVAL and not (rule and rule.is_loud):
        ruling = replace(ruling, quiet=_quiet(policy.quiet, hearing))
    ruling = _as_wished(ruling, hearing)
    _note_who_is_missing(ruling, hearing)
    return replace(
        ruling,
        explanation=tuple(hearing.trail),
        budgets=tuple(hearing.budgets),
        who_may=tuple(who_may(ruling, facts.subject)),
        freezes=hearing.freezes,
        fallback=fallback if ruling.stages else NOBODY,
    )


def _frozen(policy: Policy, facts: Facts, tally: Tally) -> _Hearing:
    """Begin with the freezes whose time is now; those that hold for this request are a fact for every condition."""
    seen = look(policy.freezes, facts)
    active = tuple(one.active for one in seen if one.active is not None)
    return _Hearing(
        replace(facts, freezes=tuple(freeze.name for freeze in active)),
        tally,
        trail=[one.step for one in seen],
        doubtful=any(one.unclear is not None for one in seen),
        freezes=active,
    )


def _waits_for_glass(rule: Rule | None, hearing: _Hearing) -> bool:
    """Tell whether there is a way for an emergency: then it is asked, and only that way can approve it for now."""
    if rule is None or rule.terms.break_glass is None:
        return False
    hearing.trail.append(f"{rule.name}: in the freeze only breaking the glass can approve it")
    return True


def _rejection(policy: Policy, hearing: _Hearing) -> Rule | None:
    for rule in policy.rules:
        if rule.terms.handling is Handling.AUTO_REJECT and hearing.matches(rule) is True:
            return rule
    return None


def _first_match(policy: Policy, hearing: _Hearing) -> Rule | None:
    for rule in policy.rules:
        if rule.terms.handling is Handling.AUTO_REJECT:
            continue
        match = hearing.matches(rule)
        if rule.terms.handling is Handling.REQUIRE_APPROVAL and match is not False:
            return rule
        if match is True:
            doubt = _doubt(rule, hearing) or _spent(rule, hearing)
            if doubt is None:
                return rule
            hearing.trail.append(f"{rule.name}: may not approve by itself: {doubt}")
    hearing.trail.append("default: asks, because no rule above settled it")
    return None


def _asking(rule: Rule, hearing: _Hearing) -> Ruling:
    """Return the rule's terms for this request; in doubt its silence is no yes, whatever the rule says."""
    stages = _chain(rule, hearing)
    ruling = rule.terms if stages == rule.terms.stages else replace(rule.terms, stages=stages)
    if ruling.on_timeout is not OnTimeout.APPROVE or (doubt := _doubt(rule, hearing)) is None:
        return ruling
    hearing.trail.append(f"{rule.name}: silence may not approve: {doubt}")
    return replace(ruling, on_timeout=OnTimeout.EXPIRE)


def _chain(rule: Rule, hearing: _Hearing) -> tuple[Stage, ...]:
    """Return the stages that are asked; one whose condition can't be evaluated is."""
    conditions = rule.stage_when or (None,) * len(rule.terms.stages)
    asked = list[Stage]()
    for stage, when in zip(rule.terms.stages, conditions, strict=True):
        match = True if when is None else when(hearing.facts)
        if match is False:
            hearing.trail.append(f"{rule.name}: stage {stage.name} is left out, its condition did not match")
            continue
        if isinstance(match, Unclear):
            hearing.doubtful = True
            hearing.trail.append(f"{rule.name}: stage {stage.name} is asked, {UNCLEAR}: {match.why}")
        asked.append(stage)
    return tuple(asked)


def _routed(policy: Policy, ruling: Ruling, hearing: _Hearing, *, calls: bool) -> Ruling:
    """Show it where the first matching route says, else where the defaults do; one that is unclear is passed over."""
    for signpost in policy.signposts:
        match = True if signpost.when is None else signpost.when(hearing.facts)
        if isinstance(match, Unclear):
            hearing.trail.append(f"route {signpost.name}: {UNCLEAR}: {match.why}")
        elif match:
            hearing.trail.append(f"route {signpost.name}: shown in {', '.join(signpost.channels)}")
            first = ruling.stages[0] if calls else ruling.stages[0].calling(signpost.mention)
            return replace(ruling, channels=signpost.channels, stages=(first, *ruling.stages[1:]))
    return replace(ruling, channels=policy.default.channels)


def _doubt(rule: Rule, hearing: _Hearing) -> str | None:
    if hearing.facts.tests.incomplete:
        return "the evidence is incomplete"
    lack = lacking(hearing.facts.tests, overlooks_unknown=rule.overlooks_unknown) if rule.reads_tests else None
    if lack is not None:
        return lack
    if hearing.doubtful:
        return "a condition could not be evaluated"
    return f"nothing is approved by itself in {hearing.freezes[0]}" if hearing.freezes else None


def _spent(rule: Rule, hearing: _Hearing) -> str | None:
    """Look at the budget of a rule that would approve by itself. Return what stands against it, if anything."""
    if rule.limit is None:
        return None
    uses = hearing.tally(Window(rule=rule.name, handling=rule.terms.handling, limit=rule.limit))
    spent = Spending(rule=rule.name, limit=rule.limit, used=min(uses.count, rule.limit.count), since=uses.since)
    hearing.budgets.append(spent)
    if spent.is_used_up:
        return f"its {spent}"
    hearing.trail.append(f"{rule.name}: its {spent}")
    return None


def _note_who_is_missing(ruling: Ruling, hearing: _Hearing) -> None:
    """Say that a ban holds for nobody where the caller named nobody: whoever asked, or started it, may be any of us."""
    if ruling.handling is not Handling.REQUIRE_APPROVAL:
        return
    subject = hearing.facts.subject
    named = ((Forbidden.REQUESTER, subject.requester), (Forbidden.TRIGGERER, subject.triggerer))
    for ban, person in named:
        if ban in ruling.forbid and person is None:
            hearing.trail.append(f"{ruling.rule}: the {ban} may not answer, but nobody was named as one: not enforced")


def _quiet(hours: QuietHours, hearing: _Hearing) -> Calendar | None:
    """Return when nobody is to be pinged for this request; what may be critical is never held back."""
    facts = hearing.facts
    critical = False if hours.critical is None else hours.critical(facts)
    if isinstance(critical, Unclear):
        hearing.trail.append(f"quiet hours: {UNCLEAR}: {critical.why}")
        return None
    if critical:
        return None
    calendar = hours.almanac(facts.now)
    if (until := open_until(calendar, facts.now)) is not None:
        hearing.trail.append(f"quiet hours: nobody is pinged before {draw_moment(until)}")
    return calendar


def _as_wished(ruling: Ruling, hearing: _Hearing) -> Ruling:
    """Let the caller only shorten the wait, and not where its end is a yes: else it could choose to be approved.

    Whoever waits does so day and night, so a wish counts every minute; it is compared by when it would end.
    """
    wish, now = hearing.facts.subject.timeout, hearing.facts.now
    if wish is None or now + wish >= later(now, ruling.timeout, ruling.calendar):
        return ruling
    if ruling.on_timeout is OnTimeout.APPROVE:
        hearing.trail.append(f"{ruling.rule}: keeps its own timeout, because its end would be an approval")
        return ruling
    return replace(ruling, timeout=wish, is_wished=ruling.calendar is not None)
