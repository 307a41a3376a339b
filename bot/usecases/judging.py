"""What the policy makes of an ask, over what the transaction sees: counts of what was before, and waivers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.evidence import TestEvidence
from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy
from bot.core.judging.rules import judge
from bot.core.request import Subject
from bot.core.ruling import Ruling
from bot.core.waivers.excusing import excused, said_of_uses, said_of_void, used_by
from bot.core.waivers.giving import may_lean_on
from bot.core.waivers.waiver import Site, Waiver, site_of
from bot.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is to be judged; ``tests`` holds every failure, triaged by its past.

    ``itself`` is how many of the open requests of its lane it is: one that is revised is not compared with itself.
    """

    source: str
    subject: Subject
    tests: TestEvidence
    itself: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was made of a case: its ``tests`` with what is waived of them, the ruling, and the waivers it leans on."""

    tests: TestEvidence
    ruling: Ruling
    waivers: tuple[Waiver, ...] = ()


def judged(tx: Transaction, case: Case, policy: Policy, now: datetime) -> Judged:
    """Judge *case*. Nothing is spent yet: that is :func:`spend`, once the request stands."""
    site = site_of(case.source, case.subject)
    found = () if site is None else _covering(tx, case, site, policy)
    waivers = tuple(one for one in found if may_lean_on(case.subject, one.by))
    tests = case.tests if site is None else excused(case.tests, waivers, site, now)
    used, void = used_by(tests, waivers), tuple(one for one in found if one not in waivers)
    ruling = _explained(_ruling(tx, replace(case, tests=tests), policy, now), used, void)
    return Judged(tests=tests, ruling=replace(ruling, waivable=policy.waivers is not None), waivers=used)


def spend(tx: Transaction, used: Sequence[Waiver]) -> None:
    """Write down one use of each: of this revision of the request, however many failures each covers."""
    for waiver in used:
        tx.waivers.put(waiver.spent())


def _covering(tx: Transaction, case: Case, site: Site, policy: Policy) -> tuple[Waiver, ...]:
    """Return what may be waived; a policy without waivers lets none count, also of those given before."""
    if policy.waivers is None or not case.tests.failures:
        return ()
    return tx.waivers.covering(site, case.tests)


def _ruling(tx: Transaction, case: Case, policy: Policy, now: datetime) -> Ruling:
    counts = tx.history.counts(case.source, case.subject, policy.reads)
    counts = replace(counts, open_in_lane=max(0, counts.open_in_lane - case.itself))
    facts = Facts(subject=case.subject, tests=case.tests, source=case.source, now=now, counts=counts)
    return judge(policy, facts, tx.history.uses)


def _explained(ruling: Ruling, used: Sequence[Waiver], void: Sequence[Waiver]) -> Ruling:
    said = (*said_of_uses(used), *said_of_void(void))
    return replace(ruling, explanation=(*said, *ruling.explanation)) if said else ruling
