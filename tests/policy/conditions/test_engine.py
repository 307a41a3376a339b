"""Conditions: what is refused when the file is read, and what can't be answered when a request is judged."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.judging.counting import Counts
from bot.core.judging.facts import Facts, Unclear
from bot.core.proof import Proof
from bot.policy.conditions.engine import MAX_CONDITION, MAX_ENTRIES, MAX_TEXT, ConditionRejected, Engine
from bot.policy.conditions.facts import FACTS
from tests.factories import ANA, BO, NOON, a_subject, some_tests

SATURDAY = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)


def some_facts(
    parameters: Mapping[str, object] | None = None, title: str = "Deploy payments 1.42.0", now: datetime = NOON
) -> Facts:
    subject = a_subject(title=title, authors=[ANA, BO], labels=("hotfix", "db"), flags={"manual": True})
    proof = Proof(issuer="https://issuer", claims={"repository_owner_id": "1234567"})
    subject = replace(subject, proof=proof)
    if parameters is not None:
        subject = replace(subject, parameters=parameters)
    counts = Counts(approved_last_30d=7, rejected_last_30d=2, open_in_lane=3)
    tests = some_tests(failed=2, total=12)
    first, *rest = tests.failures
    tests = replace(tests, failures=(replace(first, owner="@acme/api, @ana"), *rest))
    return Facts(subject=subject, tests=tests, source="ci", now=now, counts=counts)


def evaluated(text: str, facts: Facts | None = None) -> bool | Unclear:
    return Engine().compile(text)(facts or some_facts())


def rejected(text: str) -> str:
    with pytest.raises(ConditionRejected) as caught:
        Engine().compile(text)
    return " | ".join(f"{c.line}:{c.column}: {c.sentence}" for c in caught.value.complaints)


@pytest.mark.parametrize(
    "text",
    [
        'request.action == "deploy" && request.environment == "production" && tests.failed > 0',
        'request.title.startsWith("Deploy")',
        'request.service == "payments" && request.repository == "acme/payments"',
        'request.ref == "refs/heads/main" && request.commit.matches("^[0-9a-f]{40}$")',
        'request.lane == "payments/production"',
        'request.severity == "" && request.reason == ""',
        'request.requester == "ana" && request.authors == ["ana", "bo"] && request.triggerer == ""',
        '"hotfix" in request.labels && request.labels.exists(l, l.startsWith("d"))',
        '"manual" in request.flags && request.flags.manual && !has(request.flags.other)',
        'request.parameters.strategy == "canary" && has(request.parameters.version)',
        "tests.total == 12 && tests.passed == 10 && tests.failed == 2 && tests.skipped == 0 && !tests.incomplete",
        "tests.new == 0 && tests.known == 0 && tests.flaky == 0 && tests.waived == 0 && tests.unknown == 2",
        '"@acme/api" in tests.owners && tests.owners.exists(o, o.startsWith("@acme/"))',
        'source == "ci"',
        'request.claims.repository_owner_id == "1234567" && !has(request.claims.environment)',
        "history.approved_last_30d == 7 && history.rejected_last_30d == 2 && lane.open == 3",
        'now < timestamp("2026-03-04T12:00:01Z") && now.getHours("Europe/Berlin") == 13',
        "tests.failed * 100 / tests.total >= 16",
        'request.environment in ["production", "staging"]',
    ],
)
def test_every_fact_can_be_asked_for(text: str) -> None:
    assert evaluated(text) is True


def test_the_table_of_facts_is_covered_by_the_test_above() -> None:
    assert len({fact.name for fact in FACTS}) == 34


def test_weekdays_are_those_of_the_named_time_zone() -> None:
    sunday_in_berlin = evaluated('now.getDayOfWeek("Europe/Berlin") == 0', some_facts(now=SATURDAY))
    saturday_in_utc = evaluated("now.getDayOfWeek() == 6", some_facts(now=SATURDAY))

    assert (sunday_in_berlin, saturday_in_utc) == (True, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'request.enviroment == "x"',
            "1:1: undeclared reference to 'request.enviroment'; did you mean \"request.environment\"?",
        ),
        ("true && test.failed > 0", "1:9: undeclared reference to 'test.failed'; did you mean \"tests.failed\"?"),
        ("request == 1", "1:1: undeclared reference to 'request'"),
        ("tests.failed > '1'", "1:14: > can't take a whole number and text; text stands in quotes, numbers and"),
        ("request.title == null", '1:15: == can\'t take text and null; what was left out is not null but ""'),
        ("request.title.startsWith(3)", "1:25: startsWith() can't take text and a whole number"),
        ("!tests.failed", "1:1: ! can't take a whole number; it takes what is true or false, such as a comparison"),
        ("tests.failed && true", "1:14: && can't take a whole number and true or false; it takes what is true or"),
        ("request.labels['x'] == ''", "1:15: [ ] can't take a list and text; lists are asked with a whole number"),
        ("request.parameters == 1", "1:20: == can't take a mapping and a whole number; text stands in quotes"),
        ("now > '2026-12-24'", "1:5: > can't take a time and text; a time is written timestamp(\"2026-12-24T"),
        ("tests.failed > 0 ? 1 : true", "1:18: ? : needs true or false before the ?, and two of one type after it"),
        ("request.title.startswith('x')", '1:25: there is no function startswith(); did you mean "startsWith"?'),
        ("", "1:1: must not be empty; leave it out to match always"),
        ("tests.failed >", "1:15: ends too early: something is missing here"),
        ("true and true", '1:6: "and" has no place here; write &&'),
        ("source is 'ci'", '1:8: "is" has no place here; write =='),
        ("source == 'ci' & true", "1:16: one & joins nothing: write &&"),
        ("source == 'ci", "1:11: this quote is never closed"),
        ("request.title.first == 'x'", "1:14: text has nothing inside to be named with a dot"),
        ("request.title.lowerAscii() == 'x'", "1:25: there is no function lowerAscii()"),
        ("true &&\n  request.enviroment == 'x'", "2:3: undeclared reference to 'request.enviroment'"),
        ("'ä' == request.enviroment", "1:8: undeclared reference to 'request.enviroment'"),
        ("a b", '1:3: "b" has no place here, or something is missing before it'),
        ("tests.failed = 0", "1:14: one = compares nothing: compare with =="),
        ("x > 0 && y > 0", "1:1: undeclared reference to 'x'; the facts are request.title"),
        ("tests.failed", "1:1: must yield true or false; this yields a whole number: compare it with something"),
        ("request.title", "1:1: must yield true or false; this yields text: compare it with something"),
        ("has(request.title)", "1:1: must yield true or false; this yields text: compare it with something"),
        ("request.parameters.force", "1:1: must yield true or false; this yields whatever the caller sent"),
        ("!" * 10 + "(" * 40 + "true" + ")" * 40, "-1:-1: Expression recursion limit exceeded. limit: 32"),
        ("1" + " + 1" * 100 + " > 0", "-1:-1: Exceeded max recursion depth of 32 when parsing."),
        ("true || " * 600 + "true", f"-1:-1: a condition has at most {MAX_CONDITION} characters"),
    ],
)
def test_what_is_no_condition_is_refused_when_the_file_is_read(text: str, expected: str) -> None:
    assert rejected(text).startswith(expected)


def test_every_misspelling_in_one_condition_is_told() -> None:
    said = rejected('request.enviroment == "x" && test.failed > 0')

    assert "request.environment" in said
    assert "tests.failed" in said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("request.parameters.force == true", 'there is no key "force" (ask with has(…) or in first)'),
        ("request.flags.other", 'there is no key "other" (ask with has(…) or in first)'),
        ("request.labels[9] == 'x'", "Index error: index=9 size=2"),
        ("tests.total / tests.skipped > 1", "divide by zero"),
        ("tests.total + 9223372036854775807 > 0", "integer overflow"),
        ("now.getDayOfWeek('Europe/Berln') == 6", "Invalid timezone"),
        ("request.title.matches('(')", "invalid regular expression: missing ): ("),
        ("int(request.title) > 0", "cannot convert string to int"),
        ("timestamp(request.title) < now", "String to Timestamp conversion failed"),
        ("request.parameters.version > 1", "No matching overloads found"),
    ],
)
def test_what_cant_be_answered_is_unclear_and_says_why(text: str, why: str) -> None:
    answer = evaluated(text)

    assert isinstance(answer, Unclear)
    assert answer.why.startswith(why)


def test_an_error_that_does_not_matter_is_none() -> None:
    assert evaluated("tests.failed > 0 || request.parameters.force == true") is True


def test_text_that_says_true_is_not_true() -> None:
    answer = evaluated("request.parameters.force == true", some_facts(parameters={"force": "true"}))

    assert answer is False


@pytest.mark.parametrize(
    "parameters",
    [
        {"hosts": ["h"] * (MAX_ENTRIES + 1)},
        {f"k{n}": n for n in range(MAX_ENTRIES + 1)},
        {"manifest": "x" * (MAX_TEXT + 1)},
        {"a": {"b": [{"c": "x" * (MAX_TEXT + 1)}]}},
        {"n": 2**63},
        {"n": object()},
    ],
)
def test_parameters_too_large_to_look_into_make_only_the_conditions_unclear_that_look(
    parameters: dict[str, object],
) -> None:
    engine = Engine()
    looks, looks_away = engine.compile("has(request.parameters.a)"), engine.compile("tests.failed == 2")
    facts = some_facts(parameters=parameters)

    answer = looks(facts)

    assert isinstance(answer, Unclear)
    assert answer.why.startswith("request.parameters is too large to look into: ")
    assert looks_away(facts) is True


def test_parameters_nested_without_end_are_unclear() -> None:
    parameters: dict[str, object] = {}
    parameters["self"] = parameters

    assert isinstance(evaluated("has(request.parameters.a)", some_facts(parameters=parameters)), Unclear)


@pytest.mark.parametrize(
    "text",
    [
        "request.parameters.l.all(x, request.parameters.l.all(y, x == y))",
        "request.parameters.l.all(x, request.parameters.l.all(y, x != y || tests.failed > 0))",
        "request.parameters.l.map(x, request.parameters.l.map(y, tests.failed)).size() > 0",
    ],
)
def test_loops_in_loops_run_out_of_budget_and_ask_a_person(text: str) -> None:
    largest = {"l": ["x"] * MAX_ENTRIES, "t": "x" * MAX_TEXT}

    answer = evaluated(text, some_facts(parameters=largest))

    assert answer == Unclear("Iteration budget exceeded")


def test_a_long_reason_is_cut() -> None:
    answer = evaluated("request.parameters[request.title] == 1", some_facts(title="t" * 300))

    assert isinstance(answer, Unclear)
    assert len(answer.why) < 220


def test_facts_of_one_request_are_never_seen_by_another() -> None:
    engine = Engine()
    condition = engine.compile("tests.failed == 2 && request.title == 'a'")
    first, second = some_facts(title="a"), some_facts(title="b")

    assert [condition(f) for f in (first, second, first, second)] == [True, False, True, False]


def test_threads_judge_side_by_side() -> None:
    condition = Engine().compile("request.parameters.n == 1 && request.labels.size() == 2")
    wrong: list[object] = []

    def judge(n: int) -> None:
        for _ in range(300):
            answer = condition(some_facts(parameters={"n": n}))
            if answer is not (n == 1):
                wrong.append(answer)

    threads = [threading.Thread(target=judge, args=(n,)) for n in (1, 2, 1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


@pytest.mark.parametrize(
    "text",
    ["tests.failed == 0", "!tests.incomplete", 'request.action == "a" || (tests.total > 0 && tests.passed == 1)'],
)
def test_a_condition_that_looks_at_tests_is_known(text: str) -> None:
    assert Engine().reads_tests(text)


@pytest.mark.parametrize(
    "text",
    [
        'request.environment == "staging"',
        'request.service == "tests.failed"',
        'request.labels.exists(tests, tests == "x")',
        'request.parameters.tests == "green" // tests.failed == 0',
    ],
)
def test_a_condition_that_only_has_the_word_does_not_look_at_tests(text: str) -> None:
    assert not Engine().reads_tests(text)
