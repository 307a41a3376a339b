"""From the caller's words to ours: a checked body becomes a subject and its evidence."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import lru_cache
from itertools import islice

import durationpy

from bot.core.evidence import Failure, TestEvidence
from bot.core.judging.source import Source
from bot.core.people.identity import Identity, People, Person
from bot.core.request import Link, Subject
from handlers.api.asking.callback_urls import callback_refusal
from handlers.api.asking.model import FailureAsked, IdentityAsked, RequestAsked, TestsAsked
from handlers.api.asking.plain import SHOWN
from handlers.api.asking.sight import sight_faults
from handlers.problems import Fault, invalid

MAX_TEXT = 1000
CUT_MARK = "… (cut)"


def read_subject(asked: RequestAsked, people: People, source: Source) -> Subject:
    """Return what is asked. Raises Problem (422) that names everything that is wrong."""
    faults = list(islice(sight_faults(asked), SHOWN))
    subject = Subject(
        title=asked.title,
        action=asked.action,
        service=asked.service,
        environment=asked.environment,
        repository=asked.repository,
        ref=asked.ref,
        commit=asked.commit,
        lane=asked.lane,
        requester=_person(asked.requester, people, "/requester", faults) if asked.requester else None,
        authors=tuple(read_authors(asked.authors, people, faults)),
        triggerer=_person(asked.triggerer, people, "/triggerer", faults) if asked.triggerer else None,
        reason=asked.reason,
        severity=asked.severity,
        labels=asked.labels,
        flags=asked.flags,
        parameters=asked.parameters,
        links=tuple(Link(label=link.label, url=link.url) for link in asked.links),
        callback_url=asked.callback_url,
        timeout=_timeout(asked.timeout, faults) if asked.timeout is not None else None,
        metadata=asked.metadata,
    )
    if asked.callback_url is not None and (why := callback_refusal(asked.callback_url, source)):
        faults.append(Fault(pointer="/callback_url", detail=why))
    if faults:
        raise invalid(faults)
    return subject


def read_tests(asked: TestsAsked) -> TestEvidence:
    """Return the evidence as the caller counted it. Raises Problem (422) when the counts can't be."""
    if asked.failed + asked.skipped > asked.total:
        raise invalid([Fault(pointer="/tests/total", detail="is less than failed and skipped together")])
    if len(asked.failures) > asked.failed:
        raise invalid([Fault(pointer="/tests/failures", detail="lists more failures than failed counts")])
    return TestEvidence(
        total=asked.total,
        passed=asked.total - asked.failed - asked.skipped,
        failed=asked.failed,
        skipped=asked.skipped,
        failures=tuple(_failure(failure) for failure in asked.failures),
    )


def _failure(asked: FailureAsked) -> Failure:
    return Failure(
        id=asked.id,
        message=_cut(asked.message),
        detail=_cut(asked.detail),
        file=asked.file,
        line=asked.line,
        owner=asked.owner,
    )


def _cut(text: str | None) -> str:
    if text is None:
        return ""
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - len(CUT_MARK)] + CUT_MARK


def read_authors(asked: Iterable[IdentityAsked], people: People, faults: list[Fault]) -> Iterator[Person]:
    """Yield who wrote the change; what is wrong with one of them is added to *faults*."""
    for index, author in enumerate(asked):
        person = _person(author, people, f"/authors/{index}", faults)
        if person is not None:
            yield person


def _person(asked: IdentityAsked, people: People, pointer: str, faults: list[Fault]) -> Person | None:
    """Return the one human meant; naming nobody is a fault, else a ban on them would hold for nobody."""
    person = people.resolve(Identity(email=asked.email, slack_id=asked.slack_id, github=asked.github))
    if person is None:
        faults.append(Fault(pointer=pointer, detail="needs at least one of email, slack_id, github"))
    return person


def _timeout(text: str, faults: list[Fault]) -> timedelta | None:
    wish = _duration(text)
    if wish is None:
        faults.append(Fault(pointer="/timeout", detail='must be a positive duration such as "30m" or "1h30m"'))
    return wish


@lru_cache(maxsize=256)
def _duration(text: str) -> timedelta | None:
    try:
        wish = durationpy.from_str(text)
    except (durationpy.DurationError, OverflowError):
        return None
    return wish if wish > timedelta(0) else None
