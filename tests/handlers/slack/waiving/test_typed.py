"""`/jit waive`, `/jit waivers`, `/jit unwaive`: read, carried out, refused with the line that would do."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from bot.core.errors import Refused
from bot.core.people.membership import Crowd
from bot.core.waivers.terms import WaiverTerms
from handlers.slack.waiving.words import Options, read_options, read_test, read_unwaiving
from tests.core.waivers.given import DAY, failing
from tests.factories import ANA, BO, NOON, a_failure, a_group, a_subject
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import typed

BO_ID, CHEN_ID, ANA_ID = "U0BO00000", "U0CHEN000", "U0ANA0000"
REFUND, VOID = a_failure(), a_failure("tests.api.test_pay::test_void", "the order is gone")
SPACED = a_failure("Refunds > a part of an order", "no such order")
FAILURES = failing(REFUND, VOID, SPACED).failures
NAMED = "tests.api.test_pay::test_refund"


@pytest.fixture
def lenient(house: House) -> House:
    """A house in which bo and ana may waive failures."""
    house.clock.policy = replace(house.clock.policy, waivers=WaiverTerms(by=Crowd(people=(BO, ANA))))
    return house


async def test_a_failure_is_waived_listed_and_taken_back(lenient: House) -> None:
    request = await lenient.ask(tests=failing(REFUND, VOID))

    said = await typed(lenient, f"waive {request.number} {NAMED} for 3d uses 5 ticket PAY-77 the bank is down")
    listed = await typed(lenient, "waivers", CHEN_ID)
    taken_back = await typed(lenient, "unwaive 1 it is mended")

    assert f"the same failure of {NAMED} counts as waived in requests for acme/payments · production, 5 times" in said
    assert f"#{request.number} stays as it was judged" in said
    assert f"#1 {NAMED} (acme/payments · production)" in listed
    assert "5 of 5 uses left, by bo, PAY-77: the bank is down" in listed
    assert "Waiver #1 is taken back" in taken_back
    assert "Nothing is waived." in await typed(lenient, "waivers")
    assert "revoked" in await typed(lenient, "waivers all")
    assert await lenient.log(request) == ["request.submitted", "waiver.given", "waiver.revoked"]


async def test_who_may_not_is_told_so_before_anything_else_and_it_is_written_down(house: House) -> None:
    request = await house.ask(tests=failing(REFUND))
    line = f"waive {request.number} {NAMED} ticket PAY-77 the bank is down"

    nobody = await typed(house, line)
    house.clock.policy = replace(house.clock.policy, waivers=WaiverTerms(by=Crowd(people=(BO, ANA))))

    assert "The policy lets nobody waive a failure" in nobody
    assert "You can't waive failures. These can: bo, ana." in await typed(house, line, CHEN_ID)
    assert "You asked for this yourself" in await typed(house, line, ANA_ID)
    assert [entry["code"] for entry in await house.refused()] == ["not_eligible", "not_eligible", "forbidden"]
    assert "Nothing is waived." in await typed(house, "waivers")


async def test_a_member_of_a_live_group_may_and_somebody_outside_may_not_take_back(house: House) -> None:
    house.clock.policy = replace(house.clock.policy, waivers=WaiverTerms(by=Crowd(groups=(a_group(),))))
    request = await house.ask(tests=failing(REFUND), subject=a_subject(requester=None))
    line = f"waive {request.number} test_refund ticket PAY-77 the bank is down"
    answers = {user: await typed(house, line, user) for user in (BO_ID, CHEN_ID)}
    may = [user for user, said in answers.items() if "counts as waived" in said]

    assert len(may) == 1, answers
    outside = next(user for user in answers if user not in may)
    assert "You can't waive failures" in await typed(house, "unwaive 1", outside)
    assert "is taken back" in await typed(house, "unwaive 1", may[0])


WRONG = {
    "waive": "Which request?",
    "waive 1": "Which test?",
    "waive 1 nothing_like_it": "No failed test of #1 is called “nothing_like_it”. These failed: ",
    f"waive 1 {NAMED}": "Say why that failure need not stop anything, like this: /jit waive 12",
    f"waive 1 {NAMED} for 3 days": "For how long?",
    f"waive 1 {NAMED} until never": "Until when?",
    f"waive 1 {NAMED} uses many ticket A-1 x": "How many uses?",
    f"waive 1 {NAMED} ticket": "Which ticket?",
    f"waive 1 {NAMED} because it is known": "Name the ticket",
    f"waive 1 {NAMED} for 15d ticket A-1 x": "14 days at most",
    f"waive 1 {NAMED} uses 21 ticket A-1 x": "1 to 20 uses",
    "unwaive": "Which waiver?",
    "unwaive 9": "There is no waiver #9.",
    "waivers mine": "/jit waivers all",
}


async def test_whatever_is_wrong_is_said_with_what_would_be_right(lenient: House) -> None:
    await lenient.ask(tests=failing(REFUND, VOID))

    for line, says in WRONG.items():
        assert says in await typed(lenient, line), line


FOUND = {
    NAMED: (REFUND.id, ""),
    f"{NAMED} for 3d": (REFUND.id, "for 3d"),
    "test_void ticket A-1 x": (VOID.id, "ticket A-1 x"),
    "https://test_void x": (VOID.id, "x"),
    "Refunds > a part of an order it is known": (SPACED.id, "it is known"),
    '"Refunds > a part of an order" it is known': (SPACED.id, "it is known"),
    "“of an order” it is known": (SPACED.id, "it is known"),
}


@pytest.mark.parametrize(("words", "found"), FOUND.items())
def test_a_test_is_named_whole_in_quotes_or_by_the_end_of_its_name(words: str, found: tuple[str, str]) -> None:
    failure, rest = read_test(words, FAILURES, 12)

    assert (failure.id, rest.strip()) == found


def test_of_two_names_the_longer_one_is_meant() -> None:
    both = failing(a_failure("pays"), a_failure("pays twice")).failures

    assert read_test("pays twice ticket A-1 x", both, 12)[0].id == "pays twice"


UNCLEAR = {
    "": "Which test?",
    "id": "No failed test of #12",
    "test_pay": "No failed test of #12",
    "d": "No failed test of #12",
}


@pytest.mark.parametrize(("words", "says"), UNCLEAR.items())
def test_what_names_no_failed_test_is_refused(words: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_test(words, FAILURES, 12)


def test_several_that_end_alike_and_none_at_all_are_refused_with_what_failed() -> None:
    many = failing(*(a_failure(f"suite{n}.test_pay") for n in range(7))).failures

    with pytest.raises(Refused, match=r"Several end like that; name it whole\. These failed: .*; and 2 more"):
        read_test("test_pay x", many, 12)
    with pytest.raises(Refused, match="Its source named none"):
        read_test("test_pay x", (), 12)


def test_a_test_that_failed_in_several_ways_is_told_by_its_signature() -> None:
    both = failing(REFUND, a_failure(message="timed out")).failures
    second = both[1].signature

    with pytest.raises(Refused, match=rf"failed in several ways\. .*{second} \(timed out\)"):
        read_test(f"{NAMED} for 3d", both, 12)
    assert read_test(f"{NAMED} {second} for 3d", both, 12) == (both[1], "for 3d")
    with pytest.raises(Refused, match="didn't fail with s1:0000000000000000"):
        read_test(f"{NAMED} s1:0000000000000000 x", both, 12)


READ = {
    "": Options(),
    "it is known": Options(reason="it is known"),
    "for 3d it is known": Options(until=NOON + 3 * DAY, reason="it is known"),
    "Uses 5 ticket PAY-77 until 18:00 it is known": Options(
        until=NOON + timedelta(hours=6), uses=5, ticket="PAY-77", reason="it is known"
    ),
    "because for now it is known": Options(reason="for now it is known"),
}


@pytest.mark.parametrize(("words", "options"), READ.items())
def test_what_stands_behind_the_test_is_read_in_any_order(words: str, options: Options) -> None:
    assert read_options(words, UTC, NOON) == options


@pytest.mark.parametrize(("words", "read"), [("3", (3, None)), ("#12 it is mended", (12, "it is mended"))])
def test_a_waiver_is_named_by_its_number(words: str, read: tuple[int, str | None]) -> None:
    assert read_unwaiving(words) == read
