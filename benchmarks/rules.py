"""What a policy costs: one request judged by one rule and by a hundred, `python -m benchmarks.rules`.

The rules are as people write them, three comparisons each, and none but the last matches: every condition is evaluated,
and the explanation says of each what was false. Both are measured in rounds that alternate; a request's facts are bound
anew each time, as they are for a submission. What counts is the processor's time: nothing here waits for anything.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from bot.core.evidence import TestEvidence
from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy
from bot.core.judging.rules import judge
from bot.core.people.identity import Person
from bot.core.request import Subject
from bot.machine import utc_now
from bot.policy import read_policy

ROUNDS, JUDGED = 15, 200
WANTED_MS = 2.0

_HEAD = "version: 1\ndefaults: {approvers: [ana@acme.test]}\nrules:\n"
_RULE = """\
  - name: rule {0}
    when: request.action == "deploy" && request.service == "service-{0}" && tests.failed > {0}
    then: require_approval
"""
_LAST = "  - {name: last, then: require_approval}\n"


def a_policy(rules: int) -> Policy:
    """Return a policy of so many rules."""
    text = _HEAD + "".join(_RULE.format(number) for number in range(rules - 1)) + _LAST
    return read_policy(text.encode(), "policy.yaml").policy


def a_request() -> Facts:
    """Return what such a request is judged by."""
    bo = Person(key="bo", email="bo@acme.test", slack_id="U0BO00000")
    subject = Subject(
        title="Deploy payments 1.42.0",
        action="deploy",
        service="payments",
        environment="production",
        repository="acme/payments",
        requester=bo,
        labels=("hotfix",),
        parameters={"version": "1.42.0", "strategy": "canary"},
    )
    return Facts(subject=subject, tests=TestEvidence(total=120, passed=118, failed=2), source="ci", now=utc_now())


def milliseconds(policy: Policy, facts: Facts) -> float:
    """Return what judging one request takes."""
    started = time.process_time()
    for _ in range(JUDGED):
        judge(policy, replace(facts))
    return (time.process_time() - started) / JUDGED * 1e3


def rounds(policies: tuple[Policy, Policy], facts: Facts) -> Iterator[tuple[float, float]]:
    """Measure both, in turn."""
    for _ in range(ROUNDS):
        yield milliseconds(policies[0], facts), milliseconds(policies[1], facts)


def main() -> None:
    """Print what one rule and many cost, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=100)
    count = parser.parse_args().rules
    measured = list(rounds((a_policy(1), a_policy(count)), a_request()))
    one, many = median(pair[0] for pair in measured), median(pair[1] for pair in measured)
    print(f"1 rule      {one:8.3f} ms")
    print(f"{count} rules   {many:8.3f} ms   (wanted: at most {WANTED_MS} ms for 100)")
    print(f"ratio       {many / one:8.1f}")


if __name__ == "__main__":
    main()
