"""Requests as a card sees them, in every state and shape; and the most hostile one that the API lets in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core.evidence import TestEvidence, Triage
from bot.core.evidence.past import Sighting
from bot.core.freeze import ActiveFreeze
from bot.core.judging.budget import Limit, Spending
from bot.core.life.lifecycle import advance
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor, Person, Via
from bot.core.request import ApprovalRequest, Claim, Decision, Exchange, GlassReview, Link, Precedent, RequestId, State
from bot.core.ruling import Category, Demands, Forbidden, Handling, OnTimeout, RequireReason, Verdict
from bot.core.view import CardRef, Companion, RequestView
from tests.factories import (
    ANA,
    BO,
    CHEN,
    CI,
    DIA,
    EVE,
    GUS,
    ID,
    NOON,
    TIMER,
    a_broken_glass,
    a_claim,
    a_delegation,
    a_failure,
    a_freeze,
    a_glass_review,
    a_pause,
    a_release,
    a_request,
    a_ruling,
    a_stage,
    a_step,
    a_subject,
    an_actor,
    an_answer,
    an_escalation,
    an_undoing,
    approval,
    rejection,
    some_tests,
)

CARD = CardRef(
    channel="#approvals",
    channel_id="C0APPROVE",
    ts="1772625600.000100",
    permalink="https://acme.slack.test/archives/C0APPROVE/p1772625600000100",
)
HOSTILE = (
    "<!channel> <@U0BO00000> *bold* `code` :tada: &lt;b&gt; <https://evil.test|Approved by ana> "
    "\u202egnp.\u200b\x00\x1b[31m\nApproved by @bo\n😀👩‍👩‍👧 Zo\u0308\u0301\u0301\u0301\u0301\u0301\u0301e \U000e0041"
)
TWENTY = Limit(count=20, per=timedelta(days=1))
POLICY = Actor(name="policy:green staging", via=Via.POLICY)


def a_view(request: ApprovalRequest | None = None, tests: TestEvidence | None = None, *cards: CardRef) -> RequestView:
    """A request beside its evidence; without *cards* it is not shown anywhere yet."""
    request = request or a_request()
    tests = request.tests if tests is None else tests
    return RequestView(request=replace(request, tests=tests.headline()), tests=tests, cards=cards)


def decided(
    state: State,
    verdict: Verdict | None,
    by: Actor,
    reason: str | None = None,
    **fields: Any,  # noqa: ANN401 - any field by its name
) -> RequestView:
    said = {name: fields.pop(name, None) for name in ("on_behalf_of", "category")}
    decision = Decision(verdict=verdict, by=by, at=NOON + timedelta(minutes=5), reason=reason, **said)
    return a_view(a_request(state=state, decision=decision, **fields))


def a_chain(**fields: Any) -> ApprovalRequest:  # noqa: ANN401 - any field by its name
    stages = [a_stage("qa", 2, [BO, CHEN, DIA], mention=(BO, CHEN)), a_stage("release", 1, [DIA])]
    return a_request(
        ruling=a_ruling(stages=stages, on_timeout=OnTimeout.REJECT),
        subject=a_subject(
            reason="hotfix for INC-77",
            severity="critical",
            links=(Link(label="Pipeline", url="https://ci.acme.test/1"), Link(label="run", url="javascript:alert(1)")),
        ),
        number=12,
        **fields,
    )


def triaged() -> TestEvidence:
    """Return one failure of every kind, each with what its past would say."""
    red = Sighting(failed=True, commit="4b825dc642cb6eb9a060e54bf8d69288fbee4904", at=NOON - timedelta(days=3))
    last = replace(red, commit=None, at=NOON - timedelta(hours=5))
    pasts = {
        Triage.NEW: (None, None),
        Triage.UNKNOWN: (None, None),
        Triage.KNOWN: (red, last),
        Triage.FLAKY: (last, last),
        Triage.WAIVED: (last, last),
    }
    failures = tuple(
        replace(a_failure(f"test_{kind}"), triage=kind, first_bad=first, last_failed=newest)
        for kind, (first, newest) in pasts.items()
    )
    return TestEvidence(
        total=412, passed=406, failed=5, skipped=1, failures=failures, new=1, known=1, flaky=1, waived=1
    )


def hostile(words: str, failed: int = 400, state: State = State.PENDING) -> RequestView:
    """Everything at its limit, and all of it *words* over and over."""

    def much(limit: int) -> str:
        return (words * (limit // max(1, len(words)) + 1))[:limit]

    person = Person(key=f"p{much(999)}", email=f"{much(200)}@acme.test", slack_id="U0BO00000")
    authors = tuple(Person(key=f"a{number}{much(990)}") for number in range(50))
    subject = a_subject(
        title=much(300),
        requester=Person(key=f"r{much(999)}", slack_id="<!channel>"),
        authors=authors,
        reason=much(4000),
        severity=much(1000),
        links=tuple(Link(label=much(1000), url=f"https://{n}.acme.test/{'a' * 200}") for n in range(100)),
        parameters={f"{n}{much(50)}": much(1000) for n in range(100)},
    )
    asked = replace(
        subject,
        action=much(1000),
        service=much(1000),
        environment=much(1000),
        repository=much(1000),
        ref=much(1000),
        commit=much(1000),
        labels=tuple(much(1000) for _ in range(100)),
    )
    seen = Sighting(failed=True, commit=much(1000), at=NOON)
    failure = replace(a_failure(much(1000), much(4000)), detail=much(9000), file=much(1000), owner=much(1000))
    failures = (replace(failure, triage=Triage.KNOWN, first_bad=seen, last_failed=seen),) * failed
    tests = TestEvidence(
        total=failed, failed=failed, known=failed, failures=failures, incomplete=tuple(much(1000) for _ in range(50))
    )
    louder = a_step(to=(person,) * 200, channel=much(1000))
    ruling = a_ruling(
        stages=[a_stage(much(1000), 80, [*[person] * 200, *authors], mention=(person,) * 50, escalate=(louder,))],
        forbid=(Forbidden.REQUESTER, Forbidden.AUTHORS),
        rule=much(1000),
        explanation=tuple(much(4000) for _ in range(50)),
        require_reason=RequireReason.ALWAYS,
    )
    by = Actor(name=much(1000), via=Via.SLACK_BUTTON, person=person)
    voters = [Person(key=f"{number}{much(990)}", slack_id=f"U0BO{number:05}") for number in range(79)]
    others = [replace(by, person=voter) for voter in voters]
    words_of_all = {"reason": much(4000), "category": much(4000), "condition": much(200), "revision": 7}
    reviews = [approval(other, **words_of_all) for other in others]
    decision = (
        None
        if state.is_open
        else Decision(verdict=None, by=by, at=NOON, reason=much(4000), category=much(60), conditions=(much(200),) * 9)
    )
    pause = replace(a_pause(), by=by, question=much(4000)) if state is State.NEEDS_INFO else None
    request = a_request(
        ruling=ruling, subject=asked, tests=tests, reviews=reviews, state=state, revision=7, number=10**15 - 1
    )
    exchange = Exchange(question=much(4000), asked_by=by, answer=much(4000), answered_by=by, at=NOON)
    glass = GlassReview(by=by, at=NOON, reason=much(4000)) if state is State.APPROVED else None
    claim = Claim(by=by, until=NOON)
    card = f"https://{much(60)}.slack.test/archives/C0PAYMENTS/p1700000000000100"
    before = Precedent(id=ID, number=10**15 - 2, by=by, at=NOON, reason=much(4000), category=much(60), card=card)
    said = replace(
        request,
        claim=claim,
        precedent=before,
        pause=pause,
        exchanges=(exchange,) * 3,
        review_due=glass and NOON,
        glass_review=glass,
    )
    return a_view(replace(said, decision=decision), tests, CARD)


DEMANDS = Demands(category=RequireReason.ALWAYS, condition=True, environment=True)
LOUDER = a_ruling(stages=[a_stage("qa", 1, [BO, CHEN], escalate=(a_step(),))])
HELD = a_ruling(2, undo_within=timedelta(minutes=2))


def released(*freezes: ActiveFreeze) -> Outcome:
    """What becomes of a request whose answers nobody took back."""
    request = a_request(ruling=HELD, reviews=[approval(CHEN)])
    return advance(
        advance(request, approval(BO, reason="fine"), NOON).request,
        a_release(*freezes),
        NOON + timedelta(minutes=2),
    )


SHAPES = {
    "one failure of every kind": lambda: a_view(a_request(tests=triaged())),
    "no tests": lambda: a_view(a_request(tests=TestEvidence())),
    "all tests passed": lambda: a_view(a_request(tests=some_tests(failed=0, total=120))),
    "one failure": a_view,
    "incomplete evidence": lambda: a_view(
        a_request(tests=some_tests(failed=0, total=9, incomplete=("api.xml is cut off",)))
    ),
    "failures without names": lambda: a_view(a_request(tests=TestEvidence(total=120, failed=3, passed=117))),
    "400 failures with hostile names": lambda: hostile(HOSTILE),
    "second of two stages": lambda: a_view(
        a_chain(reviews=[approval(BO, reason="looks right"), approval(CHEN)], stage=1), some_tests(7, 120)
    ),
    "one of two approvals": lambda: a_view(a_chain(reviews=[approval(BO)]), some_tests(7, 120)),
    "a reason is needed": lambda: a_view(a_request(ruling=a_ruling(require_reason=RequireReason.ALWAYS))),
    "more than a reason is needed": lambda: a_view(a_request(ruling=a_ruling(demands=DEMANDS))),
    "approved and held": lambda: a_view(
        advance(
            a_request(ruling=HELD, reviews=[approval(CHEN)]), approval(BO, reason="fine", condition="max 10 %"), NOON
        ).request
    ),
    "rejected and held": lambda: a_view(
        advance(a_request(ruling=HELD), rejection(BO, category=Category.FLAKY), NOON).request
    ),
    "one of two, and it can be taken back": lambda: a_view(a_request(ruling=HELD, reviews=[approval(BO)])),
    "taken back": lambda: a_view(advance(a_request(ruling=HELD, reviews=[approval(BO)]), an_undoing(BO), NOON).request),
    "held and released": lambda: a_view(released().request),
    "kept back by a freeze": lambda: a_view(released(a_freeze()).request),
    "approved on conditions": lambda: a_view(
        advance(
            a_request(ruling=a_ruling(2), reviews=[approval(BO, category=Category.FLAKY, condition="watch the queue")]),
            approval(CHEN, reason="looks right", condition="max 10 %"),
            NOON,
        ).request
    ),
    "one approval on a condition": lambda: a_view(
        a_request(ruling=a_ruling(2), reviews=[approval(BO, reason="looks right", condition="max 10 %")])
    ),
    "somebody is looking": lambda: a_view(
        advance(a_request(ruling=a_ruling(claim_for=timedelta(minutes=20))), a_claim(), NOON).request
    ),
    "somebody was looking when it was asked back": lambda: a_view(
        a_request(state=State.NEEDS_INFO, claim=Claim(by=an_actor(BO), until=NOON + timedelta(minutes=15)))
    ),
    "it can be escalated": lambda: a_view(a_request(ruling=LOUDER)),
    "everybody was called": lambda: a_view(
        advance(a_request(ruling=LOUDER), an_escalation(an_actor(CHEN)), NOON).request
    ),
    "second revision": lambda: a_view(a_request(revision=2)),
    "needs info": lambda: a_view(a_request(state=State.NEEDS_INFO)),
    "answered": lambda: a_view(
        advance(a_request(state=State.NEEDS_INFO), an_answer(), NOON + timedelta(minutes=5)).request
    ),
    "released in an emergency": lambda: a_view(a_broken_glass()),
    "its review is overdue": lambda: a_view(a_broken_glass(chases=2)),
    "its emergency was reviewed": lambda: a_view(
        advance(a_broken_glass(), a_glass_review(), NOON + timedelta(hours=3)).request
    ),
    "approved": lambda: decided(
        State.APPROVED, Verdict.APPROVE, an_actor(BO), "looks right", reviews=[approval(BO, reason="looks right")]
    ),
    "approved by a rule": lambda: decided(
        State.APPROVED, Verdict.APPROVE, POLICY, ruling=a_ruling(handling=Handling.AUTO_APPROVE)
    ),
    "rejected": lambda: decided(
        State.REJECTED,
        Verdict.REJECT,
        an_actor(CHEN),
        "The refund test is red.",
        category="product_bug",
        reviews=[approval(BO), rejection(CHEN, category=Category.PRODUCT_BUG)],
    ),
    "rejected by the clock": lambda: decided(State.REJECTED, Verdict.REJECT, TIMER, "nobody answered in time"),
    "expired": lambda: decided(State.EXPIRED, None, TIMER, "nobody answered in time"),
    "cancelled": lambda: decided(State.CANCELLED, None, CI, "no longer needed"),
    "superseded": lambda: decided(State.SUPERSEDED, None, CI, "a newer request took over its lane"),
    "its rule has used up its budget": lambda: a_view(
        a_request(ruling=a_ruling(budgets=(Spending(rule="green staging", limit=TWENTY, used=20, since=NOON),)))
    ),
    "in quiet hours": lambda: a_view(replace(a_chain(), quiet_until=NOON + timedelta(hours=8)), some_tests(7, 120)),
    "in a change freeze": lambda: a_view(a_request(ruling=a_ruling(freezes=(a_freeze(),)))),
    "approved in somebody's name": lambda: decided(
        State.APPROVED, Verdict.APPROVE, an_actor(CHEN), on_behalf_of=BO, reviews=[approval(CHEN)]
    ),
    "somebody stands in": lambda: replace(
        a_view(a_chain(), some_tests(7, 120)), lent=(a_delegation(BO, GUS), a_delegation(DIA, EVE))
    ),
    "somebody stands in and nobody is called": lambda: replace(
        a_view(replace(a_chain(), quiet_until=NOON + timedelta(hours=8)), some_tests(7, 120)),
        lent=(a_delegation(BO, GUS), a_delegation(DIA, EVE)),
    ),
    "three that share a card": lambda: replace(
        a_view(a_request(number=12)),
        company=tuple(Companion(id=RequestId(f"{ID[:-2]}{n:02}"), number=12 + n) for n in (1, 2)),
    ),
    "the same change was rejected before": lambda: a_view(
        a_request(
            number=42,
            precedent=Precedent(
                id=ID,
                number=41,
                by=an_actor(BO),
                at=NOON - timedelta(hours=2),
                commit=a_subject().commit,
                reason="The refund test is red.",
                category="product_bug",
                card="https://acme.slack.test/archives/C0PAYMENTS/p1700000000000100",
            ),
        )
    ),
    "nobody asked in person": lambda: a_view(a_request(subject=a_subject(requester=None))),
    "asked by ana": lambda: a_view(a_request(subject=a_subject(requester=ANA))),
}
