"""Whatever is stored as a document comes back the same, whatever people and programs write into it."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.business_time import Calendar, Offset, Opening
from bot.core.effects import Effect, ShowCard
from bot.core.evidence import TestEvidence
from bot.core.people.identity import Person
from bot.core.request import ApprovalRequest, Pause, RequestId
from bot.core.ruling import EscalationStep, Ruling, Stage
from bot.store.codec import KINDS, draw_json, read_effect, read_evidence, read_request
from tests.factories import ID, a_request, an_actor

T = TypeVar("T")

UNICODE = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats(allow_nan=False, allow_infinity=False) | UNICODE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(UNICODE, inner, max_size=3),
    max_leaves=5,
)
LEAVES: Mapping[object, st.SearchStrategy[Any]] = {
    str: UNICODE,
    RequestId: UNICODE,
    int: NUMBERS,
    bool: st.booleans(),
    timedelta: st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3660)),
    datetime: st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis adds the zone
    date: st.dates(),
    NoneType: st.none(),
    object: JSON,
}
SPANS = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=3660))
RULED: Mapping[tuple[type, str], st.SearchStrategy[Any]] = {
    (Person, "key"): UNICODE.map("x{}".format),  # a person needs a name
    (Stage, "quorum"): st.integers(1, 9),
    (Stage, "reject_quorum"): st.integers(1, 9),
    (Stage, "remind_after"): st.none() | SPANS,
    (Calendar, "openings"): st.integers(0, 6).map(lambda day: (Opening(day, 60 * day, 1440),)),
    (Calendar, "offsets"): st.integers(-43200, 43200).map(
        lambda ahead: (Offset(datetime(2026, 1, 1, tzinfo=UTC), ahead),)
    ),
    (EscalationStep, "after"): SPANS,
    (EscalationStep, "channel"): UNICODE,
}


def anything(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any type that a field may have
    """Draw any value of this type."""
    if hint in LEAVES:
        return LEAVES[hint]
    origin, inner = get_origin(hint), [anything(one) for one in get_args(hint) if one is not ...]
    if origin is None:
        return st.sampled_from(hint) if issubclass(hint, Enum) else a(hint)
    if origin is tuple and ... not in get_args(hint):
        return st.tuples(*inner)
    several = {
        tuple: lambda: st.lists(inner[0], max_size=2).map(tuple),
        frozenset: lambda: st.frozensets(inner[0]),
        Mapping: lambda: st.dictionaries(UNICODE, inner[1], max_size=3),
    }
    return several.get(origin, lambda: st.one_of(inner))()


def _after(step: EscalationStep) -> timedelta:
    return step.after


@cache
def a(kind: type[T]) -> st.SearchStrategy[T]:
    """Draw any value of a dataclass, every field of it."""
    hints = get_type_hints(kind)
    fields = {name: RULED[kind, name] if (kind, name) in RULED else anything(hint) for name, hint in hints.items()}
    if kind is Stage:
        steps: st.SearchStrategy[list[EscalationStep]] = st.lists(a(EscalationStep), max_size=2, unique_by=_after)
        fields["escalate"] = steps.map(lambda found: tuple(sorted(found, key=_after)))
    if kind is Ruling:
        fields["stages"] = st.lists(a(Stage), min_size=1, max_size=2).map(tuple)  # a rule that asks needs one
    return st.builds(kind, **fields)


@settings(max_examples=50)
@given(request=a(ApprovalRequest))
def test_a_request_comes_back_the_same(request: ApprovalRequest) -> None:
    again = read_request(draw_json(request))

    assert again == request
    assert draw_json(again) == draw_json(request)  # 1, 1.0 and True are equal, and not the same


@given(evidence=a(TestEvidence))
def test_evidence_comes_back_the_same(evidence: TestEvidence) -> None:
    assert read_evidence(draw_json(evidence)) == evidence


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_an_effect_comes_back_the_same(data: st.DataObject, kind: type[Effect]) -> None:
    effect: Any = data.draw(a(kind))

    assert read_effect(KINDS[kind], draw_json(effect)) == effect


@given(left=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36600)))
def test_a_stopped_clock_goes_on_to_the_microsecond(left: timedelta) -> None:
    request = a_request(pause=Pause(question="?", by=an_actor(), remaining=left))

    again = read_request(draw_json(request))

    assert again.pause is not None
    assert again.pause.remaining == left


def test_every_effect_there_is_has_a_name() -> None:
    assert set(KINDS) == set(Effect.__args__)
    assert len(set(KINDS.values())) == len(KINDS)


@pytest.mark.parametrize("value", [object(), b"bytes", 1 + 2j, 2**70, "\ud800"])
def test_what_has_no_json_form_is_refused_and_never_written_as_something_else(value: object) -> None:
    request = a_request()
    odd: Any = dataclasses.replace(request.subject, parameters={"odd": value})

    with pytest.raises(TypeError):
        draw_json(dataclasses.replace(request, subject=odd))


def test_a_document_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="said"):
        read_effect("tell_thread", draw_json(ShowCard(request=ID, channel="#approvals")))
