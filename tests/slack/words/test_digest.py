"""The digest at the end of quiet hours: who still has to answer is called, once, in one message."""

import json
from dataclasses import replace
from datetime import timedelta

from bot.core.life.lifecycle import advance
from bot.core.view import CardRef, RequestView
from bot.slack.cards.card import Card
from bot.slack.words.digest import draw_digest
from tests import factories as a
from tests.slack.validating import require_legal_card

QA = a.a_stage("qa", 2, [a.BO, a.CHEN], mention=(a.BO, a.CHEN))


def a_view(number: int = 12, title: str = "Deploy payments 1.42.0") -> RequestView:
    request = a.a_request(subject=a.a_subject(title=title), ruling=a.a_ruling(stages=[QA]))
    return RequestView(request=replace(request, number=number), tests=request.tests, cards=())


def words_of(card: Card) -> str:
    return json.dumps(card.blocks, ensure_ascii=False)


def test_it_names_each_request_and_calls_whoever_is_silent() -> None:
    card = draw_digest([a_view()])

    assert card is not None
    said = words_of(card)
    assert "#12 Deploy payments 1.42.0" in said
    assert str(a.BO.slack_id) in said
    assert str(a.CHEN.slack_id) in said
    assert (
        card.text == "🔔 Quiet hours are over: one request waits for an answer here:"
        " #12 (Deploy payments 1.42.0; deploy · payments · production)"
    )


def test_whoever_has_answered_is_not_called() -> None:
    view = a_view()
    answered = advance(view.request, a.approval(a.BO), a.NOON).request

    card = draw_digest([replace(view, request=answered)])

    assert card is not None
    assert str(a.BO.slack_id) not in words_of(card)
    assert str(a.CHEN.slack_id) in words_of(card)


def test_nobody_is_called_for_what_is_settled_and_only_waits_to_be_released() -> None:
    ruling = a.a_ruling(stages=[replace(QA, quorum=1)], undo_within=timedelta(minutes=2))
    settled = advance(a.a_request(ruling=ruling), a.approval(a.BO), a.NOON).request

    assert draw_digest([replace(a_view(), request=settled)]) is None
    undone = advance(settled, a.an_undoing(a.BO), a.NOON).request
    assert draw_digest([replace(a_view(), request=undone)]) is not None


def test_nothing_is_said_of_what_has_ended_or_waits_for_the_requester() -> None:
    view = a_view()
    ended = advance(view.request, a.a_cancellation(), a.NOON).request
    asked = advance(view.request, a.a_question(), a.NOON).request

    assert draw_digest([replace(view, request=ended), replace(view, request=asked)]) is None


def test_a_hundred_hostile_requests_stay_within_slacks_limits() -> None:
    hostile = [a_view(number=n, title="<!channel> *x* \u202e" + "w" * 290) for n in range(1, 101)]

    card = draw_digest(hostile)

    assert card is not None
    require_legal_card(card)
    said = words_of(card)
    assert "and 80 more" in said
    assert "\u202e" not in said
    assert "<!channel>" not in card.text


def test_it_links_to_the_card_when_there_is_one() -> None:
    address = "https://acme.slack.com/archives/C0APPROVE/p1"
    card = CardRef(channel="#approvals", channel_id="C0APPROVE", ts="1.1", permalink=address, revision=1)

    drawn = draw_digest([replace(a_view(), cards=(card,))])

    assert drawn is not None
    assert address in words_of(drawn)
