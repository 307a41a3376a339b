"""One right, one voice: what can be lent, what a delegate can do with it, and what no delegation gets around."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.audit.entry import draw_group
from bot.core.errors import Refusal, Refused
from bot.core.events import Reviewed
from bot.core.life import quorum
from bot.core.life.lifecycle import advance
from bot.core.life.terms import of_person
from bot.core.people import delegation
from bot.core.people.delegation import Delegation, agreed, expected_for, may_stand_in, unread_givers
from bot.core.people.identity import Actor, Person, Standing
from bot.core.people.membership import Belonging, GroupKind
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Delegating, Forbidden, Verdict
from tests.factories import (
    BO,
    CHEN,
    DIA,
    EVE,
    GUS,
    HOUR,
    MICROSECOND,
    NOON,
    a_break_glass,
    a_delegation,
    a_group,
    a_mandate,
    a_request,
    a_ruling,
    a_stage,
    a_subject,
    an_actor,
    an_emergency,
    approval,
    in_group,
    rejection,
)

NAMED = a_ruling(stages=[a_stage(approvers=[DIA, CHEN], quorum=2, reject_quorum=2)], timeout=2 * HOUR)


def asked(*reviews: Reviewed, **fields: object) -> ApprovalRequest:
    """A request that dia and chen may answer, both of them needed, after some answers."""
    request = a_request(**({"ruling": NAMED} | fields))  # pyright: ignore[reportArgumentType] - any by its name
    for review in reviews:
        request = advance(request, review, NOON).request
    return request


def by_gus(verdict: Verdict = Verdict.APPROVE, giver: Person = DIA, until: datetime = NOON + HOUR) -> Reviewed:
    click = approval(by=GUS) if verdict is Verdict.APPROVE else rejection(by=GUS)
    return replace(click, mandates=(a_mandate(giver, until=until),))


def refusal(request: ApprovalRequest, event: Reviewed, now: datetime = NOON) -> Refused:
    with pytest.raises(Refused) as refused:
        advance(request, event, now)
    return refused.value


def test_a_delegate_answers_where_the_delegator_may_and_the_review_names_both() -> None:
    outcome = advance(asked(), by_gus(), NOON)

    (review,) = outcome.request.reviews
    assert (review.by.person, review.on_behalf_of) == (GUS, DIA)
    detail = outcome.happened[0].detail
    assert detail["on_behalf_of"] == {
        "person": "dia",
        "email": "dia@acme.test",
        "slack_id": "U0DIA0000",
        "github": "dia",
    }
    assert detail["counted"] == 1


def test_the_last_answer_makes_a_decision_in_the_delegators_name() -> None:
    outcome = advance(asked(approval(by=CHEN)), by_gus(), NOON)

    assert outcome.request.state is State.APPROVED
    assert outcome.request.decision is not None
    assert outcome.request.decision.on_behalf_of == DIA
    assert outcome.happened[-1].detail["on_behalf_of"] == outcome.happened[0].detail["on_behalf_of"]


def test_whoever_may_answer_in_their_own_name_does_so() -> None:
    both = a_ruling(stages=[a_stage(approvers=[DIA, GUS])])

    outcome = advance(a_request(ruling=both), by_gus(), NOON)

    assert outcome.request.reviews[0].on_behalf_of is None


@pytest.mark.parametrize("late", [timedelta(), MICROSECOND])
def test_at_its_end_it_no_longer_counts(late: timedelta) -> None:
    assert refusal(asked(), by_gus(), NOON + HOUR + late).code is Refusal.NOT_ELIGIBLE
    assert advance(asked(), by_gus(), NOON + HOUR - MICROSECOND).request.reviews


def test_nobody_uses_what_was_lent_to_somebody_else_or_by_somebody_else() -> None:
    to_eve = replace(approval(by=GUS), mandates=(a_mandate(DIA, EVE),))
    mixed = replace(a_mandate(DIA), delegation=a_delegation(CHEN))

    assert refusal(asked(), to_eve).code is Refusal.NOT_ELIGIBLE
    assert refusal(asked(), replace(approval(by=GUS), mandates=(mixed,))).code is Refusal.NOT_ELIGIBLE


def test_what_was_lent_is_not_lent_on() -> None:
    """Gus stands in for dia, and eve for gus: that gives eve the rights of gus, who has none here."""
    event = replace(approval(by=EVE), mandates=(a_mandate(GUS, EVE),))

    assert "isn't asked here either" in refusal(asked(), event).sentence


def test_a_rule_may_forbid_it() -> None:
    ruling = replace(NAMED, delegation=Delegating.FORBID)

    assert "lets nobody answer" in refusal(a_request(ruling=ruling), by_gus()).sentence


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.MEMBER])
def test_whoever_is_no_full_member_any_more_lends_nothing(standing: Standing) -> None:
    event = replace(approval(by=GUS), mandates=(a_mandate(an_actor(DIA, standing)),))

    assert refusal(asked(), event).code is Refusal.NOT_ELIGIBLE


def test_the_delegators_bans_hold() -> None:
    requester = a_request(ruling=NAMED, subject=a_subject(requester=DIA))
    ruling = replace(NAMED, forbid=frozenset({Forbidden.AUTHORS}))
    author = a_request(ruling=ruling, subject=a_subject(authors=[DIA]))
    nameless = a_request(ruling=NAMED, subject=a_subject(requester=Person(key="github:x", github="x")))
    only_slack = Person(key="slack:U0DIA0000", slack_id="U0DIA0000")
    event = replace(approval(by=GUS), mandates=(replace(a_mandate(), giver=an_actor(only_slack)),))

    assert refusal(requester, by_gus()).code is Refusal.FORBIDDEN
    assert refusal(author, by_gus()).code is Refusal.FORBIDDEN
    assert refusal(nameless, event).code is Refusal.FORBIDDEN


def test_a_banned_delegate_uses_nobodys_right() -> None:
    request = a_request(ruling=NAMED, subject=a_subject(requester=GUS))

    assert refusal(request, by_gus()).sentence.startswith("You asked for this yourself")


@pytest.mark.parametrize("verdict", list(Verdict))
def test_delegator_and_delegate_are_one_voice(verdict: Verdict) -> None:
    own = approval(by=DIA) if verdict is Verdict.APPROVE else rejection(by=DIA)

    assert refusal(asked(own), by_gus(verdict)).code is Refusal.ALREADY_REVIEWED
    assert refusal(asked(by_gus(verdict)), own).code is Refusal.ALREADY_REVIEWED
    assert refusal(asked(by_gus(verdict)), by_gus(verdict, CHEN)).code is Refusal.ALREADY_REVIEWED


@pytest.mark.parametrize("own", [approval(by=DIA), rejection(by=DIA)])
def test_a_delegate_overrules_nobody(own: Reviewed) -> None:
    other = Verdict.REJECT if own.verdict is Verdict.APPROVE else Verdict.APPROVE

    assert "one right is one voice" in refusal(asked(own), by_gus(other)).sentence


def test_the_delegator_overrules_the_delegate() -> None:
    after = asked(by_gus(), rejection(by=DIA))

    assert quorum.counted(after, 0) == ()
    assert [review.by.person for review in quorum.counted(after, 0, Verdict.REJECT)] == [DIA]


def test_a_delegate_may_change_their_mind_even_when_it_has_ended() -> None:
    after = asked(by_gus())

    after = advance(after, rejection(by=GUS), NOON + HOUR).request

    (no,) = quorum.counted(after, 0, Verdict.REJECT)
    assert (no.by.person, no.on_behalf_of) == (GUS, DIA)
    assert quorum.counted(after, 0) == ()
    assert quorum.counted(advance(after, by_gus(until=NOON + 3 * HOUR), NOON).request, 0)


def test_one_human_counts_in_one_stage_in_whatever_name() -> None:
    chain = a_ruling(stages=[a_stage("qa", approvers=[DIA]), a_stage("release", approvers=[CHEN, DIA])])
    second = advance(a_request(ruling=chain), by_gus(), NOON).request

    assert refusal(second, replace(by_gus(giver=CHEN), stage=1)).code is Refusal.ALREADY_REVIEWED
    assert refusal(second, approval(by=DIA, stage=1)).code is Refusal.ALREADY_REVIEWED
    own = advance(second, rejection(by=DIA, stage=1), NOON).request
    assert own.reviews[-1].on_behalf_of is None


def test_the_first_right_that_is_left_is_used() -> None:
    mandates = (a_mandate(DIA), a_mandate(CHEN))
    after = asked(approval(by=DIA))

    review = advance(after, replace(approval(by=GUS), mandates=mandates), NOON).request.reviews[-1]

    assert review.on_behalf_of == CHEN


def test_break_glass_rights_are_not_lent() -> None:
    request = a_request(ruling=replace(NAMED, break_glass=a_break_glass([DIA])))

    with pytest.raises(Refused):
        advance(request, an_emergency(by=GUS), NOON)


def test_lists_know_what_a_delegate_may_answer() -> None:
    gus, mandates = an_actor(GUS), [a_mandate()]

    assert may_stand_in(asked(), gus, mandates, NOON)
    assert not may_stand_in(asked(), gus, [], NOON)
    assert not may_stand_in(asked(), an_actor(CHEN), mandates, NOON)
    assert not may_stand_in(a_request(ruling=NAMED, state=State.EXPIRED), gus, mandates, NOON)
    assert not may_stand_in(a_request(ruling=NAMED, subject=a_subject(requester=GUS)), gus, mandates, NOON)


def test_a_member_lends_to_another_member_for_a_while() -> None:
    given = agreed("one", an_actor(DIA), an_actor(GUS), NOON + HOUR, NOON)

    assert (given.giver, given.receiver, given.since, given.until) == (DIA, GUS, NOON, NOON + HOUR)


OTHER_DIA = replace(DIA, key="dia.private@acme.test", slack_id="U0DIA2222", email="dia+x@acme.test", github=None)
REFUSED: dict[str, tuple[Callable[[], object], Refusal]] = {
    "to oneself": (lambda: agreed("1", an_actor(DIA), an_actor(DIA), NOON + HOUR, NOON), Refusal.FORBIDDEN),
    "to another account of one's own": (
        lambda: agreed("1", an_actor(DIA), an_actor(OTHER_DIA), NOON + HOUR, NOON),
        Refusal.FORBIDDEN,
    ),
    "until now": (lambda: agreed("1", an_actor(DIA), an_actor(GUS), NOON, NOON), Refusal.OUT_OF_RANGE),
    "for too long": (
        lambda: agreed("1", an_actor(DIA), an_actor(GUS), NOON + delegation.LONGEST + MICROSECOND, NOON),
        Refusal.OUT_OF_RANGE,
    ),
    **{
        f"by a {standing}": (
            lambda standing=standing: agreed("1", an_actor(DIA, standing), an_actor(GUS), NOON + HOUR, NOON),
            Refusal.NOT_ELIGIBLE,
        )
        for standing in Standing
        if standing is not Standing.MEMBER
    },
    **{
        f"to a {standing}": (
            lambda standing=standing: agreed("1", an_actor(DIA), an_actor(GUS, standing), NOON + HOUR, NOON),
            Refusal.NOT_ELIGIBLE,
        )
        for standing in Standing
        if standing is not Standing.MEMBER
    },
}


@pytest.mark.parametrize(("attempt", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_lent_is_refused(attempt: Callable[[], object], code: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        attempt()

    assert refused.value.code is code


def test_bo_without_a_mandate_is_told_whom_it_waits_for() -> None:
    assert "It waits for: dia, chen" in refusal(asked(), approval(by=BO)).sentence


def test_a_right_is_lent_by_an_account_and_not_by_whoever_has_its_address() -> None:
    addressed = replace(DIA, slack_id=None)
    mandate = a_mandate(DIA)
    borrowed = replace(mandate, giver=replace(mandate.giver, person=addressed))

    refused = refusal(asked(), replace(approval(by=GUS), mandates=(borrowed,)))

    assert refused.code is Refusal.NOT_ELIGIBLE


def test_a_yes_of_an_earlier_stage_is_taken_back_once_by_the_delegator_or_in_their_name() -> None:
    chain = [a_stage("qa", 1, [DIA]), a_stage("release", 1, [EVE], reject_quorum=2)]
    request = a_request(ruling=a_ruling(stages=chain, timeout=2 * HOUR))
    request = advance(request, by_gus(), NOON).request
    request = advance(request, replace(rejection(by=DIA), stage=1), NOON).request

    refused = refusal(request, replace(by_gus(Verdict.REJECT), stage=1))

    assert refused.code is Refusal.ALREADY_REVIEWED
    assert refused.sentence == "dia has rejected this already; one right is one voice."


ROTA = a_group("on-call", GroupKind.CALENDAR, fallback=[EVE])
LIVE = a_ruling(stages=[a_stage(approvers=[CHEN], quorum=2, groups=(ROTA,))], timeout=2 * HOUR)


def for_dia(giver: Actor) -> Reviewed:
    return replace(approval(by=GUS), mandates=(a_mandate(giver),))


def test_a_right_that_the_giver_holds_through_a_live_group_is_lent_and_the_entry_says_through_which() -> None:
    outcome = advance(asked(ruling=LIVE), for_dia(in_group(DIA, ROTA)), NOON)

    assert outcome.request.reviews[0].on_behalf_of == DIA
    (entry,) = outcome.happened
    assert entry.detail["on_behalf_of"] == {
        **(of_person(DIA) or {}),
        "memberships": [{**draw_group(ROTA), "as": "member", "read_at": "2026-03-04T12:00:00.000000Z"}],
    }


@pytest.mark.parametrize(
    "giver",
    [
        in_group(DIA, ROTA, Belonging.OUTSIDER),
        in_group(DIA, ROTA, Belonging.FALLBACK),
        in_group(DIA, a_group("another")),
        an_actor(DIA),
    ],
    ids=["has left it", "is no fallback of it", "is in another", "nothing looked up"],
)
def test_who_is_not_in_the_group_lends_nothing(giver: Actor) -> None:
    assert "dia isn't asked here either" in refusal(asked(ruling=LIVE), for_dia(giver)).sentence


@pytest.mark.parametrize(
    "giver",
    [
        in_group(DIA, ROTA, Belonging.UNKNOWN, why="its calendar is not read yet"),
        in_group(DIA, ROTA, read_at=NOON - 25 * HOUR),
    ],
    ids=["nobody could tell", "read too long ago"],
)
def test_where_nobody_can_tell_whether_the_giver_is_in_it_the_answer_is_refused_and_says_so(giver: Actor) -> None:
    event = replace(approval(by=GUS), mandates=(a_mandate(giver), a_mandate(EVE)))

    found = refusal(asked(ruling=LIVE), event)

    assert found.code is Refusal.NOT_ELIGIBLE
    assert found.sentence.startswith("You stand in for dia, but who is in “on-call” can't be told just now")


def test_a_member_and_their_stand_in_are_one_voice_and_a_stand_in_who_is_a_member_has_their_own() -> None:
    dia, gus = in_group(DIA, ROTA), replace(in_group(GUS, ROTA), standing=Standing.MEMBER)
    hers = advance(asked(ruling=LIVE), approval(by=dia), NOON).request
    his = advance(asked(ruling=LIVE), for_dia(dia), NOON).request
    own = advance(asked(ruling=LIVE), replace(for_dia(dia), by=gus), NOON).request

    assert refusal(hers, for_dia(dia)).code is Refusal.ALREADY_REVIEWED
    assert refusal(his, approval(by=dia)).code is Refusal.ALREADY_REVIEWED
    assert (own.reviews[0].on_behalf_of, own.state) == (None, State.PENDING)
    assert refusal(own, for_dia(dia)).code is Refusal.ALREADY_REVIEWED
    assert advance(own, approval(by=dia), NOON).request.state is State.APPROVED


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.DEACTIVATED, Standing.UNKNOWN])
def test_whoever_is_no_full_member_lends_nothing_whatever_group_they_are_in(standing: Standing) -> None:
    giver = replace(in_group(DIA, ROTA), standing=standing)

    assert "full member" in refusal(asked(ruling=LIVE), for_dia(giver)).sentence
    assert not unread_givers(asked(ruling=LIVE), [a_mandate(replace(giver, memberships=()))])


def test_bans_and_a_rule_that_forbids_it_hold_for_live_groups_too() -> None:
    hers = asked(ruling=LIVE, subject=a_subject(requester=DIA))
    strict = asked(ruling=replace(LIVE, delegation=Delegating.FORBID))

    assert "asked for this" in refusal(hers, for_dia(in_group(DIA, ROTA))).sentence
    assert "lets nobody answer" in refusal(strict, for_dia(in_group(DIA, ROTA))).sentence


def test_groups_are_looked_up_only_for_givers_who_need_them() -> None:
    request = asked(ruling=LIVE)

    assert unread_givers(request, [a_mandate(CHEN), a_mandate(DIA)])
    assert not unread_givers(request, [a_mandate(CHEN), a_mandate(in_group(DIA, ROTA))])
    assert not unread_givers(asked(ruling=replace(LIVE, delegation=Delegating.FORBID)), [a_mandate(DIA)])
    assert not unread_givers(asked(), [a_mandate(DIA)])


def test_a_yes_in_the_name_of_a_member_who_has_left_the_group_since_can_be_taken_back() -> None:
    said = advance(
        asked(ruling=replace(LIVE, stages=(replace(LIVE.stages[0], reject_quorum=2),))),
        for_dia(in_group(DIA, ROTA)),
        NOON,
    )

    after = advance(said.request, rejection(by=GUS), NOON).request

    assert [one.verdict for one in quorum.counted(after, 0, Verdict.REJECT)] == [Verdict.REJECT]
    assert after.reviews[-1].on_behalf_of == DIA


@pytest.mark.parametrize(
    ("request_", "person", "lent", "expected"),
    [
        (asked(), DIA, [a_delegation(DIA, GUS)], GUS),
        (asked(), DIA, [], None),
        (asked(), DIA, [a_delegation(CHEN, GUS)], None),
        (asked(), BO, [a_delegation(BO, GUS)], None),
        (asked(), DIA, [a_delegation(DIA, CHEN)], None),
        (asked(ruling=replace(NAMED, delegation=Delegating.FORBID)), DIA, [a_delegation(DIA, GUS)], None),
        (asked(subject=a_subject(requester=GUS)), DIA, [a_delegation(DIA, GUS)], None),
        (asked(subject=a_subject(requester=DIA)), DIA, [a_delegation(DIA, GUS)], None),
        (asked(approval(by=DIA)), DIA, [a_delegation(DIA, GUS)], None),
        (asked(by_gus()), CHEN, [a_delegation(CHEN, GUS)], None),
    ],
    ids=[
        "somebody is",
        "nothing is lent",
        "another lends it",
        "who lends is not asked",
        "the other answers for themselves",
        "the rule forbids it",
        "the stand-in asked for it",
        "the giver asked for it",
        "the giver has been heard",
        "the stand-in has been heard",
    ],
)
def test_who_is_expected_to_answer_for_somebody(
    request_: ApprovalRequest, person: Person, lent: list[Delegation], expected: Person | None
) -> None:
    assert expected_for(request_, person, (DIA, CHEN), lent) == expected
