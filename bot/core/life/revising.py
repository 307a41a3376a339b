"""What is asked changes while it is open: it starts over, and whoever approved what was asked before is told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.effects import Note, Said
from bot.core.errors import Refusal, Refused
from bot.core.events import Revised
from bot.core.evidence import Content, Difference, TestEvidence, difference, marks
from bot.core.life import quorum, waiting
from bot.core.life.outcome import Outcome, also, happened, ruled, shown, to_people, to_requester
from bot.core.life.quiet import hushed
from bot.core.life.record import of_revision
from bot.core.life.transitions import deadline_of
from bot.core.people.identity import Via
from bot.core.request import ApprovalRequest, State, Subject
from bot.core.revision import KEPT, EarlierRevision
from bot.core.ruling import Verdict


def revised(request: ApprovalRequest, event: Revised, now: datetime) -> Outcome:
    """Start over with what is asked now: reviews are void, the new ruling holds, the clock starts again."""
    if event.by.via is not Via.API:
        raise Refused(Refusal.NOT_ELIGIBLE, "Only the source that asked can change what it asks.")
    voided = [review for review in quorum.standing(request) if review.verdict is Verdict.APPROVE]
    after = replace(
        request,
        subject=_carried(request.subject, event.subject),
        tests=event.tests,
        digest=event.digest,
        ruling=event.ruling,
        state=State.PENDING,
        deadline=deadline_of(event.ruling, now),
        revision=request.revision + 1,
        earlier=_earlier(request, event, len(voided), now),
        **waiting.first_stage(now),
        channels=tuple(dict.fromkeys((*request.channels, *event.ruling.channels))),
        reviews=tuple(replace(r, void=True) for r in request.reviews),
        pause=None,
        exchanges=(),
        settled=None,
    )
    hush = hushed(after, now)
    entry = happened("request.revised", event.by, hush.request, now, of_revision(hush.request))
    words = f"Since revision {request.revision}: {after.earlier[-1].since}"
    worthless = Said(note=Note.VOIDED, by=event.by, verdict=Verdict.APPROVE, words=words)
    told = to_people(request, (review.by.person for review in voided if review.by.person is not None), worthless)
    outcome = ruled(hush.request, entry, now)
    if not outcome.request.state.is_open:
        return also(outcome, told)
    said = Said(note=Note.REVISED, by=event.by, words=words)
    effects = (*shown(outcome.request, said), *to_requester(outcome.request, said), *told, *hush.effects)
    return replace(outcome, effects=effects)


def compared(
    request: ApprovalRequest, subject: Subject, tests: TestEvidence, whole: Mapping[int, TestEvidence]
) -> tuple[Difference, ...]:
    """Return what *subject* with *tests* changes, since each revision in *whole*, which holds what the tests said."""
    before = {
        one.revision: Content(commit=one.commit, ref=one.ref, parameters=one.parameters, tests=whole[one.revision])
        for one in request.earlier
        if one.revision in whole
    }
    before[request.revision] = Content(
        commit=request.subject.commit,
        ref=request.subject.ref,
        parameters=marks(request.subject.parameters),
        tests=whole[request.revision],
    )
    after = Content(commit=subject.commit, ref=subject.ref, parameters=marks(subject.parameters), tests=tests)
    return tuple(difference(before[since], after, since) for since in sorted(before))


def _carried(before: Subject, now: Subject) -> Subject:
    """Return what is asked with what of it may change, and who proved it; all else is another request.

    Nobody's ban is lifted by it.
    """
    return replace(
        before,
        commit=now.commit,
        ref=now.ref,
        parameters=now.parameters,
        links=now.links,
        reason=now.reason,
        proof=now.proof,
        authors=tuple(dict.fromkeys((*before.authors, *now.authors))),
    )


def _earlier(request: ApprovalRequest, event: Revised, voided: int, now: datetime) -> tuple[EarlierRevision, ...]:
    """Return the revisions there were, with what changed since each; one that nothing was compared with is left out."""
    since = {found.since: found for found in (*_by_headline(request, event), *event.differences)}
    last = EarlierRevision(
        revision=request.revision,
        digest=request.digest,
        commit=request.subject.commit,
        ref=request.subject.ref,
        parameters=marks(request.subject.parameters),
        replaced_at=now,
        replaced_by=event.by,
        voided=voided,
        since=since[request.revision],
    )
    known = (replace(one, since=since[one.revision]) for one in request.earlier if one.revision in since)
    return (*known, last)[-KEPT:]


def _by_headline(request: ApprovalRequest, event: Revised) -> tuple[Difference, ...]:
    """Return what changed as far as cards show it: where nobody has compared all of the evidence."""
    return compared(request, event.subject, event.tests, {request.revision: request.tests})
