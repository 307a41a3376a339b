"""What people said the last time the same change was asked for: a rejection that is not told twice is asked twice."""

import json
from hashlib import sha256

from bot.core.judging.counting import answered_at
from bot.core.request import ApprovalRequest, Precedent, Subject
from bot.core.ruling import Verdict


def change_of(source: str, subject: Subject) -> str | None:
    """Return what makes two requests those of one change, as a hash; None where nothing says which change it is.

    The same is asked for, by the same source, from the same ref of a repository; where either is not said, in the same
    lane. Left out and empty are the same.
    """
    if subject.repository and subject.ref:
        which = ["ref", subject.repository, subject.ref]
    elif subject.lane:
        which = ["lane", subject.lane]
    else:
        return None
    alike = [source, subject.action, subject.service or "", subject.environment or "", *which]
    return sha256(json.dumps(alike).encode()).hexdigest()


def precedent_in(earlier: ApprovalRequest, card: str | None) -> Precedent | None:
    """Return what *earlier*, the last of its change that people answered, is a precedent of: a no, or nothing.

    *card* is where its card stands.
    """
    decision = earlier.decision
    if decision is None or decision.verdict is not Verdict.REJECT or answered_at(earlier) is None:
        return None
    return Precedent(
        id=earlier.id,
        number=earlier.number,
        by=decision.by,
        at=decision.at,
        commit=earlier.subject.commit,
        reason=decision.reason,
        category=decision.category,
        card=card,
    )
