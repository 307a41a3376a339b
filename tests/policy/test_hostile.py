"""Whatever stands in a policy file, it is read or refused in sentences; nothing else ever comes out."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.judging.facts import Facts, Unclear
from bot.policy import PolicyError, PolicyInvalid, read_policy
from bot.policy.conditions.engine import ConditionRejected, Engine
from tests.factories import NOON, a_subject, some_tests

FACTS = Facts(subject=a_subject(), tests=some_tests(), source="ci", now=NOON)
WHOLE = """\
version: 1
defaults: {channel: "#approvals", timeout: 1h, on_timeout: expire, require_reason: on_reject, approvers: [qa]}
sources: {ci: {kind: generic, token_env: A, signing_secret_env: B, callback_hosts: [a.test], limit: 6 per 1m}}
people: {ana: {email: ana@acme.test, slack: U0ANA0000, github: ana}}
groups: {qa: {users: [ana, bo@acme.test]}}
rules:
  - name: a
    when: |
      request.environment == "production" &&
        tests.failed > 0
    then: require_approval
    reason: look
    route: {channel: "#qa", mention: [qa]}
    stages: [{name: qa, approvers: [qa], quorum: 2}]
    timeout: 2h
    on_timeout: reject
    forbid: [requester, authors]
    require_reason: always
"""

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["ana", "qa"])
)
keys = st.sampled_from(
    [
        "version",
        "defaults",
        "sources",
        "people",
        "groups",
        "rules",
        "name",
        "when",
        "then",
        "stages",
        "approvers",
        "quorum",
        "route",
        "mention",
        "users",
        "email",
        "slack",
        "ci",
        "ana",
        "qa",
        "channel",
        "timeout",
        "forbid",
        "token_env",
        "limit",
        "reason",
        "on_timeout",
        "<<",
    ]
) | st.text(max_size=4)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=25
)


def is_read_or_refused(content: bytes) -> None:
    errors: tuple[PolicyError, ...] = ()
    try:
        read_policy(content, "policy.yaml")
        was_refused = False
    except PolicyInvalid as invalid:
        was_refused, errors = True, invalid.errors
    assert was_refused is bool(errors)
    lines = content.decode("utf-8", "replace").splitlines() or [""]
    assert [error for error in errors if len(str(error).splitlines()) != 1] == []
    assert [e for e in errors if e.position and not 1 <= e.position.line <= len(lines) + 1] == []


@settings(deadline=None, max_examples=60)
@given(content=st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    is_read_or_refused(content)


@settings(deadline=None, max_examples=60)
@given(text=st.text(st.sampled_from("ab:- \n\t[]{}#&*!|>'\"%@`,?<0.\\\ufeff\x85\u2028é"), max_size=60))
def test_any_text_of_yamls_own_characters(text: str) -> None:
    is_read_or_refused(text.encode())
    is_read_or_refused(f"version: 1\nrules: {text}".encode())


@settings(deadline=None, max_examples=60)
@given(file=st.dictionaries(keys, values, max_size=6))
def test_any_structure(file: dict[str, object]) -> None:
    is_read_or_refused(f"{file!r}".replace("None", "null").replace("True", "true").replace("False", "false").encode())


@settings(deadline=None, max_examples=60)
@given(at=st.integers(0, len(WHOLE) - 1), insert=st.text(max_size=3), cut=st.integers(0, 8))
def test_any_slip_of_the_keyboard(at: int, insert: str, cut: int) -> None:
    is_read_or_refused((WHOLE[:at] + insert + WHOLE[at + cut :]).encode())


@settings(deadline=None, max_examples=60)
@given(
    text=st.text(st.sampled_from("requst.failed>0&|()![]{}:?,+-*/%'\"\\ \n1x=ä"), max_size=40) | st.text(max_size=20)
)
def test_any_condition_is_refused_or_answers(text: str) -> None:
    with suppress(ConditionRejected):
        assert isinstance(Engine().compile(text)(FACTS), bool | Unclear)


@settings(deadline=None, max_examples=60)
@given(
    parameters=st.dictionaries(st.text(max_size=5), values, max_size=4),
    condition=st.sampled_from(
        [
            "request.parameters.name == 'x'",
            "request.parameters.exists(k, request.parameters[k] == 1)",
            "request.parameters.all(k, size(request.parameters[k]) > 0)",
            "request.parameters.size() > 0",
        ]
    ),
)
def test_any_parameters_are_answered(parameters: dict[str, object], condition: str) -> None:
    facts = Facts(subject=a_subject(parameters=parameters), tests=some_tests(), source="ci", now=NOON)

    assert isinstance(Engine().compile(condition)(facts), bool | Unclear)
