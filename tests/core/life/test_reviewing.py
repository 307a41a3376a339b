"""What makes somebody's answer count, and what it settles."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core import effects
from bot.core.effects import Note, Said, ShowCard, TellRequester, TellThread
from bot.core.errors import Refusal, Refused
from bot.core.events import Event, Reviewed
from bot.core.life.lifecycle import advance
from bot.core.life.quorum import counted, missing
from bot.core.people.eligibility import may_review
from bot.core.people.identity import Actor, Identity, People, Person, Standing, Via
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Category, Forbidden, RequireReason, Verdict
from tests import factories as a


def _refused(request: ApprovalRequest, event: Event) -> Refused:
    with pytest.raises(Refused) as refused:
        advance(request, event, a.NOON)
    return refused.value


def test_the_last_needed_approval_settles_the_request() -> None:
    request = a.a_request(quorum=2, reviews=[a.approval(by=a.BO)])

    after = advance(request, a.approval(by=a.CHEN, reason="looks fine", category=Category.RISK), a.NOON).request

    assert after.state is State.APPROVED
    assert after.deadline is None
    assert after.decision is not None
    assert (after.decision.verdict, after.decision.by, after.decision.at) == (
        Verdict.APPROVE,
        a.an_actor(a.CHEN),
        a.NOON,
    )
    assert (after.decision.reason, after.decision.category) == ("looks fine", "risk")
    assert not after.decision.break_glass
    assert [review.by.name for review in after.reviews] == ["bo", "chen"]


def test_an_approval_short_of_the_quorum_leaves_it_open() -> None:
    outcome = advance(a.a_request(quorum=3, reviews=[a.approval(by=a.BO)]), a.approval(by=a.CHEN), a.NOON)

    assert outcome.request.state is State.PENDING
    assert outcome.request.decision is None
    assert missing(outcome.request, 0) == 1
    assert outcome.request.deadline == a.NOON + a.HOUR


def test_one_rejection_ends_it_whatever_was_said_before() -> None:
    request = a.a_request(quorum=3, reviews=[a.approval(by=a.BO), a.approval(by=a.CHEN)])

    after = advance(request, a.rejection(by=a.DIA), a.NOON).request

    assert after.state is State.REJECTED
    assert after.decision is not None
    assert after.decision.verdict is Verdict.REJECT


def test_an_open_review_asks_for_the_cards_and_a_line_in_every_thread() -> None:
    request = a.a_request(ruling=a.a_ruling(2, channels=("#approvals", "#incidents")))

    outcome = advance(request, a.approval(by=a.BO, reason="fine"), a.NOON)

    said = Said(note=Note.REVIEWED, by=a.an_actor(a.BO), verdict=Verdict.APPROVE, words="fine")
    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        ShowCard(request=a.ID, channel="#incidents"),
        TellThread(request=a.ID, channel="#approvals", said=said),
        TellThread(request=a.ID, channel="#incidents", said=said),
    )


@pytest.mark.parametrize("click", [a.approval(reason="why not"), a.rejection(reason="why not")], ids=["yes", "no"])
def test_a_decision_asks_for_cards_threads_the_requester_and_one_callback(click: Reviewed) -> None:
    outcome = advance(a.a_request(), click, a.NOON)

    said = Said(note=Note.DECIDED, by=click.by, verdict=click.verdict, words="why not")
    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        TellThread(request=a.ID, channel="#approvals", said=said),
        TellRequester(request=a.ID, said=said),
        effects.CallBack(request=a.ID),
    )


def test_nobody_is_called_back_who_gave_no_address() -> None:
    outcome = advance(a.a_request(subject=a.a_subject(callback_url=None)), a.approval(), a.NOON)

    assert [type(effect).__name__ for effect in outcome.effects] == ["ShowCard", "TellThread", "TellRequester"]


@pytest.mark.parametrize("requester", [None, Person(key="github:ana", github="ana")], ids=["nobody", "only a login"])
def test_nobody_is_told_whom_slack_cannot_find(requester: Person | None) -> None:
    outcome = advance(a.a_request(subject=a.a_subject(requester=requester)), a.approval(), a.NOON)

    assert not any(isinstance(effect, TellRequester) for effect in outcome.effects)


@pytest.mark.parametrize(
    "requester", [Person(key="x", email="x@acme.test"), Person(key="y", slack_id="U0Y")], ids=["e-mail", "Slack id"]
)
def test_a_requester_is_told_by_e_mail_or_slack_id(requester: Person) -> None:
    outcome = advance(a.a_request(subject=a.a_subject(requester=requester)), a.approval(), a.NOON)

    assert any(isinstance(effect, TellRequester) for effect in outcome.effects)


def test_the_log_says_who_answered_what_and_how_many_count() -> None:
    request = a.a_request(quorum=2, reviews=[a.approval(by=a.BO)])

    reviewed, decided = advance(request, a.approval(by=a.CHEN, reason="ok", category=Category.FLAKY), a.NOON).happened

    assert (reviewed.event, reviewed.state, reviewed.at) == ("request.reviewed", State.PENDING, a.NOON)
    assert reviewed.by == a.an_actor(a.CHEN)
    assert reviewed.detail == {
        "verdict": "approve",
        "stage": 0,
        "counted": 2,
        "quorum": 2,
        "reason": "ok",
        "category": "flaky",
    }
    assert (decided.event, decided.state, decided.at) == ("request.decided", State.APPROVED, a.NOON)
    assert decided.detail == {
        "verdict": "approve",
        "reason": "ok",
        "category": "flaky",
        "break_glass": False,
        "superseded_by": None,
    }


SAME_HUMAN = [
    Person(key="bo"),
    Person(key="BO"),
    Person(key="slack:U0BO00000", slack_id="U0BO00000"),
    Person(key="bo@acme.test", email="BO@Acme.Test"),
    Person(key="github:bo", github="Bo"),
    Person(key="somebody", email="ｂｏ@acme.test"),  # noqa: RUF001 - fullwidth letters look like another mailbox
]


@pytest.mark.parametrize("again", SAME_HUMAN, ids=repr)
def test_one_human_counts_once_by_whatever_handle(again: Person) -> None:
    request = a.a_request(quorum=2, reviews=[a.approval(by=a.BO)])

    refused = _refused(request, a.approval(by=again))

    assert refused.code is Refusal.ALREADY_REVIEWED


@pytest.mark.parametrize("again", SAME_HUMAN, ids=repr)
def test_reviews_of_one_human_by_two_handles_are_counted_once(again: Person) -> None:
    request = a.a_request(quorum=3, reviews=[a.approval(by=a.BO), a.approval(by=again), a.approval(by=a.CHEN)])

    assert [review.by.name for review in counted(request, 0)] == ["bo", "chen"]
    assert missing(request, 0) == 1


def test_a_machine_is_never_counted() -> None:
    request = a.a_request(reviews=[a.approval(by=Actor(name="ci", via=Via.API))])

    assert counted(request, 0) == ()


@pytest.mark.parametrize(
    "field",
    [{"void": True}, {"revision": 2}, {"digest": a.OTHER_DIGEST}, {"stage": 1}, {"verdict": Verdict.REJECT}],
    ids=lambda field: next(iter(field)),
)
def test_only_approvals_of_this_content_and_stage_are_counted(field: dict[str, object]) -> None:
    given = a.a_request(reviews=[a.approval()])
    review = replace(given.reviews[0], **field)  # pyright: ignore[reportArgumentType] - any field by its name

    assert counted(replace(given, reviews=(review,)), 0) == ()


def test_more_approvals_than_needed_leave_nobody_missing() -> None:
    assert missing(a.a_request(reviews=[a.approval(by=a.BO), a.approval(by=a.CHEN)]), 0) == 0


@pytest.mark.parametrize("verdict", [a.approval, a.rejection], ids=["yes", "no"])
@pytest.mark.parametrize("me", [a.ANA, *(replace(p, key=f"my {n}") for n, p in enumerate([a.ANA]))], ids=repr)
def test_the_requester_answers_nothing_by_any_handle(verdict: type[Reviewed], me: Person) -> None:
    refused = _refused(a.a_request(), verdict(by=me))  # pyright: ignore[reportCallIssue] - one of the two factories

    assert refused.code is Refusal.FORBIDDEN
    assert "asked for this yourself" in refused.sentence


@pytest.mark.parametrize(
    "requester",
    [Person(key="x", email="BO@acme.test"), Person(key="x", slack_id="U0BO00000"), Person(key="x", github="bO")],
    ids=["e-mail", "Slack id", "login"],
)
def test_a_ban_recognises_any_handle(requester: Person) -> None:
    refused = _refused(a.a_request(subject=a.a_subject(requester=requester)), a.approval(by=a.BO))

    assert refused.code is Refusal.FORBIDDEN


def known_as(**handles: str) -> Person:
    person = People((a.ANA, a.BO, a.CHEN)).resolve(Identity(**handles))
    assert person
    return person


@pytest.mark.parametrize("ban", list(Forbidden))
@pytest.mark.parametrize(
    ("banned", "clicks"),
    [
        (known_as(email="ana.b@acme.test"), known_as(slack_id="U0ANA0000", email="ana.b@acme.test")),
        (known_as(email="bo@acme.test", github="ana"), known_as(slack_id="U0ANA0000")),
        (known_as(email="1234567+ana@users.noreply.github.com"), known_as(slack_id="U0ANA0000")),
        (known_as(github="mallory-gh"), known_as(slack_id="U0MALLORY", email="mallory@acme.test")),
        (known_as(email="dia@acme.test"), Person(key="dia", slack_id="U0DIA0000")),
    ],
    ids=["another address", "a colleague's address", "GitHub's private address", "only a login", "a hidden address"],
)
def test_a_ban_holds_for_whoever_may_be_the_banned_one(ban: Forbidden, banned: Person, clicks: Person) -> None:
    who: dict[str, Any] = {
        Forbidden.REQUESTER: {"requester": banned},
        Forbidden.AUTHORS: {"authors": [a.GUS, banned]},
        Forbidden.TRIGGERER: {"triggerer": banned},
    }[ban]
    request = a.a_request(ruling=a.a_ruling(forbid=[ban]), subject=a.a_subject(**who))

    for event in (a.approval(by=clicks), a.rejection(by=clicks), a.a_question(by=clicks)):
        assert _refused(request, event).code is Refusal.FORBIDDEN


def test_who_cannot_be_told_from_the_requester_hears_what_to_do() -> None:
    request = a.a_request(subject=a.a_subject(requester=known_as(github="mallory-gh")))

    refused = _refused(request, a.approval(by=known_as(slack_id="U0MALLORY")))

    assert "github:mallory-gh asked for this" in refused.sentence
    assert "add them to the policy's people table" in refused.sentence
    assert advance(request, a.approval(by=a.BO), a.NOON).request.state is State.APPROVED


def test_two_accounts_of_one_mailbox_are_one_voice() -> None:
    one, two = (known_as(slack_id=f"U0MAL000{n}", email=f"mal{tag}@acme.test") for n, tag in enumerate(["", "+2"]))
    request = advance(a.a_request(quorum=2), a.approval(by=one), a.NOON).request

    assert _refused(request, a.approval(by=two)).code is Refusal.ALREADY_REVIEWED


def test_who_only_resembles_somebody_who_said_yes_takes_nothing_back() -> None:
    stages = [a.a_stage("qa", approvers=[a.BO]), a.a_stage("release", approvers=[a.CHEN], reject_quorum=2)]
    request = advance(a.a_request(ruling=a.a_ruling(stages=stages)), a.approval(by=a.BO), a.NOON).request
    alike = known_as(slack_id="U0EVIL000", email="bo@acme.test")

    assert _refused(request, a.rejection(by=alike, stage=1)).code is Refusal.NOT_ELIGIBLE
    assert advance(request, a.rejection(by=a.BO, stage=1), a.NOON).request.state is State.PENDING


def test_authors_are_banned_when_the_rule_says_so() -> None:
    ruling = a.a_ruling(forbid=[Forbidden.AUTHORS])

    refused = _refused(a.a_request(ruling=ruling, subject=a.a_subject(authors=[a.DIA, a.BO])), a.approval(by=a.BO))

    assert refused.code is Refusal.FORBIDDEN
    assert "wrote part" in refused.sentence


def test_whoever_started_the_run_is_banned_when_the_rule_says_so() -> None:
    ruling = a.a_ruling(forbid=[Forbidden.TRIGGERER])

    refused = _refused(a.a_request(ruling=ruling, subject=a.a_subject(triggerer=a.BO)), a.approval(by=a.BO))

    assert refused.code is Refusal.FORBIDDEN
    assert "started this run" in refused.sentence


def test_whoever_started_the_run_may_answer_when_the_rule_does_not_ban_them() -> None:
    outcome = advance(a.a_request(subject=a.a_subject(triggerer=a.BO)), a.approval(by=a.BO), a.NOON)

    assert outcome.request.state is State.APPROVED


def test_authors_may_answer_when_only_the_requester_is_banned() -> None:
    outcome = advance(a.a_request(subject=a.a_subject(authors=[a.BO])), a.approval(by=a.BO), a.NOON)

    assert outcome.request.state is State.APPROVED


def test_the_requester_may_answer_when_the_rule_bans_nobody() -> None:
    outcome = advance(a.a_request(ruling=a.a_ruling(forbid=[])), a.approval(by=a.ANA), a.NOON)

    assert outcome.request.state is State.APPROVED


def test_a_request_without_a_requester_bans_nobody() -> None:
    outcome = advance(a.a_request(subject=a.a_subject(requester=None)), a.approval(by=a.ANA), a.NOON)

    assert outcome.request.state is State.APPROVED


@pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.MEMBER])
@pytest.mark.parametrize("approvers", [None, [a.BO]], ids=["anyone", "named"])
def test_only_full_members_answer(standing: Standing, approvers: list[Person] | None) -> None:
    request = a.a_request(ruling=a.a_ruling(stages=[a.a_stage(approvers=approvers)]))

    for answer in (a.approval, a.rejection):
        refused = _refused(request, answer(by=a.an_actor(a.BO, standing=standing)))
        assert refused.code is Refusal.NOT_ELIGIBLE
    assert not may_review(request, a.an_actor(a.BO, standing=standing), a.NOON)


def test_a_member_without_a_person_is_nobody() -> None:
    refused = _refused(a.a_request(), a.approval(by=Actor(name="?", via=Via.SLACK_BUTTON, standing=Standing.MEMBER)))

    assert refused.code is Refusal.NOT_ELIGIBLE
    assert "couldn't tell who you are" in refused.sentence


def test_somebody_else_is_told_whom_it_waits_for() -> None:
    request = a.a_request(ruling=a.a_ruling(stages=[a.a_stage("qa", approvers=[a.CHEN, a.DIA])]))

    refused = _refused(request, a.approval(by=a.BO))

    assert refused.code is Refusal.NOT_ELIGIBLE
    assert refused.sentence == "You aren't an approver of stage “qa”. It waits for: chen, dia."


def test_a_refusal_names_five_approvers_and_counts_the_rest() -> None:
    crowd = [a.a_person(f"p{n}") for n in range(7)]
    request = a.a_request(ruling=a.a_ruling(stages=[a.a_stage(approvers=crowd)]))

    assert _refused(request, a.approval()).sentence.endswith("It waits for: p0, p1, p2, p3, p4 and 2 more.")


def test_a_stage_without_approvers_lets_nobody_in() -> None:
    request = a.a_request(ruling=a.a_ruling(stages=[a.a_stage(approvers=[])]))

    assert _refused(request, a.approval()).sentence.endswith("It waits for: nobody.")


def test_a_likeness_gives_no_right() -> None:
    likeness = Person(key="somebody", email="\u017fam@acme.test")
    request = a.a_request(ruling=a.a_ruling(stages=[a.a_stage(approvers=[a.a_person("sam")])]))

    assert _refused(request, a.approval(by=likeness)).code is Refusal.NOT_ELIGIBLE


@pytest.mark.parametrize("revision", [0, 1, 3])
def test_an_answer_to_another_revision_is_stale(revision: int) -> None:
    request = advance(a.a_request(), a.a_revision(), a.NOON).request

    refused = _refused(request, a.approval(revision=revision))

    assert refused.code is Refusal.STALE
    assert f"you saw revision {revision}, it is 2 now" in refused.sentence


CHAIN = a.a_ruling(stages=[a.a_stage("qa", 2), a.a_stage("release", 1, [a.DIA, a.BO]), a.a_stage("last", 1, [a.EVE])])


def test_a_chain_goes_on_when_a_stage_has_its_quorum_and_ends_with_the_last() -> None:
    request = a.a_request(ruling=CHAIN)
    stages: list[int] = []
    for person, stage in ((a.BO, 0), (a.CHEN, 0), (a.DIA, 1), (a.EVE, 2)):
        request = advance(request, a.approval(by=person, stage=stage), a.NOON).request
        stages.append(request.stage)

    assert stages == [0, 1, 2, 2]
    assert request.state is State.APPROVED


@pytest.mark.parametrize("stage", [-1, 0, 2, 99])
def test_an_answer_to_another_stage_is_stale(stage: int) -> None:
    request = a.a_request(ruling=CHAIN, stage=1, reviews=[a.approval(by=a.ANA), a.approval(by=a.CHEN)])

    assert _refused(request, a.approval(by=a.DIA, stage=stage)).code is Refusal.STALE
    assert _refused(request, a.rejection(by=a.DIA, stage=stage)).code is Refusal.STALE


def test_one_human_counts_in_one_stage_only() -> None:
    request = a.a_request(ruling=CHAIN, stage=1, reviews=[a.approval(by=a.BO), a.approval(by=a.CHEN)])

    assert _refused(request, a.approval(by=a.BO, stage=1)).code is Refusal.ALREADY_REVIEWED


def test_whoever_said_yes_may_still_say_no_though_the_stage_is_not_theirs() -> None:
    request = a.a_request(ruling=CHAIN, stage=1, reviews=[a.approval(by=a.BO), a.approval(by=a.CHEN)])

    assert advance(request, a.rejection(by=a.CHEN, stage=1), a.NOON).request.state is State.REJECTED
    assert _refused(request, a.rejection(by=a.GUS, stage=1)).code is Refusal.NOT_ELIGIBLE


@pytest.mark.parametrize("reason", [None, "", " \n\t"])
@pytest.mark.parametrize(
    ("wants", "yes", "no"),
    [
        (RequireReason.NEVER, False, False),
        (RequireReason.ON_APPROVE, True, False),
        (RequireReason.ON_REJECT, False, True),
        (RequireReason.ALWAYS, True, True),
    ],
)
def test_a_reason_is_wanted_as_the_rule_says(wants: RequireReason, yes: bool, no: bool, reason: str | None) -> None:  # noqa: FBT001 - a table
    request = a.a_request(ruling=a.a_ruling(require_reason=wants))

    for answer, is_wanted in ((a.approval(reason=reason), yes), (a.rejection(reason=reason), no)):
        if is_wanted:
            refused = _refused(request, answer)
            assert refused.code is Refusal.REASON_REQUIRED
            assert refused.sentence == f"This rule wants a reason to {answer.verdict.value}."
        else:
            assert not advance(request, answer, a.NOON).request.state.is_open


def test_may_review_says_what_a_click_would_find() -> None:
    request = a.a_request(ruling=CHAIN, stage=1)

    assert may_review(request, a.an_actor(a.BO), a.NOON)
    assert not may_review(request, a.an_actor(a.CHEN), a.NOON)
    assert not may_review(request, a.an_actor(a.ANA), a.NOON)
    assert not may_review(replace(request, state=State.APPROVED), a.an_actor(a.BO), a.NOON)
