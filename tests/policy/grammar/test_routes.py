"""Where a request is shown, and who is called: by its rule, else by the first route that matches, else the defaults."""

from textwrap import dedent

import pytest

from bot.core.judging.facts import Facts
from bot.core.judging.rules import judge
from bot.core.ruling import Ruling
from bot.policy.loader import read_policy
from tests.factories import NOON, a_subject, some_tests

POLICY = """\
version: 1
defaults: {channel: "#approvals"}
people: {ana: {email: ana@acme.test}, bo: {email: bo@acme.test}}
routes:
  - {name: broken, when: request.parameters.region == "eu", channels: ["#eu"]}
  - {name: critical, when: request.severity == "critical", channels: ["#incidents", "#payments"], mention: [bo]}
  - {name: payments, when: request.service == "payments", channels: ["#payments"]}
rules:
  - {name: own, when: request.action == "own", then: require_approval, route: {channel: "#own", channels: ["#too"]}}
  - name: calls nobody
    when: request.action == "quiet"
    then: require_approval
    route: {mention: []}
  - {name: by itself, when: request.action == "yes", then: auto_approve}
"""


def ruled(**fields: object) -> Ruling:
    policy = read_policy(dedent(POLICY).encode(), "policy.yaml").policy
    return judge(policy, Facts(subject=a_subject(**fields), tests=some_tests(), source="ci", now=NOON))  # pyright: ignore[reportArgumentType] - any field by its name


@pytest.mark.parametrize(
    ("fields", "channels", "called"),
    [
        ({"action": "own", "severity": "critical"}, ("#own", "#too"), []),
        ({"severity": "critical"}, ("#incidents", "#payments"), ["bo"]),
        ({"action": "quiet", "severity": "critical"}, ("#incidents", "#payments"), []),
        ({}, ("#payments",), []),
        ({"service": "search"}, ("#approvals",), []),
        ({"parameters": {"region": "eu"}}, ("#eu",), []),
        ({"action": "yes"}, (), None),
    ],
)
def test_the_first_route_that_matches_says_where(
    fields: dict[str, object], channels: tuple[str, ...], called: list[str] | None
) -> None:
    ruling = ruled(**fields)

    assert ruling.channels == channels
    assert called == ([person.key for person in ruling.stages[0].mention] if ruling.stages else None)


def test_a_route_that_cannot_be_evaluated_is_passed_over_and_said_so() -> None:
    trail = ruled(severity="critical").explanation

    assert any(line.startswith("route broken: could not be evaluated: there is no key") for line in trail)
    assert trail[-1] == "route critical: shown in #incidents, #payments"
