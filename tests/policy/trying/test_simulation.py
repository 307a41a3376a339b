"""Another policy over what was really asked: nothing is said of what stays, and everything of what would differ."""

from datetime import timedelta

from bot.core.evidence import TestEvidence
from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy, Rule
from bot.core.request import ApprovalRequest
from bot.core.ruling import Forbidden, Handling, OnTimeout
from bot.core.view import RequestView
from bot.policy import Difference, simulate
from tests import factories as a

ASKED = a.a_ruling(stages=[a.a_stage("qa", 1, [a.BO])])


def run(request: ApprovalRequest, *rules: Rule, tests: TestEvidence | None = None) -> list[Difference]:
    policy = Policy(hash="sha256:new", default=a.a_ruling(rule="default"), rules=rules)
    return list(simulate(policy, [RequestView(request=request, tests=tests or a.some_tests(), cards=())], a.NOON))


def test_what_would_go_the_same_way_is_not_listed() -> None:
    request = a.a_request(ruling=ASKED)

    assert run(request, Rule(name=ASKED.rule, when=None, terms=ASKED)) == []


def test_another_hand_that_decides_comes_first() -> None:
    request = a.a_request(ruling=ASKED)
    (difference,) = run(
        request, Rule(name="new", when=None, terms=a.a_ruling(rule="new", handling=Handling.AUTO_APPROVE))
    )

    assert difference.is_decisive
    assert difference.changes == ("a person is asked → approved by the policy", "rule red gate in production → new")


def test_asked_otherwise_says_every_change() -> None:
    terms = a.a_ruling(
        stages=[a.a_stage("qa", 2, [a.CHEN, a.BO]), a.a_stage("all")],
        channels=["#other"],
        timeout=timedelta(hours=2),
        on_timeout=OnTimeout.REJECT,
        forbid=list(Forbidden),
    )
    (difference,) = run(a.a_request(ruling=ASKED), Rule(name=ASKED.rule, when=None, terms=terms))

    assert not difference.is_decisive
    assert difference.changes == (
        "stages: 1 of bo → 2 of bo/chen, then 1 of anyone",
        "shown in: #approvals → #other",
        "timeout: 1:00:00 → 2:00:00",
        "silence: expire → reject",
        "may not answer: requester → authors/requester/triggerer",
    )


def test_it_is_judged_as_of_the_moment_it_was_asked_with_all_its_evidence() -> None:
    seen: list[Facts] = []

    def look(facts: Facts) -> bool:
        seen.append(facts)
        return False

    run(a.a_request(), Rule(name="x", when=look, terms=a.a_ruling(rule="x")), tests=a.some_tests(failed=9))

    assert (seen[0].now, seen[0].tests.failed, seen[0].source) == (a.NOON, 9, "ci")
