"""A field that was left out is not another value: `policy check` warns of a yes that comes from saying less."""

from textwrap import dedent

import pytest

from bot.core.evidence import TestEvidence
from bot.core.judging.facts import Facts
from bot.core.judging.rules import judge
from bot.core.ruling import Handling
from bot.policy import read_policy, starter_policy
from tests.factories import NOON, a_subject


def warned_of(when: str, then: str = "auto_approve") -> list[str]:
    text = dedent(f"""\
        version: 1
        defaults: {{approvers: [bo@acme.test]}}
        sources: {{ci: {{token_env: CI}}}}
        rules:
          - name: harmless
            when: >-
              {when}
            then: {then}
        """)
    return [str(warning) for warning in read_policy(text.encode(), "policy.yaml").warnings]


@pytest.mark.parametrize(
    ("when", "fact"),
    [
        ('request.environment != "production"', "request.environment"),
        ("'production' != request.environment && tests.failed == 0", "request.environment"),
        ('!(request.environment == "production")', "request.environment"),
        ('!(request.environment in ["production", "prod"])', "request.environment"),
        ('request.action == "deploy" && request.environment != "production"', "request.environment"),
        ('!request.ref.startsWith("refs/heads/release/")', "request.ref"),
        ('request.environment == "staging" && request.service != "payments"', "request.service"),
        ('request.environment == "production" ? false : tests.failed == 0', "request.environment"),
        ('request.requester != "ana"', "request.requester"),
    ],
)
def test_a_yes_for_everything_but_is_a_yes_for_nothing_said(when: str, fact: str) -> None:
    (warning,) = warned_of(when)

    assert f"rules.0.when: also approves when {fact} is left out" in warning


@pytest.mark.parametrize(
    "when",
    [
        'request.environment == "staging"',
        'request.environment in ["staging", "test"]',
        'request.environment != "production" && request.environment != ""',
        'request.environment != "production" && size(request.environment) > 0',
        'request.environment == "staging" || request.ref == "refs/heads/main"',
        'request.environment != "production" && request.environment == "staging"',
        'request.action != "deploy"',
        'request.title.startsWith("request.environment")',
        'tests.total > 0 && "hotfix" in request.labels',
    ],
)
def test_a_yes_that_names_what_it_means_is_left_alone(when: str) -> None:
    assert warned_of(when) == []


@pytest.mark.parametrize("then", ["auto_reject", "require_approval"])
def test_only_a_yes_is_looked_at(then: str) -> None:
    assert warned_of('request.environment != "production"', then) == []


def test_a_condition_that_does_not_compile_is_refused_and_not_looked_at() -> None:
    with pytest.raises(Exception, match="undeclared reference"):
        warned_of('request.environmen != "production"')


@pytest.mark.parametrize("text", ["tests.failed == 0", 'request.environment == "staging" && !tests.incomplete'])
def test_a_green_gate_without_any_tests_asks_a_person_and_says_so(text: str) -> None:
    policy = read_policy(
        f"version: 1\nrules:\n  - name: green\n    when: '{text}'\n    then: auto_approve\n".encode(), "policy.yaml"
    ).policy
    facts = Facts(subject=a_subject(environment="staging"), tests=TestEvidence(), source="ci", now=NOON)

    ruling = judge(policy, facts)

    assert ruling.handling is Handling.REQUIRE_APPROVAL
    assert "green: may not approve by itself: it looks at test results, and none came" in ruling.explanation


def test_the_starter_policy_gives_no_cause() -> None:
    warnings = read_policy(starter_policy().encode(), "policy.yaml").warnings

    assert not any("left out" in str(warning) for warning in warnings)


def test_a_stage_for_red_tests_is_asked_where_none_came() -> None:
    policy = read_policy(
        dedent("""\
        version: 1
        rules:
          - name: deploy
            then: require_approval
            stages:
              - {name: qa, when: tests.failed > 0}
              - {name: release}
        """).encode(),
        "policy.yaml",
    ).policy
    stages = {
        total: judge(policy, Facts(subject=a_subject(), tests=evidence, source="ci", now=NOON))
        for total, evidence in ((0, TestEvidence()), (3, TestEvidence(total=3, passed=3)))
    }

    assert [stage.name for stage in stages[0].stages] == ["qa", "release"]
    assert "it looks at test results, and none came" in "\n".join(stages[0].explanation)
    assert [stage.name for stage in stages[3].stages] == ["release"]
