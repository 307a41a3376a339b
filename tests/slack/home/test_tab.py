"""The Home tab as it is drawn: within Slack's limits for any request, and in plain words when there is nothing."""

import json
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.errors import Refused
from bot.core.home import HomeTab, Look, Show
from bot.core.people.delegation import Delegation
from bot.core.people.identity import Standing
from bot.core.request import ApprovalRequest, RequestId, State
from bot.core.ruling import RequireReason
from bot.slack import Press, Seal
from bot.slack.cards.buttons import pressed_now
from bot.slack.home import tab
from bot.slack.home.bulk import Settled, draw_bulk_dialog, draw_bulk_result
from bot.slack.home.contents import PAGE, PAST_LOOKED_AT, Contents
from bot.slack.home.delegating import draw_delegate_dialog, draw_delegated_view
from bot.slack.home.look import draw_look, read_environment, read_look
from tests.factories import BO, ID, NOON, a_delegation, a_request, a_ruling, a_subject
from tests.slack.validating import require_legal_home, require_legal_view
from tests.slack.views_of import HOSTILE, SHAPES, hostile

SEAL = Seal("a-secret-key-of-thirty-two-characters")
Blocks = list[dict[str, Any]]


def a_home(look: Look | None = None, notice: str | None = None) -> HomeTab:
    return HomeTab(slack_id="U0BO00000", person=BO, opened_at=NOON, look=look or Look(), notice=notice)


def many(request: ApprovalRequest, count: int = PAST_LOOKED_AT) -> tuple[ApprovalRequest, ...]:
    return tuple(replace(request, id=RequestId(f"{ID[:-3]}{n:03}"), number=request.number - n) for n in range(count))


def blocks_of(view: dict[str, object]) -> Blocks:
    return cast("Blocks", view["blocks"])


def words(view: dict[str, object]) -> str:
    return json.dumps(view, ensure_ascii=False)


def elements(view: dict[str, object], action_id: str) -> Blocks:
    rows = [element for block in blocks_of(view) for element in block.get("elements", [])]
    return [element for element in rows if element.get("action_id") == action_id]


@pytest.mark.parametrize("show", Show)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_in_every_part_is_within_slacks_limits(shape: str, show: Show) -> None:
    found = many(replace(SHAPES[shape]().request, number=10**15 - 1))
    contents = Contents(
        home=a_home(Look(show=show)), waiting=found, asked=found, decided=found, received=(a_delegation(),) * 30
    )

    require_legal_home(tab.draw_tab(contents, SEAL))


@given(
    words=st.text(st.characters(codec="utf-8"), max_size=40) | st.just(HOSTILE),
    state=st.sampled_from(State),
    show=st.sampled_from(Show),
    page=st.integers(min_value=0, max_value=99),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_people_wrote_it_is_within_slacks_limits(words: str, state: State, show: Show, page: int) -> None:
    found = many(hostile(words, failed=1, state=state).request)
    lent = a_delegation()
    lent = replace(lent, giver=replace(lent.giver, key=f"x{words}" * 9), receiver=replace(BO, key=f"x{words}" * 9))
    home = a_home(Look(show=show, page=page, environment=words[:20] or None), notice=words * 200)
    contents = Contents(
        home=home, waiting=found, asked=found, decided=found, given=lent, received=(lent,) * 30, has_more_open=True
    )

    require_legal_home(tab.draw_tab(contents, SEAL))


def test_where_there_is_nothing_it_says_so_in_plain_words() -> None:
    said = words(tab.draw_tab(Contents(home=a_home()), SEAL))

    for sentence in (
        "Nothing waits for you.",
        "You have asked for nothing yet.",
        "Nobody has decided anything yet.",
        "You have delegated to nobody, and nobody has delegated to you.",
    ):
        assert sentence in said
    assert tab.DECIDE not in said


def test_what_is_lent_can_be_taken_back_and_something_else_can_be_lent() -> None:
    def pressable(given: Delegation | None) -> list[str]:
        drawn = tab.draw_tab(Contents(home=a_home(), given=given), SEAL)
        return [one["text"]["text"] for name in (tab.DELEGATE, tab.REVOKE) for one in elements(drawn, name)]

    assert pressable(None) == ["Let somebody answer in my name …"]
    assert pressable(a_delegation()) == ["Let somebody else answer …", "Take it back"]


@pytest.mark.parametrize("name", ["a", HOSTILE, "\u202e", "😀"])
def test_the_dialog_that_lends_is_within_slacks_limits_whoever_answers_already(name: str) -> None:
    lent = replace(a_delegation(), receiver=replace(BO, key=f"x{name}" * 90))

    require_legal_view(draw_delegate_dialog(lent))
    require_legal_view(draw_delegate_dialog(None))
    require_legal_view(draw_delegated_view(name * 3000))
    require_legal_home(tab.draw_tab(Contents(home=a_home(), given=lent), SEAL))


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.EXTERNAL, Standing.UNKNOWN])
def test_who_may_see_no_list_is_told_why_and_sees_nothing_to_press(standing: Standing) -> None:
    view = tab.draw_closed_tab(standing)

    require_legal_home(view)
    assert [block["type"] for block in blocks_of(view)] == ["rich_text"]


def test_a_box_stands_for_the_revision_and_stage_that_are_shown() -> None:
    request = a_request(revision=3)

    (box,) = elements(tab.draw_tab(Contents(home=a_home(), waiting=(request,)), SEAL), tab.PICK)

    pressed = SEAL.read_value(box["options"][0]["value"])
    assert (pressed.request, pressed.revision, pressed.stage, pressed.press) == (request.id, 3, 0, Press.SELECT)


def test_a_new_revision_is_another_box_so_that_slack_keeps_no_tick_for_it() -> None:
    def row(request: ApprovalRequest) -> str:
        view = tab.draw_tab(Contents(home=a_home(), waiting=(request,)), SEAL)
        return next(block["block_id"] for block in blocks_of(view) if block.get("block_id", "").startswith("waiting"))

    assert row(a_request(revision=1)) != row(a_request(revision=2))


def test_a_part_among_others_leads_to_the_whole_and_a_whole_part_has_pages() -> None:
    found = many(a_request(number=500), 2 * PAGE + 1)
    beginning = tab.draw_tab(Contents(home=a_home(), waiting=found), SEAL)
    second = tab.draw_tab(Contents(home=a_home(Look(show=Show.WAITING, page=1)), waiting=found), SEAL)
    beyond = tab.draw_tab(Contents(home=a_home(Look(show=Show.WAITING, page=99)), waiting=found), SEAL)

    assert [one["value"] for one in elements(beginning, tab.MORE)] == ["waiting"]
    assert [one["value"] for name in (tab.BACK, tab.NEXT) for one in elements(second, name)] == ["0", "2"]
    assert len(elements(beyond, tab.PICK)) == 1


def test_one_environment_is_shown_alone() -> None:
    here = a_request(number=1, subject=a_subject(environment="production", title="here"))
    there = a_request(number=2, subject=a_subject(environment="staging", title="there"))
    home = a_home(Look(environment="production"))

    view = tab.draw_tab(Contents(home=home, waiting=(here, there)), SEAL)

    assert ("here" in words(view), "there" in words(view)) == (True, False)
    (choice,) = elements(view, tab.ENVIRONMENT)
    assert [option["value"] for option in choice["options"]] == ["*", "production", "staging"]
    assert choice["initial_option"]["value"] == "production"


def test_what_was_looked_at_comes_back_only_as_we_drew_it_for_that_person() -> None:
    look = Look(show=Show.ASKED, page=3, environment="production")
    note = draw_look(look, "U0BO00000", SEAL)

    assert read_look(note, "U0BO00000", SEAL) == look
    for wrong in (note.replace("asked", "lent"), note[:-1], "", "{}", note.replace("note.home", "note.else")):
        with pytest.raises(Refused):
            read_look(wrong, "U0BO00000", SEAL)
    with pytest.raises(Refused):
        read_look(note, "U0ANA0000", SEAL)


@pytest.mark.parametrize("chosen", ["", " x", "<!channel>", "x" * 61, "a\nb"])
def test_an_environment_that_was_never_offered_is_refused(chosen: str) -> None:
    with pytest.raises(Refused):
        read_environment(chosen)


def test_the_dialog_for_many_is_within_slacks_limits_and_chooses_nothing_beforehand() -> None:
    found = many(hostile(HOSTILE, failed=1).request, PAGE)
    values = [SEAL.draw_value(pressed_now(one, Press.SELECT)) for one in found]

    view = draw_bulk_dialog(found, values)

    require_legal_view(view)
    assert "initial_option" not in words(view)
    assert str(view["private_metadata"]).split() == values


def test_the_dialog_says_that_a_reason_is_wanted() -> None:
    def label(needed: RequireReason) -> str:
        view = draw_bulk_dialog([a_request(ruling=a_ruling(require_reason=needed))], ["v"])
        return blocks_of(view)[-1]["label"]["text"]

    assert label(RequireReason.ALWAYS) == "Why? Some of these rules want a reason."
    assert label(RequireReason.NEVER) == "Why?"


def test_what_came_of_each_is_told_line_by_line() -> None:
    settled = [
        Settled(number=12, sentence="You approved #12, and with that it is approved.", is_counted=True),
        Settled(number=13, sentence=HOSTILE * 90, is_counted=False),
    ]

    view = draw_bulk_result(settled)

    require_legal_view(view)
    assert "1 of 2 were counted." in words(view)
