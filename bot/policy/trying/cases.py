"""Cases for a policy: a request, and what is expected to come of it. What ``jit policy test`` runs in CI."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, cast

from pydantic import BeforeValidator, Field

from bot.core.business_time import later
from bot.core.judging.counting import MOST
from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy
from bot.core.judging.rules import judge
from bot.core.people.entitled import banned_by
from bot.core.people.identity import is_among
from bot.core.ruling import Ruling
from bot.policy.grammar.mappings import Part, ThenWord
from bot.policy.grammar.scalars import Duration, read_moment
from bot.policy.loader import read_bytes, read_yaml
from bot.policy.parts import list_of
from bot.policy.reading.document import Path as Place
from bot.policy.reading.sheet import Sheet
from bot.policy.trying.given import counts_given, tests_given, wrong_count


class ExpectPart(Part):
    """What must come of it; what is not named may be anything. ``approvers`` are those of the first stage."""

    outcome: ThenWord | None = None
    rule: str | None = None
    channels: list[str] | None = None
    stages: list[str] | None = None
    approvers: list[str] | None = None
    timeout: Duration | None = None
    expires_at: Annotated[datetime, BeforeValidator(read_moment)] | None = None


Count = Annotated[int, Field(ge=0, le=MOST)]


class CasePart(Part):
    """One case; ``request`` is the body of ``POST /v1/requests``.

    ``counts`` are those that conditions read (``lane.open: 2``, ``tests.new: 1``), and, by the names of rules with a
    budget, how often they were used within it; what is not named is zero.
    """

    name: Annotated[str, Field(min_length=1, max_length=200)]
    source: str | None = None
    now: Annotated[datetime, BeforeValidator(read_moment)] | None = None
    counts: Mapping[str, Count] = Field(default_factory=dict[str, Count])
    request: dict[str, object]
    expect: ExpectPart


_HINT = "docs/policy.md shows one"

ReadFacts = Callable[[dict[str, object], str | None, datetime | None], "Facts | list[str]"]
"""Reads a body as the API would, asked by a source at a moment; or says what is wrong with it, a line a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one case went: no ``faults`` when it went as expected."""

    name: str
    faults: tuple[str, ...]
    explanation: tuple[str, ...]


def run_cases(path: Path, policy: Policy, read_facts: ReadFacts) -> tuple[Verdict, ...]:
    """Judge every case of the file at *path*. Raises PolicyInvalid when the file itself is wrong."""
    document = read_yaml(read_bytes(path, _HINT), str(path), _HINT)
    sheet = Sheet(str(path), document)
    verdicts = tuple(_run(document.data, sheet, policy, read_facts))
    if not verdicts and not sheet.is_spoiled(()):
        sheet.refuse((), "must have cases: a list, each starting with - name: …")
    sheet.warnings()
    return verdicts


def _run(data: object, sheet: Sheet, policy: Policy, read_facts: ReadFacts) -> Iterator[Verdict]:
    if not isinstance(data, dict):
        return
    file = cast("dict[str, object]", data)
    for key in file.keys() - {"cases"}:
        sheet.refuse_key((key,), "unknown key; allowed: cases")
    for index, case in list_of(CasePart, "cases", file, sheet):
        place: Place = ("cases", index, "request")
        facts = read_facts(case.request, case.source, case.now)
        if isinstance(facts, list):
            for fault in facts:
                sheet.refuse(place, fault)
            continue
        for name in case.counts:
            if (fault := wrong_count(name, policy)) is not None:
                sheet.refuse_key(("cases", index, "counts", name), fault)
        counts, tally = counts_given(case.counts)
        facts = replace(facts, counts=counts, tests=tests_given(case.counts, facts.tests))
        ruling = judge(policy, facts, tally)
        faults = tuple(_differences(case.expect, ruling, facts))
        yield Verdict(name=case.name, faults=faults, explanation=ruling.lines)


def _differences(expect: ExpectPart, ruling: Ruling, facts: Facts) -> Iterator[str]:
    first = ruling.stages[0].approvers if ruling.stages else ()
    live = [group.name for group in ruling.stages[0].groups] if ruling.stages else []
    banned = [person for person, _ in banned_by(ruling, facts.subject)]
    found: dict[str, object] = {
        "outcome": ruling.handling,
        "rule": ruling.rule,
        "channels": list(ruling.channels),
        "stages": [stage.name for stage in ruling.stages],
        "approvers": sorted([*live, *(person.key for person in first if not is_among(person, banned))]),
        "timeout": ruling.timeout,
        "expires_at": later(facts.now, ruling.timeout, ruling.timeout_calendar),
    }
    for name in sorted(expect.model_fields_set):
        wanted = getattr(expect, name)
        wanted = sorted(wanted) if name == "approvers" else wanted
        if wanted is not None and wanted != found[name]:
            yield f"{name}: expected {_said(wanted)}, got {_said(found[name])}"


def _said(value: object) -> str:
    return ", ".join(map(str, cast("list[object]", value))) or "none" if isinstance(value, list) else str(value)
