"""Who may waive a failure, within which bounds, and what a refusal says to do instead."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import Doubted, Refusal, Refused
from bot.core.people.identity import Actor, Person, Standing
from bot.core.people.membership import Belonging, Crowd
from bot.core.request import ApprovalRequest, Subject
from bot.core.waivers.giving import (
    LONGEST_REASON,
    WaiverWish,
    first_to_end,
    given,
    may_lean_on,
    require_revoker,
    revoked,
    unread_to_waive,
)
from bot.core.waivers.terms import WaiverTerms
from bot.core.waivers.waiver import Ending, Waiver
from tests.core.waivers.given import DAY, SITE, TERMS, a_waiver, a_wish, failing
from tests.factories import (
    ANA,
    BO,
    CHEN,
    DIA,
    MICROSECOND,
    NOON,
    a_failure,
    a_group,
    a_request,
    a_ruling,
    a_subject,
    an_actor,
    in_group,
)

REQUEST = a_request()


def refused(
    wish: WaiverWish | None = None, request: ApprovalRequest = REQUEST, terms: WaiverTerms | None = TERMS
) -> Refused:
    with pytest.raises(Refused) as caught:
        given(request, 1, wish or a_wish(), terms, NOON)
    return caught.value


def test_a_waiver_is_bound_to_the_test_its_signature_and_where_it_failed() -> None:
    waiver = given(REQUEST, 7, a_wish(), TERMS, NOON)

    assert (waiver.number, waiver.site, waiver.about) == (7, SITE, REQUEST.id)
    assert (waiver.test, waiver.signature) == (a_failure().id, a_wish().failure.signature)
    assert (waiver.by, waiver.reason, waiver.ticket) == (BO, "the sandbox of the bank is down", "PAY-77")
    assert (waiver.since, waiver.until, waiver.uses, waiver.used) == (NOON, NOON + 3 * DAY, 5, 0)


@pytest.mark.parametrize(("span", "reminded"), [(3 * DAY, 2 * DAY), (DAY, DAY / 2), (timedelta(hours=2), DAY / 24)])
def test_whoever_gave_it_is_reminded_in_time_and_never_at_once(span: timedelta, reminded: timedelta) -> None:
    assert given(REQUEST, 1, a_wish(until=NOON + span), TERMS, NOON).remind_at == NOON + reminded


def test_without_a_section_in_the_policy_nobody_may_and_the_refusal_says_what_to_write() -> None:
    no = refused(terms=None)

    assert no.code is Refusal.NOT_ELIGIBLE
    assert "waivers: {by: [release]}" in no.sentence


def test_only_those_whom_the_policy_names_may_and_the_others_hear_who() -> None:
    assert "These can: bo, dia." in refused(a_wish(an_actor(CHEN))).sentence


def test_of_many_a_refusal_names_a_few() -> None:
    crowd = [Person(key=f"p{n}", email=f"p{n}@acme.test") for n in range(7)]

    assert "p4 and 2 more" in refused(terms=WaiverTerms(by=Crowd(people=tuple(crowd)))).sentence


def test_a_member_of_a_live_group_may_and_in_doubt_nobody_may() -> None:
    terms = WaiverTerms(by=Crowd(groups=(a_group(),)))
    unread = unread_to_waive(terms, an_actor(CHEN))

    assert unread == (a_group(),)
    assert unread_to_waive(None, an_actor(CHEN)) == ()
    assert given(REQUEST, 1, a_wish(in_group(CHEN)), terms, NOON).by == CHEN
    assert refused(a_wish(in_group(CHEN, belonging=Belonging.OUTSIDER)), terms=terms).code is Refusal.NOT_ELIGIBLE
    assert isinstance(refused(a_wish(in_group(CHEN, belonging=Belonging.UNKNOWN)), terms=terms), Doubted)


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.MEMBER])
def test_nobody_but_full_members_may_even_when_the_policy_names_them(standing: Standing) -> None:
    assert refused(a_wish(replace(an_actor(BO), standing=standing))).code is Refusal.NOT_ELIGIBLE


def test_whoever_asked_may_not_waive_their_own_failure() -> None:
    request = a_request(subject=a_subject(requester=BO))

    assert refused(request=request).code is Refusal.FORBIDDEN


OWN = {"asked": a_subject(requester=BO), "wrote": a_subject(authors=[BO]), "started": a_subject(triggerer=BO)}


@pytest.mark.parametrize("subject", OWN.values(), ids=OWN.keys())
def test_neither_may_who_wrote_or_started_it_whatever_the_rule_bans(subject: Subject) -> None:
    assert refused(request=a_request(subject=subject, ruling=a_ruling(forbid=()))).code is Refusal.FORBIDDEN


WRONG = {
    "no longer what is asked": (a_wish(revision=2), Refusal.STALE, "revision 2"),
    "no reason": (a_wish(reason="  "), Refusal.REASON_REQUIRED, "Say why"),
    "a long reason": (a_wish(reason="x" * (LONGEST_REASON + 1)), Refusal.OUT_OF_RANGE, "too long"),
    "no ticket": (a_wish(ticket=None), Refusal.TICKET_REQUIRED, "Name the ticket"),
    "an empty ticket": (a_wish(ticket=""), Refusal.TICKET_REQUIRED, "one word"),
    "a ticket of two words": (a_wish(ticket="PAY 77"), Refusal.TICKET_REQUIRED, "one word"),
    "a ticket that cannot be seen": (a_wish(ticket="PAY\u202e"), Refusal.TICKET_REQUIRED, "one word"),
    "a long ticket": (a_wish(ticket="x" * 101), Refusal.TICKET_REQUIRED, "one word"),
    "over": (a_wish(until=NOON), Refusal.OUT_OF_RANGE, "over already"),
    "too long": (a_wish(until=NOON + 14 * DAY + MICROSECOND), Refusal.OUT_OF_RANGE, "14 days at most"),
    "no use": (a_wish(uses=0), Refusal.TOO_OFTEN, "1 to 20 uses"),
    "too many uses": (a_wish(uses=21), Refusal.TOO_OFTEN, "not 21"),
}


@pytest.mark.parametrize(("wish", "code", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_lies_outside_the_bounds_is_refused_and_the_refusal_says_what_would_not(
    wish: WaiverWish, code: Refusal, says: str
) -> None:
    no = refused(wish)

    assert no.code is code
    assert says in no.sentence


@pytest.mark.parametrize(
    ("longest", "says"), [(timedelta(hours=30), "30 hours"), (timedelta(minutes=90), "90 minutes"), (DAY, "1 days")]
)
def test_a_refusal_says_how_long_would_do(longest: timedelta, says: str) -> None:
    assert f"allows {says} at most" in refused(terms=replace(TERMS, for_at_most=longest)).sentence


def test_a_failure_that_says_nothing_could_be_any_other_and_cannot_be_waived() -> None:
    mute = replace(a_failure(message=""), detail="")

    assert "says nothing" in refused(a_wish(failure=failing(mute).failures[0])).sentence


def test_without_a_repository_nothing_says_whose_test_it_is() -> None:
    assert "no repository" in refused(request=a_request(subject=a_subject(repository=None))).sentence


def test_a_ticket_is_left_out_where_the_policy_wants_none() -> None:
    assert given(REQUEST, 1, a_wish(ticket=None), replace(TERMS, require_ticket=False), NOON).ticket is None


@pytest.mark.parametrize("by", [an_actor(BO), an_actor(DIA)], ids=["whoever gave it", "whoever could give one"])
def test_one_is_taken_back(by: Actor) -> None:
    require_revoker(a_waiver(), TERMS, by, NOON)
    end = revoked(a_waiver(), by, " it is mended ", NOON)

    assert (end.how, end.by, end.at, end.reason) == (Ending.REVOKED, by, NOON, "it is mended")


def test_whoever_gave_it_takes_it_back_although_they_may_give_none_any_more() -> None:
    require_revoker(a_waiver(), None, an_actor(BO), NOON)
    with pytest.raises(Refused):
        require_revoker(a_waiver(), None, an_actor(DIA), NOON)


OVER = {
    "already": a_waiver(end=revoked(a_waiver(), an_actor(BO), None, NOON)),
    "used up": a_waiver(used=5),
    "ended": a_waiver(until=NOON),
}


@pytest.mark.parametrize(("says", "waiver"), OVER.items(), ids=OVER.keys())
def test_what_is_over_cannot_be_taken_back(says: str, waiver: Waiver) -> None:
    with pytest.raises(Refused, match=says):
        revoked(waiver, an_actor(BO), None, NOON)


def test_a_reason_to_take_one_back_has_an_end_too() -> None:
    with pytest.raises(Refused, match="too long"):
        revoked(a_waiver(), an_actor(BO), "x" * (LONGEST_REASON + 1), NOON)


@pytest.mark.parametrize("subject", OWN.values(), ids=OWN.keys())
def test_nobody_leans_on_their_own_waiver(subject: Subject) -> None:
    assert may_lean_on(a_subject(requester=ANA, authors=[DIA], triggerer=CHEN), BO)
    assert not may_lean_on(subject, BO)


def test_a_request_that_names_nobody_or_whom_nothing_tells_apart_leans_on_none() -> None:
    only_known_elsewhere = Person(key="github:somebody", github="somebody")

    assert not may_lean_on(a_subject(requester=None), BO)
    assert not may_lean_on(a_subject(requester=only_known_elsewhere), Person(key="x", slack_id="U0YAS0000"))


def test_of_several_the_first_to_end_counts_and_none_that_is_over() -> None:
    first, later = a_waiver(1, until=NOON + 2 * DAY), a_waiver(2)

    assert [one.number for one in first_to_end([later, first], NOON).values()] == [1]
    assert [one.number for one in first_to_end([later, first], NOON + 2 * DAY).values()] == [2]
    assert first_to_end([replace(first, used=5), *OVER.values()], NOON + 3 * DAY) == {}
