"""What is asked changes: only what may, with what there was before beside it."""

from dataclasses import replace

import pytest

from bot.core.effects import Note, TellPerson
from bot.core.errors import Refusal, Refused
from bot.core.evidence import TestEvidence
from bot.core.life.lifecycle import advance
from bot.core.life.revising import compared
from bot.core.request import ApprovalRequest, State
from bot.core.revision import KEPT
from bot.core.ruling import Handling
from tests import factories as a

TWO = a.a_ruling(2)


def revised(request: ApprovalRequest, commit: str, tests: TestEvidence | None = None) -> ApprovalRequest:
    tests = tests or a.some_tests()
    whole = {one.revision: a.some_tests() for one in request.earlier}
    subject = replace(request.subject, commit=commit)
    event = a.a_revision(subject=subject, ruling=TWO, tests=tests.headline(), digest=f"sha256:{commit}")
    event = replace(event, differences=compared(request, subject, tests, {**whole, request.revision: a.some_tests()}))
    return advance(request, event, a.NOON).request


def test_nothing_but_what_it_carries_can_change() -> None:
    request = a.a_request(subject=a.a_subject(authors=[a.GUS]))
    other = a.a_subject(
        "Another title", requester=a.BO, authors=[a.CHEN], lane="x", environment="dev", commit="a12", reason="again"
    )

    subject = advance(request, a.a_revision(subject=other), a.NOON).request.subject

    assert subject == replace(request.subject, commit="a12", reason="again", authors=(a.GUS, a.CHEN))


def test_nobody_but_the_source_can() -> None:
    with pytest.raises(Refused) as refused:
        advance(a.a_request(), replace(a.a_revision(), by=a.an_actor(a.BO)), a.NOON)

    assert refused.value.code is Refusal.NOT_ELIGIBLE


def test_whoever_answers_to_an_old_revision_hears_what_changed_since_then() -> None:
    request = revised(revised(a.a_request(2), "a12"), "b34", a.some_tests(2))

    for revision, words in ((1, "+1 failure, commit 9fceb02… → b34"), (2, "+1 failure, commit a12 → b34")):
        with pytest.raises(Refused) as refused:
            advance(request, a.approval(revision=revision), a.NOON)
        assert refused.value.sentence == (
            f"This changed since: you saw revision {revision}, it is 3 now. Since then: {words}. Look again."
        )


def test_only_the_newest_of_many_revisions_are_remembered() -> None:
    request = a.a_request(2)
    for n in range(KEPT + 2):
        request = revised(request, f"c{n}")

    assert [one.revision for one in request.earlier] == [3, 4, 5, 6, 7]
    assert [str(one.since.commit) for one in request.earlier] == [f"c{n} → c6" for n in (1, 2, 3, 4, 5)]
    with pytest.raises(Refused, match=r"you saw revision 1, it is 8 now\. Look again"):
        advance(request, a.approval(revision=1), a.NOON)


def test_one_that_nothing_was_compared_with_is_forgotten() -> None:
    request = revised(a.a_request(2), "a12")

    request = advance(request, a.a_revision(ruling=TWO), a.NOON).request

    assert [one.revision for one in request.earlier] == [2]


def test_whoever_approved_what_a_rule_rejects_now_hears_that_it_is_void() -> None:
    ruling = a.a_ruling(handling=Handling.AUTO_REJECT)
    before = a.a_request(ruling=TWO, reviews=[a.approval(a.BO), a.rejection(a.CHEN)])

    outcome = advance(before, a.a_revision(ruling=ruling), a.NOON)

    told = [effect for effect in outcome.effects if isinstance(effect, TellPerson)]
    assert outcome.request.state is State.REJECTED
    assert [(one.person, one.said.note) for one in told] == [(a.BO, Note.VOIDED)]
