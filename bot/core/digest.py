"""What an approval is given for: the fields that, once changed, make it worthless."""

from bot.core.evidence import TestEvidence
from bot.core.request import Subject


def bound(subject: Subject, tests: TestEvidence) -> dict[str, object]:
    """Return the JSON object whose RFC 8785 form is hashed into the digest (contract: "digest").

    *tests* must hold all failures of the revision, not only those that a card shows. How they were triaged is not in
    it: that changes with what other runs say, and what failed does not.
    """
    failing = sorted({(failure.id, failure.message) for failure in tests.failures})
    return {
        "action": subject.action,
        "service": subject.service,
        "environment": subject.environment,
        "repository": subject.repository,
        "ref": subject.ref,
        "commit": subject.commit,
        "parameters": subject.parameters,
        "tests": {
            "failed": tests.failed,
            "incomplete": bool(tests.incomplete),
            "failing": [{"id": test, "message": message} for test, message in failing],
        },
    }
