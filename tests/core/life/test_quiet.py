"""Quiet hours hold pings back and nothing else, and each that was held is in exactly one digest a channel."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.business_time import Calendar, Offset, Opening, open_until
from bot.core.effects import Note, SendDigest, ShowCard, TellThread
from bot.core.life.lifecycle import advance, submit
from bot.core.life.outcome import Outcome
from bot.core.ruling import Ruling
from tests import factories as a
from tests.core.test_business_time import MINUTE, calendars, is_open

HOUR = timedelta(hours=1)
MORNING = a.NOON.replace(hour=7) + timedelta(days=1)
LATE = a.NOON.replace(hour=23)


def the_night(**fields: object) -> Calendar:
    """Every night from ten to seven, UTC."""
    evenings = [Opening(day, 22 * 60, 24 * 60) for day in range(7)]
    mornings = [Opening(day, 0, 7 * 60) for day in range(7)]
    return a.a_calendar(openings=tuple(sorted((*evenings, *mornings), key=lambda o: (o.day, o.begin))), **fields)


def a_quiet_rule() -> Ruling:
    step = a.a_step(15, to=[a.DIA], channel="#incidents")
    qa = a.a_stage("qa", 1, [a.BO, a.CHEN], mention=(a.BO,), escalate=(step,), remind_after=10 * MINUTE)
    release = a.a_stage("release", 1, [a.GUS], mention=(a.GUS,))
    return a.a_ruling(stages=[qa, release], quiet=the_night(), timeout=24 * HOUR)


def asked(now: datetime) -> Outcome:
    return submit(a.a_submission(ruling=a_quiet_rule()), now)


def digests(outcome: Outcome) -> list[SendDigest]:
    return [effect for effect in outcome.effects if isinstance(effect, SendDigest)]


def called(outcome: Outcome) -> set[str]:
    lines = [effect.said for effect in outcome.effects if isinstance(effect, TellThread)]
    return {person.key for said in lines for person in said.calls}


def test_by_day_nothing_waits() -> None:
    outcome = asked(a.NOON)

    assert digests(outcome) == []
    assert outcome.request.quiet_until is None


def test_at_night_the_card_is_shown_at_once_and_a_digest_is_sent_in_the_morning() -> None:
    outcome = asked(LATE)

    assert outcome.effects == (
        ShowCard(request=a.ID, channel="#approvals"),
        SendDigest(request=a.ID, channel="#approvals", until=MORNING),
    )
    assert outcome.request.quiet_until == MORNING
    assert outcome.happened[0].detail["pings_held_until"] == MORNING.isoformat().replace("+00:00", ".000000Z")


def test_no_clock_waits_for_the_morning() -> None:
    assert asked(LATE).request.deadline == LATE + 24 * HOUR


def test_at_night_an_escalation_is_taken_and_calls_nobody_before_the_morning() -> None:
    request = asked(LATE).request

    outcome = advance(request, a.an_escalation(a.TIMER), LATE + 15 * MINUTE)

    assert outcome.request.called == (a.DIA,)
    assert called(outcome) == set()
    assert [(digest.channel, digest.until) for digest in digests(outcome)] == [
        ("#approvals", MORNING),
        ("#incidents", MORNING),
    ]


def test_at_night_a_reminder_and_a_new_stage_call_nobody_either() -> None:
    request = asked(LATE).request

    reminded = advance(request, a.a_reminder(), LATE + 10 * MINUTE)
    next_stage = advance(request, a.approval(a.BO), LATE + MINUTE)

    assert called(reminded) == called(next_stage) == set()
    assert digests(reminded)
    assert digests(next_stage)
    assert {effect.said.note for effect in next_stage.effects if isinstance(effect, TellThread)} == {
        Note.REVIEWED,
        Note.STAGE_BEGAN,
    }


def test_what_was_held_back_stays_so_when_others_are_called_by_day() -> None:
    request = asked(LATE).request

    outcome = advance(request, a.an_escalation(a.TIMER), MORNING + MINUTE)

    assert called(outcome) == {a.DIA.key}
    assert digests(outcome) == []
    assert outcome.request.quiet_until == MORNING


def test_a_stage_that_begins_by_day_was_not_held_back() -> None:
    request = asked(LATE).request

    outcome = advance(request, a.approval(a.BO), MORNING + MINUTE)

    assert called(outcome) == {a.GUS.key}
    assert outcome.request.quiet_until is None


def test_a_revision_at_night_is_in_the_digest_too() -> None:
    outcome = advance(asked(a.NOON).request, a.a_revision(ruling=a_quiet_rule()), LATE)

    assert [digest.until for digest in digests(outcome)] == [MORNING]


def test_an_end_is_told_at_night_as_by_day() -> None:
    outcome = advance(asked(LATE).request, a.rejection(a.BO), LATE + MINUTE)

    assert digests(outcome) == []
    assert outcome.request.decision is not None


@given(calendar=calendars(), minute=st.integers(0, 9 * 24 * 60 - 1))
def test_it_is_quiet_until_the_first_minute_that_is_not(calendar: Calendar, minute: int) -> None:
    now = datetime(2026, 3, 23, tzinfo=UTC) + minute * MINUTE

    end = open_until(calendar, now)

    if now >= calendar.until or not is_open(calendar, now):
        assert end is None
    else:
        assert end is not None
        minutes = int((end - now) / MINUTE)
        assert all(is_open(calendar, now + n * MINUTE) for n in range(minutes))
        assert end == calendar.until or not is_open(calendar, end)


def test_where_nothing_is_known_any_more_it_is_never_quiet() -> None:
    night = the_night(until=a.NOON, offsets=(Offset(a.NOON - 30 * 24 * HOUR, 0),))

    assert open_until(night, LATE) is None
