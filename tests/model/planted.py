"""Defects to be planted, one at a time: whatever the model can't see is a hole in it."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A defect: in *file* of the bot, *right* becomes *wrong*; *what* says what it would mean.

    *by* is the model that has to find it: ``test_<by>.py`` beside this file.
    """

    file: str
    right: str
    wrong: str
    what: str
    by: str = "lifecycle_model"

    def planted_in(self, root: Path) -> tuple[Path, str]:
        """Return the file below *root*, and its text with the defect. Raises ValueError when it can't be planted."""
        path = root / "bot" / f"{self.file}.py"
        text = path.read_text(encoding="utf-8")
        if text.count(self.right) != 1:
            raise ValueError(f"{self.file}: {self.right!r} stands there {text.count(self.right)} times")
        return path, text.replace(self.right, self.wrong, 1)


MUTANTS = (
    Mutant("core/life/lifecycle", "elif now >= last:", "elif now > last:", "a click at the deadline counts"),
    Mutant("core/life/lifecycle", "if now < last:", "if now <= last:", "an end at the deadline comes too late"),
    Mutant(
        "core/life/lifecycle",
        "event.verdict is Verdict.APPROVE:",
        "event.verdict is Verdict.REJECT:",
        "a yes while asked back",
    ),
    Mutant("core/life/quorum", "return max(0, ", "return max(0, -1 + ", "one person too few is enough"),
    Mutant("core/life/quorum", "review.stage == stage and ", "", "an approval counts in every stage"),
    Mutant("core/life/quorum", "review.verdict is verdict)", "verdict is verdict)", "a no is counted as a yes"),
    Mutant(
        "core/life/undoing",
        "if len(rejections) >= stage.reject_quorum:",
        "if False:",
        "a rejection ends nothing",
    ),
    Mutant(
        "core/life/undoing",
        "elif request.stage == len(request.ruling.stages) - 1 and not",
        "elif not",
        "the first stage releases",
    ),
    Mutant(
        "core/life/undoing",
        ">= stage.reject_quorum",
        "> stage.reject_quorum",
        "one no too many",
    ),
    Mutant(
        "core/life/reviewing",
        "after.stage < len(after.ruling.stages) - 1 and not",
        "not",
        "the last stage begins again",
    ),
    Mutant(
        "core/life/reviewing", "eligibility.require_stage(request, event.stage)", "pass", "an old stage's button counts"
    ),
    Mutant(
        "core/life/reviewing",
        "earlier is not None and event.verdict",
        "False and event.verdict",
        "a person counts in two stages",
    ),
    Mutant("core/life/reviewing", "quorum.has_rejected(request, person):", "False:", "a no is given twice"),
    Mutant(
        "core/people/eligibility",
        "if stage.anyone or is_one_of(person, approvers_of(request)) or",
        "if True or",
        "anybody may answer",
    ),
    Mutant(
        "core/people/eligibility",
        "if revision != request.revision:",
        "if revision > request.revision:",
        "an old card's button counts",
    ),
    Mutant(
        "core/life/reviewing",
        "    eligibility.require_not_forbidden(request, person)\n    eligibility.require_stage",
        "    eligibility.require_stage",
        "the banned may answer",
    ),
    Mutant(
        "core/life/demanding",
        "wants_one(verdict) and not",
        "wants_one(verdict) and False and not",
        "no reason is needed",
    ),
    Mutant(
        "core/life/demanding",
        "if ruling.demands.category.wants_one(verdict) and event",
        "if False and event",
        "an answer need not say what it is about",
    ),
    Mutant(
        "core/life/demanding",
        "if request.ruling.demands.condition and not condition.strip():",
        "if False:",
        "a yes needs no condition",
    ),
    Mutant(
        "core/life/demanding",
        "and typed != request.subject.environment:",
        "and not typed:",
        "a yes is given whatever place is typed",
    ),
    Mutant(
        "core/life/demanding",
        "return request.ruling.demands.environment and request",
        "return False and request",
        "nobody types where it will happen",
    ),
    Mutant(
        "core/life/demanding",
        "for stage in stages for review in quorum.counted(request, stage))",
        "for review in request.reviews)",
        "a yes that was taken back leaves its condition",
    ),
    Mutant(
        "core/life/undoing",
        "conditions=demanding.conditions_of(request) if last.verdict is Verdict.APPROVE else (),",
        "conditions=(),",
        "whoever asked never learns of the conditions",
    ),
    Mutant(
        "core/life/break_glass",
        "review_due=now + rule.review_within",
        "review_due=None",
        "nobody looks at broken glass",
    ),
    Mutant(
        "core/life/break_glass",
        "if not is_one_of(person, rule.approvers) and not",
        "if False and not",
        "anybody breaks the glass",
    ),
    Mutant(
        "core/life/break_glass",
        "    _require_another(person, decision.by.person)",
        "    pass",
        "whoever broke it reviews it",
    ),
    Mutant(
        "core/life/break_glass",
        "min(passed, MOST_CHASES)",
        "request.chases + 1",
        "slept-through chases come all at once",
    ),
    Mutant("core/life/break_glass", "request.glass_review is not None or ", "", "a reviewed glass is chased on"),
    Mutant(
        "core/life/break_glass",
        "    _require_reviewer(request, event.by, now)",
        "    pass",
        "anybody reviews a broken glass",
    ),
    Mutant(
        "core/life/break_glass",
        "and not eligibility.is_admitted(event.by, rule.groups, now)",
        "and not event.by.memberships",
        "whoever was looked up breaks the glass",
    ),
    Mutant(
        "core/life/break_glass",
        "[*(rule.groups if rule else ()), *(group",
        "[*(group",
        "who is in the emergency group may not look at a broken glass",
    ),
    Mutant(
        "core/life/break_glass",
        "merged(groups, request.called_groups)",
        "merged(groups, ())",
        "a group that was called may not look at a broken glass",
    ),
    Mutant(
        "core/life/waiting",
        "        _require_due(step_due(request, step), now)",
        "        pass",
        "the timer escalates early",
    ),
    Mutant("core/life/waiting", "    _require_due(due, now)", "    pass", "the timer reminds early"),
    Mutant("core/life/waiting", "steps=request.steps + 1", "steps=request.steps", "an escalation is taken for ever"),
    Mutant(
        "core/life/waiting",
        "reminders=_reminders_by(request, span, now)",
        "reminders=request.reminders",
        "a reminder is sent for ever",
    ),
    Mutant(
        "core/life/waiting",
        "called=(*request.called, *fresh)",
        "called=request.called",
        "whom an escalation called may not answer",
    ),
    Mutant(
        "core/life/waiting",
        "(2**which - 1) * span",
        "which * span",
        "reminders do not grow rarer",
    ),
    Mutant("core/life/waiting", "        steps=0,", "        steps=1,", "a stage skips its first step"),
    Mutant("core/life/undoing", "min(now + window, deadline)", "now + window", "a yes is released after the deadline"),
    Mutant("core/life/undoing", "min(now + window, deadline)", "now", "what can be taken back is released at once"),
    Mutant(
        "core/life/undoing",
        "return replace(request, settled=None)",
        "return request",
        "what was taken back is released",
    ),
    Mutant(
        "core/life/undoing",
        "review.by.person is not None and is_one_of(person, (review.by.person,))",
        "review.by.person is not None",
        "anybody takes an answer back",
    ),
    Mutant(
        "core/life/undoing",
        "rejecting(event.freezes) if held.is_yes else ()",
        "()",
        "a yes is released into a freeze",
    ),
    Mutant(
        "core/life/undoing",
        "GlassBroken() if held.is_yes:",
        "GlassBroken():",
        "a no that can be taken back is overruled",
    ),
    Mutant(
        "core/life/reviewing",
        "if decision is not None and after.settled is None:",
        "if decision is not None:",
        "what can be taken back is decided at once",
    ),
    Mutant(
        "core/life/undoing",
        "    after = settled(replace(request, reviews=reviews), now)",
        "    after = replace(request, reviews=reviews, settled=None)",
        "a yes that a no overtook waits for nobody when that is taken back",
    ),
    Mutant("core/life/quorum", "() if review.withdrawn else (review,)", "(review,)", "what was taken back counts"),
    Mutant(
        "core/life/revising",
        "        settled=None,",
        "        settled=request.settled,",
        "a new revision is released by a yes to the old one",
    ),
    Mutant(
        "core/life/waiting",
        "found.append(Due(step_due(request, step), Next.ESCALATES))",
        "found.append(Due(max(step_due(request, step), request.claim.until if request.claim else "
        "request.stage_since), Next.ESCALATES))",
        "whoever looks keeps others from being called",
    ),
    Mutant(
        "core/life/waiting",
        "return max(due, request.claim.until, since if",
        "return max(due, since if",
        "somebody is reminded while another is looking",
    ),
    Mutant(
        "core/life/waiting",
        "while _reminder(",
        "while False and _reminder(",
        "reminders that were held back come all at once",
    ),
    Mutant(
        "core/life/claiming",
        "    eligibility.require_approver(request, event.by, now)",
        "    pass",
        "anybody keeps reminders quiet",
    ),
    Mutant(
        "core/life/claiming",
        "    eligibility.require_not_forbidden(request, person)",
        "    pass",
        "whom the rule bans keeps reminders quiet",
    ),
    Mutant(
        "core/life/claiming",
        "if quorum.has_approved(request, person) or quorum.has_rejected(request, person):",
        "if False:",
        "whoever has answered keeps reminders quiet",
    ),
    Mutant(
        "core/life/claiming",
        "request.ruling.claim_for, request.ruling.calendar)",
        "request.ruling.claim_for, None)",
        "a look ends at night",
    ),
    Mutant(
        "core/life/reviewing",
        "reviews=(*request.reviews, review), claim=claim)",
        "reviews=(*request.reviews, review))",
        "whoever has answered is looking for ever",
    ),
    Mutant(
        "core/life/waiting",
        "if request.settled is None and request.deadline is not None and request.deadline <= now:",
        "if False:",
        "slept past its end, it never ends",
    ),
    Mutant(
        "core/life/transitions",
        "        stage_spent=spent,",
        "        stage_spent=timedelta(),",
        "a question resets the stage's clock",
    ),
    Mutant(
        "core/life/transitions",
        "deadline=later(now, remaining, ",
        "deadline=later(now, request.ruling.timeout, ",
        "a question prolongs the request",
    ),
    Mutant("core/life/revising", "replace(r, void=True)", "r", "a revision keeps old answers"),
    Mutant(
        "core/life/revising",
        "revision=request.revision + 1",
        "revision=request.revision",
        "a revision looks like the one before",
    ),
    Mutant(
        "core/life/revising",
        "**waiting.first_stage(now)",
        "stage=request.stage",
        "a revision goes on in the middle of the chain",
    ),
    Mutant("core/life/transitions", "request.pause is not None or ", "", "silence on an open question approves"),
    Mutant(
        "core/life/waiting",
        "span - request.stage_spent, request.ruling.calendar",
        "span - request.stage_spent, None",
        "steps come at night",
    ),
    Mutant(
        "core/life/waiting",
        "span - request.stage_spent, request",
        "span, request",
        "a question lets a stage begin again",
    ),
    Mutant(
        "core/life/transitions",
        "return later(now, ruling.timeout, ruling.timeout_calendar)",
        "return now + ruling.timeout",
        "requests end at night",
    ),
    Mutant(
        "core/life/transitions",
        "request.deadline or now, ruling.timeout_calendar)",
        "request.deadline or now, None)",
        "a closed night is left over after a question",
    ),
    Mutant(
        "core/life/transitions",
        "later(now, remaining, request.ruling.timeout_calendar)",
        "later(now, remaining, None)",
        "what a question left over runs off at night",
    ),
    Mutant(
        "core/life/transitions",
        "spent = request.stage_spent + elapsed",
        "spent = elapsed",
        "a second question forgets what the first counted",
    ),
    Mutant(
        "core/business_time",
        "while span > end - begin:",
        "while span >= end - begin:",
        "what ends as it closes waits for the morning",
    ),
    Mutant("core/business_time", "if midnight.date() not in calendar.closed:", "if True:", "clocks run on holidays"),
    Mutant(
        "core/business_time",
        "for offset in calendar.offsets[1:]), calendar.until)",
        "for offset in calendar.offsets[1:]), calendar.until)[:1] * len(calendar.offsets)",
        "clocks that are put back are not noticed",
    ),
    Mutant(
        "core/ruling",
        "return None if self.is_wished else self.calendar",
        "return self.calendar",
        "a wished end waits for the morning",
    ),
    Mutant(
        "core/life/preflight",
        "require_thawed(rejecting(event.freezes))",
        "pass",
        "a freeze keeps nobody from approving",
    ),
    Mutant(
        "core/life/preflight",
        "bool(request.tests.incomplete) and not request.ruling.accept_incomplete",
        "False",
        "people approve on half the evidence",
    ),
    Mutant(
        "core/life/break_glass", "require_thawed(unbreakable(event.freezes))", "pass", "glass is broken in every freeze"
    ),
    Mutant("core/freeze", "if freeze.then is Freezing.REJECT)", "if True)", "nobody approves what a freeze had asked"),
    Mutant("core/freeze", "if not freeze.allow_break_glass)", ")", "no freeze lets an emergency through"),
    Mutant("core/life/transitions", " or bool(event.freezes)", "", "silence approves in a freeze"),
    Mutant(
        "core/people/eligibility", "if Forbidden.REQUESTER in forbid and", "if False and", "whoever asked may answer"
    ),
    Mutant(
        "core/people/eligibility",
        "if Forbidden.TRIGGERER in forbid and",
        "if False and",
        "whoever started the run may answer",
    ),
    Mutant(
        "core/people/eligibility",
        "(is_in or stands_in) and membership.is_current(now)",
        "is_in or stands_in",
        "who was in a group long ago may answer",
    ),
    Mutant(
        "core/people/eligibility", "if membership.group in groups]", "if True]", "who is in some other group may answer"
    ),
    Mutant(
        "core/people/eligibility",
        " and is_one_of(person, membership.group.fallback)",
        "",
        "anybody stands in for a group",
    ),
    Mutant(
        "core/life/waiting",
        "called_groups=merged(request.called_groups, crowd.groups)",
        "called_groups=()",
        "a group that an escalation called may not answer",
    ),
    Mutant("core/people/eligibility", "actor.standing is not Standing.MEMBER or ", "", "a guest may answer"),
    Mutant(
        "core/people/delegation",
        "if not _is_free(request, giver):",
        "if False:",
        "who is banned lends their right all the same",
    ),
    Mutant(
        "core/people/delegation",
        "return now < self.until",
        "return now <= self.until",
        "at its end a delegation still counts",
    ),
    Mutant(
        "core/life/quorum",
        "(review.by.person, review.on_behalf_of)",
        "(review.by.person,)",
        "delegate and delegator are two voices",
    ),
    Mutant(
        "core/people/delegation", "if quorum.is_heard(request, giver, but=person):", "if False:", "a delegate overrules"
    ),
    Mutant(
        "core/people/delegation",
        "if request.ruling.delegation is Delegating.FORBID:\n        raise",
        "if False:\n        raise",
        "a rule forbids delegation in vain",
    ),
    Mutant("core/life/outcome", "effects.append(CallBack(request=after.id))", "pass", "the caller is never told"),
    Mutant(
        "core/life/quiet",
        "None if quiet is None else open_until(quiet, now)",
        "None",
        "people are pinged in quiet hours",
    ),
    Mutant(
        "core/life/quiet",
        "replace(said, calls=(), groups=()) if self.effects else said",
        "said",
        "the digest comes on top of the pings",
    ),
    Mutant(
        "core/life/quiet",
        "for channel in request.channels)",
        "for channel in request.channels[:1])",
        "who was called to another channel at night is never called",
    ),
    Mutant(
        "core/life/transitions",
        "    hush = hushed(request, now)",
        "    hush = Hushed(request=request)",
        "whoever asks at night wakes people",
    ),
    Mutant("core/life/waiting", "        quiet_until=None,", "        quiet_until=now,", "a stage is quiet by day"),
    Mutant(
        "core/business_time",
        "while begin <= (end or now) and",
        "while begin < (end or now) and",
        "a night ends where its openings touch",
    ),
    Mutant(
        "core/life/break_glass",
        "review_due=now + rule.review_within",
        "review_due=now + 2 * rule.review_within",
        "a broken glass is looked at a day late",
    ),
    Mutant(
        "core/life/reviewing",
        "        _require_one_no(request, on_behalf_of)",
        "        pass",
        "a lender and whoever they lent to reject twice",
    ),
    Mutant(
        "core/people/membership",
        "<= LONGEST.get",
        "< LONGEST.get",
        "a look that is just fresh enough does not count",
    ),
    Mutant(
        "core/life/desertion",
        "if presence.is_there(loan.receiver) and _is_free(request, loan.receiver) else None",
        "if _is_free(request, loan.receiver) else None",
        "who stands in counts as there while they are away",
    ),
    Mutant(
        "core/life/desertion",
        "if stand_in is not None and not is_among(stand_in, left):",
        "if stand_in is not None:",
        "who stands in for two has two voices",
    ),
    Mutant(
        "core/life/desertion",
        "if loan is None or request.ruling.delegation is Delegating.FORBID:",
        "if loan is None:",
        "where nobody may stand in somebody is expected to",
    ),
    Mutant(
        "core/life/desertion",
        "if presence.is_there(loan.receiver) and _is_free(request, loan.receiver) else None",
        "if presence.is_there(loan.receiver) else None",
        "somebody who may not answer is expected to stand in",
    ),
    Mutant("core/life/desertion", " and not is_one_of(one, asked))", ")", "the fallback is asked twice"),
    Mutant(
        "core/life/desertion",
        "groups=tuple(group for group in fallback.groups if group not in groups)",
        "groups=()",
        "the group that is asked last is never asked",
    ),
    Mutant(
        "core/life/desertion",
        "for group in fallback.groups if group not in groups)",
        "for group in fallback.groups)",
        "the group that is asked last is asked for ever",
    ),
    Mutant(
        "core/life/desertion",
        "for group in eligibility.groups_of(request) for one",
        "for group in eligibility.groups_of(request)[:1] for one",
        "whoever is in a second group is not expected to answer",
    ),
    Mutant(
        "core/life/desertion",
        "(one for one in fallback.people if _is_free(request, one) and",
        "(one for one in fallback.people if",
        "a fallback is called that may not answer",
    ),
    Mutant(
        "core/life/desertion",
        "after = waiting.stepped(request, step)",
        "after = waiting.asking(request, crowd)",
        "a step that was taken early comes again in its time",
    ),
    Mutant(
        "core/life/desertion",
        "or not _is_deserted(request, found):",
        "or False:",
        "others are called although enough are there",
    ),
    Mutant(
        "core/life/desertion",
        "request.state is not State.PENDING or ",
        "",
        "others are called while something is asked back",
    ),
    Mutant(
        "core/life/desertion",
        "len(found.left) < quorum.missing(request, request.stage)",
        "len(found.left) < request.ruling.stages[request.stage].quorum",
        "who has said yes is waited for all the same",
    ),
    Mutant(
        "core/life/desertion",
        "    return quorum.has_approved(request, person) is None",
        "    return True",
        "whoever said yes is expected to say it again",
    ),
    Mutant(
        "core/life/desertion",
        "    can_change = bool(found.gone or eligibility.groups_of(request))",
        "    can_change = True",
        "a rule that names too few is taken for deserted",
    ),
    Mutant(
        "core/life/desertion",
        "if not eligibility.is_banned(ruling, request.subject, one)) or group.fallback",
        "if True) or group.fallback",
        "nobody stands in for a group of people who are banned",
    ),
    Mutant(
        "core/people/presence",
        "if is_one_of(one.person, [person])), None)\n\n    def loan_of",
        "if one.person.email == person.email), None)\n\n    def loan_of",
        "who is away is known by their address alone",
    ),
    Mutant(
        "core/people/presence",
        "return self.absence_of(person) is None and self.loan_of(person) is None",
        "return self.absence_of(person) is None",
        "who lets another answer counts twice",
    ),
    Mutant(
        "core/people/presence",
        "all(group in self.rolls and self.rolls[group].tells_of(group, now) for",
        "all(group in self.rolls for",
        "a group is thin by what was read of it long ago",
    ),
    Mutant(
        "core/life/grouping",
        "return event.card != (before.leader or before.id)",
        "return False",
        "who was answered by a command stays on the card of the others",
        by="grouped",
    ),
    Mutant(
        "core/life/grouping",
        "parts=before.ruling.group_within is not None and _is_alone(before, event)",
        "parts=False",
        "whoever leads goes another way, and the others have nobody to click on",
        by="grouped",
    ),
    Mutant(
        "core/life/grouping",
        " or not _is_untouched(request)",
        "",
        "an ask joins the card of one that was answered",
        by="grouped",
    ),
    Mutant(
        "core/life/grouping",
        "leader.created_at + within, deadline)",
        "leader.created_at + 9 * within, deadline)",
        "an ask joins a card that is too old",
        by="grouped",
    ),
    Mutant(
        "core/life/grouping",
        "not (request.stage or request.escalations or request.questions)",
        "not (request.stage or request.questions)",
        "an ask joins the card of one that others were called for",
        by="grouped",
    ),
    Mutant(
        "core/life/grouping",
        "return before.leader is not None and event.by.via is not Via.TIMER and event.card != before.leader",
        "return False",
        "whoever shares a card and is escalated by hand calls nobody",
        by="grouped",
    ),
    Mutant(
        "store/transaction/groups",
        "        if not borrowed:",
        "        if True:",
        "a card is brought where its request is not shown",
        by="grouped",
    ),
    Mutant(
        "usecases/submit",
        " and lead not in {older.id, older.leader}",
        "",
        "an ask overtakes those on whose card it is",
        by="grouped",
    ),
    Mutant(
        "usecases/submit",
        "older.last_moment is not None and now < older.last_moment and",
        "older.last_moment is not None and",
        "a newer ask overtakes what has run out of time",
        by="grouped",
    ),
    Mutant(
        "usecases/sharing",
        "    ask_others(tx, outcome.request, tx.now)",
        "    pass",
        "nobody looks who is there for whoever shares a card",
        by="grouped",
    ),
    Mutant(
        "usecases/sharing",
        "if follower.number in named else",
        "if True else",
        "a click answers whom its card did not name",
        by="grouped",
    ),
    Mutant(
        "usecases/sharing",
        "        tx.part(leader, left, by)",
        "        pass",
        "whom a click passed over follows one that has ended",
        by="grouped",
    ),
    Mutant(
        "usecases/sharing",
        "    tx.record(outcome)\n    ask_others",
        "    ask_others",
        "who shares a card is answered, and nobody writes it down",
        by="grouped",
    ),
    Mutant(
        "usecases/review",
        "click.named is not None and request.leader is None and",
        "False and",
        "a click answers the first one only",
        by="grouped",
    ),
    Mutant(
        "usecases/claim",
        "        claim_followers(tx, outcome.request, event)",
        "        pass",
        "whoever looks at a card looks at the first one only",
        by="grouped",
    ),
    Mutant(
        "core/life/grouping",
        "        return before.leader is not None and event.card != before.leader",
        "        return True",
        "whoever looks at a card takes it apart",
        by="grouped",
    ),
    Mutant(
        "store/transaction/groups",
        "        yield advance(first, Regrouped(by=by), now)",
        "        yield advance(first, Regrouped(by=by, leader=old.id), now)",
        "those left behind follow whom they followed",
        by="grouped",
    ),
    Mutant(
        "store/transaction/groups",
        "request for request in found if request.leader == leader]",
        "request for request in found]",
        "who left within one commit is still of the group",
        by="grouped",
    ),
    Mutant(
        "core/judging/budget",
        "return self.used >= self.limit.count",
        "return self.used > self.limit.count",
        "a budget is never used up",
        by="budgets",
    ),
    Mutant(
        "core/judging/counting",
        "    if uses.count >= limit.count:",
        "    if uses.count > limit.count:",
        "a limit keeps nobody from asking",
        by="budgets",
    ),
    Mutant(
        "core/judging/counting",
        "(uses.since or now) + limit.per - now",
        "limit.per",
        "who asks too much is told to wait for too long",
        by="budgets",
    ),
    Mutant(
        "core/judging/rules",
        "    hearing.budgets.append(spent)",
        "    pass",
        "nobody can tell from the log why a rule approved",
        by="budgets",
    ),
    Mutant(
        "store/statements",
        "ruled_at > :after ORDER BY",
        "ruled_at >= :after ORDER BY",
        "what was approved a whole span ago is counted",
        by="budgets",
    ),
)

UNSEEN: dict[str, str] = {}
"""Which defects no model is known to find, each with why; docs/mutants.md says the same."""
