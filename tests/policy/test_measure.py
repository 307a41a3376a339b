"""What a policy says of triage: which branches are the base, and from when on a test is flaky."""

import pytest

from bot.core.evidence.triage import Measure
from bot.policy import PolicyInvalid, read_policy


def measure(defaults: str) -> Measure:
    return read_policy(f"version: 1\ndefaults: {{{defaults}}}\n".encode(), "policy.yaml").policy.measure


def test_without_a_word_the_base_is_what_it_is_called_everywhere() -> None:
    assert measure("") == Measure(base_refs=("main", "master", "trunk"), flaky_percent=10, flaky_runs=20)


def test_a_policy_names_its_own() -> None:
    found = measure("base_refs: [develop, release/*, develop], flaky_percent: 30, flaky_runs: 5")

    assert found == Measure(base_refs=("develop", "release/*"), flaky_percent=30, flaky_runs=5)


def test_a_policy_may_have_no_base_at_all() -> None:
    assert measure("base_refs: []").base_refs == ()


@pytest.mark.parametrize(
    ("defaults", "sentence"),
    [
        ('base_refs: ["*"]', "would make each branch its own base; name those that others start from"),
        ("base_refs: [refs/heads/main]", "must be a branch such as main, or a pattern such as release/*"),
        ('base_refs: ["ma in"]', "must be a branch such as main, or a pattern such as release/*"),
        ("base_refs: main", "must be a list"),
        ("flaky_percent: 0", "must be 1 or more"),
        ("flaky_percent: 100", "must be 99 or less"),
        ("flaky_runs: 1", "must be 2 or more"),
        ("flaky_runs: 51", "must be 50 or less"),
    ],
)
def test_what_means_nothing_is_refused(defaults: str, sentence: str) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        measure(defaults)

    assert sentence in str(refused.value.errors[0])
