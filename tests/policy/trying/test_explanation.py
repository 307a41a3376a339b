"""What `jit policy explain` says of a request."""

from textwrap import dedent

from bot.core.judging.facts import Facts
from bot.core.people.identity import Person
from bot.policy import explain, read_policy
from tests.factories import ANA, BO, DIA, NOON, a_subject, some_tests

POLICY = """\
version: 1
people:
  ana: {email: ana@acme.test, slack: U0ANA0000}
  bo: {email: bo@acme.test, slack: U0BO00000}
  chen: {email: chen@acme.test, slack: U0CHEN000}
groups:
  qa: {users: [ana, bo, chen]}
rules:
  - {name: frozen, when: request.environment == "moon", then: auto_reject, reason: nobody deploys there}
  - {name: forced, when: request.parameters.force == true, then: auto_approve}
  - name: red
    when: tests.failed > 0
    then: require_approval
    route: {channel: "#qa", mention: [bo]}
    stages: [{name: qa, approvers: [qa], quorum: 2}]
    forbid: [authors]
    timeout: 90m
    on_timeout: reject
    require_category: on_approve
    require_condition: true
    confirm_environment: true
    claim_for: 40m
    accept_incomplete: true
    undo_within: 2m
"""


def lines(environment: str = "production", failed: int = 1, authors: tuple[Person, ...] = ()) -> list[str]:
    policy = read_policy(dedent(POLICY).encode(), "policy.yaml").policy
    subject = a_subject(environment=environment, requester=ANA, authors=authors)
    facts = Facts(subject=subject, tests=some_tests(failed=failed), source="ci", now=NOON)
    return list(explain(policy, facts).lines)


def test_it_says_who_is_asked_who_is_not_and_how_it_came_to_this() -> None:
    assert lines() == [
        "a person is asked (rule: red)",
        "shown in: #qa",
        'stage "qa": 2 of bo, chen',
        "  called at its start: bo",
        "may not answer: ana (asked for it)",
        "rejecting needs a reason; after 1h30m (Wed 2026-03-04 13:30 UTC) without an answer it is rejected",
        "approving needs a category",
        "approving needs a condition",
        "approving needs the name of the environment typed: production",
        "nobody is reminded for 40m once somebody is looking",
        "people may approve it on test results that are not complete",
        "whoever answered can take that back for 2m, then it is released",
        "how it came to this:",
        '  frozen: did not match: request.environment == "moon" is false',
        '  forced: could not be evaluated: there is no key "force" (ask with has(…) or in first)',
        "  red: matched",
    ]


def test_it_says_when_the_bans_leave_too_few() -> None:
    said = lines(authors=(BO, ANA))

    assert 'stage "qa": 2 of chen' in said
    assert 'stage "qa" can never be met: 2 are needed, and only 1 may answer' in said
    assert "may not answer: bo (wrote part of the change)" in said
    assert [line for line in said if line.startswith("may not answer: ana")] == ["may not answer: ana (asked for it)"]


def test_it_says_what_the_policy_decides_by_itself() -> None:
    assert lines(environment="moon") == [
        "rejected by the policy (rule: frozen)",
        "reason: nobody deploys there",
        "how it came to this:",
        "  frozen: matched",
    ]


def test_it_says_that_anybody_may_answer_when_no_rule_matches() -> None:
    said = lines(failed=0, authors=(DIA,))

    assert said[0] == "a person is asked (rule: default)"
    assert 'stage "approval": any 1 full member' in said
    assert said[-1] == "  default: asks, because no rule above settled it"


def test_a_fallback_is_asked_where_the_bans_leave_too_few() -> None:
    text = dedent(POLICY).replace("version: 1\n", "version: 1\ndefaults: {fallback: [dia@acme.test]}\n")
    policy = read_policy(text.encode(), "policy.yaml").policy
    facts = Facts(subject=a_subject(requester=ANA, authors=(BO,)), tests=some_tests(failed=1), source="ci", now=NOON)

    said = explain(policy, facts).lines

    assert 'stage "qa": 2 of chen, dia@acme.test' in said
    assert said[-1] == "  red: stage qa lacks one person who may answer; the fallback is asked, too"
