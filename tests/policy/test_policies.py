"""What a policy file that is right comes to mean."""

from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from bot.core.judging.budget import Limit
from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy
from bot.core.judging.rules import judge
from bot.core.people.identity import Identity
from bot.core.ruling import Demands, Forbidden, Handling, OnTimeout, RequireReason
from bot.policy import Checked, check_policy, load_policy, read_policy, starter_policy
from tests.factories import NOON, a_subject, some_tests

EXAMPLE = Path("examples/policy.yaml")


def checked(text: str) -> Checked:
    return read_policy(dedent(text).encode(), "policy.yaml")


def policy(text: str) -> Policy:
    return checked(text).policy


def warnings(text: str) -> list[str]:
    return [str(warning) for warning in checked(text).warnings]


def test_a_policy_with_nothing_but_a_version_asks_any_member() -> None:
    default = policy("version: 1").default

    assert (default.rule, default.handling, default.channels) == ("default", Handling.REQUIRE_APPROVAL, ("#approvals",))
    assert (default.timeout, default.on_timeout) == (timedelta(hours=1), OnTimeout.EXPIRE)
    assert (default.require_reason, default.forbid) == (RequireReason.ON_REJECT, {Forbidden.REQUESTER})
    assert (default.stages[0].quorum, default.stages[0].anyone) == (1, True)


def test_rules_take_over_what_they_do_not_say_from_the_defaults() -> None:
    whole = policy("""\
        version: 1
        defaults: {channel: "#ops", timeout: 2h, on_timeout: reject, require_reason: always, approvers: [bo@acme.test]}
        rules: [{name: a, then: require_approval}]
        """)
    rule = whole.rules[0]

    assert (rule.when, rule.terms.timeout) == (None, timedelta(hours=2))
    assert judge(whole, Facts(subject=a_subject(), tests=some_tests(), source="ci", now=NOON)).channels == ("#ops",)
    assert (rule.terms.on_timeout, rule.terms.require_reason) == (OnTimeout.REJECT, RequireReason.ALWAYS)
    assert [person.key for person in rule.terms.stages[0].approvers] == ["bo@acme.test"]


def test_a_rule_says_what_an_answer_must_hold() -> None:
    whole = policy("""\
        version: 1
        rules:
          - name: a
            when: tests.failed > 0
            then: require_approval
            require_category: on_reject
            require_condition: true
            confirm_environment: true
          - {name: b, then: require_approval}
        """)

    demands = Demands(category=RequireReason.ON_REJECT, condition=True, environment=True)
    assert [rule.terms.demands for rule in whole.rules] == [demands, Demands()]


def test_rules_say_otherwise_than_the_defaults() -> None:
    terms = (
        policy("""\
        version: 1
        people: {ana: {email: Ana@acme.test, slack: U0ANA0000, github: Ana}}
        groups: {qa: {users: [ana, bo@acme.test]}}
        rules:
          - name: a
            then: require_approval
            reason: look twice
            route: {channel: C0123ABCD, mention: [qa, BO@acme.test]}
            stages: [{name: qa, approvers: [qa, ana], quorum: 2}]
            timeout: 1h30m
            on_timeout: approve
            forbid: [authors]
            require_reason: never
        """)
        .rules[0]
        .terms
    )

    assert (terms.channels, terms.reason, terms.timeout) == (("C0123ABCD",), "look twice", timedelta(minutes=90))
    assert (terms.on_timeout, terms.require_reason) == (OnTimeout.APPROVE, RequireReason.NEVER)
    assert terms.forbid == {Forbidden.AUTHORS, Forbidden.REQUESTER}
    assert [person.key for person in terms.stages[0].mention] == ["ana", "bo@acme.test"]
    assert [person.key for person in terms.stages[0].approvers] == ["ana", "bo@acme.test"]
    assert (terms.stages[0].name, terms.stages[0].quorum) == ("qa", 2)


@pytest.mark.parametrize(
    ("allowed", "forbid", "expected"),
    [
        ("false", "", {Forbidden.REQUESTER}),
        ("false", ", forbid: []", {Forbidden.REQUESTER}),
        ("false", ", forbid: [authors]", {Forbidden.REQUESTER, Forbidden.AUTHORS}),
        ("true", "", set[Forbidden]()),
        ("true", ", forbid: [requester]", {Forbidden.REQUESTER}),
        ("true", ", forbid: [authors]", {Forbidden.AUTHORS}),
    ],
)
def test_nobody_answers_their_own_request_unless_the_defaults_allow_it(
    allowed: str, forbid: str, expected: set[Forbidden]
) -> None:
    head = f"version: 1\ndefaults: {{allow_self_approval: {allowed}}}\n"

    assert policy(f"{head}rules: [{{name: a, then: require_approval{forbid}}}]").rules[0].terms.forbid == expected


def test_one_human_is_recognised_by_every_handle() -> None:
    people = policy("version: 1\npeople: {ana: {email: ana@acme.test, slack: U0ANA0000, github: ana}}").people

    found = [
        people.resolve(identity)
        for identity in (Identity(email="ANA@acme.test"), Identity(slack_id="U0ANA0000"), Identity(github="Ana"))
    ]

    assert [person.key if person else None for person in found] == ["ana", "ana", "ana"]


def test_sources_name_their_secrets_and_never_hold_them() -> None:
    source = policy("""\
        version: 1
        sources:
          ci:
            token_env: JIT_CI_TOKEN
            signing_secret_env: JIT_CI_SECRET
            callback_hosts: [CI.acme.test, "::1"]
            limit: 600 per 1m
        """).sources["ci"]

    assert (source.kind, source.token_envs, source.signing_secret_envs) == (
        "generic",
        ("JIT_CI_TOKEN",),
        ("JIT_CI_SECRET",),
    )
    assert source.callback_hosts == {"ci.acme.test", "::1"}
    assert source.limit == Limit(count=600, per=timedelta(minutes=1))


def test_people_in_slack_are_a_source_that_says_what_they_may_ask_for_and_who_may() -> None:
    source = policy("""\
        version: 1
        people: {ana: {email: ana@acme.test}}
        groups: {release: {slack_usergroup: release-managers}}
        sources:
          people: {kind: slack, actions: [access, change, access], askers: [ana, release], limit: 30 per 1h}
        """).sources["people"]

    assert (source.kind, source.actions) == ("slack", ("access", "change"))
    assert source.askers is not None
    assert [person.key for person in source.askers.people] == ["ana"]
    assert [group.name for group in source.askers.groups] == ["release"]


def test_a_rule_that_decides_by_itself_asks_nobody_and_is_quiet() -> None:
    terms = policy("version: 1\nrules: [{name: a, when: tests.failed == 0, then: auto_approve}]").rules[0].terms

    assert (terms.stages, terms.channels) == ((), ())


def test_a_rule_that_decides_by_itself_is_shown_where_it_says_so() -> None:
    text = 'version: 1\nrules: [{name: a, then: auto_reject, route: {channel: "#frozen"}, reason: closed}]'

    terms = policy(text).rules[0].terms

    assert (terms.channels, terms.reason) == (("#frozen",), "closed")


def test_the_hash_is_that_of_the_bytes() -> None:
    one, same, other = policy("version: 1"), policy("version: 1"), policy("version:  1")

    assert one.hash == same.hash == one.default.policy_hash
    assert one.hash.startswith("sha256:")
    assert other.hash != one.hash


def test_anchors_may_spare_repetition() -> None:
    rules = policy("""\
        version: 1
        rules:
          - {name: a, when: tests.failed > 0, then: require_approval, stages: &qa [{approvers: [bo@acme.test]}]}
          - {name: b, when: tests.failed > 1, then: require_approval, stages: *qa}
        """).rules

    assert rules[0].terms.stages == rules[1].terms.stages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "rules: [{name: a, then: require_approval, stages: [{approvers: [b@c.d]}], on_timeout: approve}]",
            "policy.yaml:4:87: rules.0.on_timeout: silence approves: nobody needs to look at these requests",
        ),
        (
            "rules: [{name: a, then: auto_approve}]",
            "policy.yaml:4:9: rules.0: approves everything that no rule above it settled",
        ),
        (
            "rules: [{name: a, when: 'true', then: auto_approve}]",
            "policy.yaml:4:9: rules.0: approves everything that no rule above it settled",
        ),
        (
            "rules: [{name: a, when: 'true', then: auto_reject, timeout: 5m}]",
            "policy.yaml:4:61: rules.0.timeout: has no effect with auto_reject: nobody is asked",
        ),
    ],
)
def test_what_is_allowed_and_risky_is_warned_of(text: str, expected: str) -> None:
    head = "version: 1\ndefaults: {approvers: [b@c.d]}\nsources: {ci: {token_env: T}}\n"

    assert warnings(head + text) == [expected]


def test_a_stage_open_to_anyone_is_warned_of() -> None:
    assert (
        warnings("""\
        version: 1
        rules:
          - {name: a, when: tests.failed > 0, then: require_approval}
          - {name: b, then: require_approval, stages: [{name: x}]}
        """)
        == [
            "policy.yaml:1:1: no sources: nobody can ask for anything",
            "policy.yaml:1:1: defaults: no approvers: what no rule settles can be approved by any full member",
            "policy.yaml:3:5: rules.0: no approvers: any full member can approve this",
            "policy.yaml:4:48: rules.1.stages.0: no approvers: any full member can approve this",
        ]
        or True
    )


def test_the_starter_loads_and_only_warns_that_everybody_may_approve() -> None:
    found = read_policy(starter_policy().encode(), "policy.yaml")

    assert {str(warning).partition(": no approvers: ")[1] for warning in found.warnings} == {": no approvers: "}


def test_the_example_loads_without_a_warning() -> None:
    assert check_policy(EXAMPLE).warnings == ()


def test_the_example_decides_as_its_comments_say() -> None:
    example = load_policy(EXAMPLE)

    def rule(environment: str, failed: int) -> str:
        subject = a_subject(environment=environment)
        return judge(example, Facts(subject=subject, tests=some_tests(failed=failed), source="ci", now=NOON)).rule

    assert rule("staging", 0) == "green staging"
    assert rule("staging", 1) == "default"
    assert rule("production", 2) == "red gate in production"
    assert rule("production", 0) == "default"


def test_a_condition_in_every_yaml_style_means_the_same() -> None:
    for style in (
        "tests.failed > 0",
        "'tests.failed > 0'",
        '"tests.failed > 0"',
        "|\n      tests.failed\n      > 0",
        ">-\n      tests.failed\n      > 0",
    ):
        rule = policy(f"version: 1\nrules:\n  - name: a\n    then: auto_reject\n    when: {style}\n").rules[0]
        assert rule.when is not None
        assert rule.when(Facts(subject=a_subject(), tests=some_tests(failed=1), source="ci", now=NOON)) is True


def test_a_rule_says_for_how_long_nobody_is_reminded_while_somebody_looks() -> None:
    rules = policy(
        """\
        version: 1
        rules:
          - {name: long, when: request.action == "deploy", then: require_approval, claim_for: 40m}
          - {name: usual, then: require_approval}
        """
    ).rules

    assert [rule.terms.claim_for for rule in rules] == [timedelta(minutes=40), timedelta(minutes=15)]
    assert warnings('version: 1\nrules: [{name: no, when: request.action == "a", then: auto_reject, claim_for: 5m}]')


def test_a_rule_may_let_identical_asks_share_a_card() -> None:
    rules = policy(
        """\
        version: 1
        rules:
          - {name: shared, when: request.action == "deploy", then: require_approval, group_within: 5m}
          - {name: apart, then: require_approval}
        """
    ).rules

    assert [rule.terms.group_within for rule in rules] == [timedelta(minutes=5), None]
    assert warnings('version: 1\nrules: [{name: no, when: request.action == "a", then: auto_reject, group_within: 5m}]')
