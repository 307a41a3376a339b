"""What the audit log keeps of waivers: enough to count every use again without this code."""

from bot.core.audit.entry import draw_actor
from bot.core.evidence import TestEvidence
from bot.core.life.terms import of_person
from bot.core.moments import draw_moment
from bot.core.request import Subject
from bot.core.waivers.waiver import Waiver


def of_waiver(waiver: Waiver) -> dict[str, object]:
    """Return what was given, to whom it matters, and by whom."""
    return {
        "waiver": waiver.number,
        "source": waiver.site.source,
        "repository": waiver.site.repository,
        "environment": waiver.site.environment,
        "test": waiver.test,
        "signature": waiver.signature,
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "by": of_person(waiver.by),
        "about": waiver.about,
        "since": draw_moment(waiver.since),
        "until": draw_moment(waiver.until),
        "uses": waiver.uses,
        "remind_at": draw_moment(waiver.remind_at),
    }


def of_course(waiver: Waiver) -> dict[str, object]:
    """Return what has become of it since: the log says so in several entries."""
    end = waiver.end
    return {
        "used": waiver.used,
        "reminded_at": draw_moment(waiver.reminded_at) if waiver.reminded_at else None,
        "end": None
        if end is None
        else {
            "how": end.how.value,
            "at": draw_moment(end.at),
            "actor": draw_actor(end.by),
            "reason": end.reason,
        },
    }


def of_uses(subject: Subject, tests: TestEvidence) -> dict[str, object]:
    """Return which waivers a request leans on, and how many failures each covers; most lean on none."""
    if not tests.waivers:
        return {}
    uses = [{"waiver": use.waiver, "failures": use.failures} for use in tests.waivers]
    return {"waived": {"failures": tests.waived, "repository": subject.repository, "uses": uses}}
