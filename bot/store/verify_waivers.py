"""Waivers against the log: the table, and the failures that count as waived in the evidence of requests."""

from collections import Counter
from collections.abc import Mapping

from bot.core.audit.waiving import Excuse
from bot.core.evidence import TestEvidence
from bot.core.evidence.tests import Triage
from bot.core.evidence.waived import WaiverUse
from bot.core.life.terms import of_person
from bot.core.moments import draw_moment
from bot.core.waivers.record import of_course, of_waiver
from bot.store.codec import read_waiver
from bot.store.reading import Snapshot
from bot.store.testimony import Contradicted
from bot.store.verify_entry import Bad


def check_waivers(snapshot: Snapshot, excuses: Mapping[int, Excuse], end: int) -> None:
    """Compare the table of waivers with what the log says of each. Raises Bad."""
    told = dict(excuses)
    for number, site, key, wake_at, document in snapshot.waivers.all():
        try:
            held = read_waiver(document)
        except ValueError:
            raise Bad(end, f"waiver #{number}: its document is none") from None
        columns = (held.number, held.site.key, held.key, held.wake_at)
        if columns != (number, site, key, snapshot.moment(wake_at)):
            raise Bad(end, f"waiver #{number}: its columns are not those of its document")
        excuse = told.pop(number, None)
        if excuse is None or excuse.terms != of_waiver(held):
            raise Bad(end, f"waiver #{number} is not what the log says")
        if excuse.course != of_course(held):
            raise Bad(end, f"waiver #{number}: how often it was used, or how it ended, is not what the log says")
    if told:
        raise Bad(end, f"waiver #{min(told)} stands in the log, the table has lost it")


def require_rightly_waived(tests: TestEvidence, excuses: Mapping[int, Excuse]) -> None:
    """Compare the failures that count as waived with the waivers of the log. Raises Contradicted."""
    covered = Counter[int]()
    for failure in tests.failures:
        mark = failure.waiver
        if (failure.triage is Triage.WAIVED) is not (mark is not None):
            raise Contradicted("a failure counts as waived by no waiver, or has one and does not count")
        if mark is None:
            continue
        excuse = excuses.get(mark.number)
        said = {"test": failure.id, "signature": failure.signature, "by": of_person(mark.by)}
        said |= {"until": draw_moment(mark.until), "reason": mark.reason, "ticket": mark.ticket}
        if excuse is None or any(excuse.terms[name] != value for name, value in said.items()):
            raise Contradicted(f"a failure counts as waived by waiver #{mark.number}, which is about another")
        covered[mark.number] += 1
    uses = tuple(WaiverUse(waiver=number, failures=covered[number]) for number in sorted(covered))
    if tests.waivers != uses or tests.waived != covered.total():
        raise Contradicted("its waivers cover other failures than those that count as waived")
