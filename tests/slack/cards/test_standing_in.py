"""Whoever stands in is named and pinged where the one they stand in for is, and nowhere else."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.core.effects import Note, Said
from bot.core.people.delegation import Delegation
from bot.core.people.identity import Person
from bot.core.people.membership import GroupKind, Roll, Rolls
from bot.core.request import ApprovalRequest
from bot.core.ruling import Delegating
from bot.core.view import RequestView
from bot.slack import Seal
from bot.slack.cards.card import draw_card
from bot.slack.words.digest import draw_digest
from bot.slack.words.lines import draw_thread_line
from tests import factories as a
from tests.slack.validating import read_aloud, require_legal_card
from tests.slack.views_of import HOSTILE, a_view

SEAL = Seal("a-secret-key-of-thirty-two-characters")
RELEASE = a.a_group(fallback=[a.CHEN])
ROTA = a.a_group("on-call", GroupKind.CALENDAR)
LENT = (a.a_delegation(a.BO, a.GUS),)


def asked(*called: Person, **fields: object) -> ApprovalRequest:
    stage = a.a_stage("qa", 2, [a.BO, a.CHEN], **({"mention": called} | fields))
    return a.a_request(ruling=a.a_ruling(stages=[stage]))


def card(request: ApprovalRequest, lent: Sequence[Delegation] = LENT, rolls: Rolls | None = None) -> str:
    drawn = draw_card(replace(a_view(request), lent=tuple(lent)), SEAL, None, rolls)
    require_legal_card(drawn)
    return read_aloud(drawn.blocks)


def a_roll(*people: Person, usergroup_id: str | None = None) -> Roll:
    return Roll(people=people, read_at=a.NOON, usergroup_id=usergroup_id)


def test_the_card_calls_the_stand_in_for_whoever_it_would_call() -> None:
    drawn = card(asked(a.BO, a.CHEN))

    assert "@U0GUS0000 for @U0BO00000 @U0CHEN000" in drawn
    assert "May answer in another's name" not in drawn


def test_who_is_not_called_has_their_stand_in_named_and_not_called() -> None:
    for request in (asked(), asked(a.CHEN), replace(asked(a.BO, a.CHEN), quiet_until=a.NOON + a.HOUR)):
        drawn = card(request)

        assert "May answer in another's name: gus for bo." in drawn
        assert "@U0GUS0000" not in drawn


FORBIDDEN = replace(asked(a.BO), ruling=replace(asked(a.BO).ruling, delegation=Delegating.FORBID))
ENDED = (a.a_delegation(a.EVE, a.GUS),)


@pytest.mark.parametrize(
    ("request_", "lent"),
    [
        (FORBIDDEN, LENT),
        (asked(a.BO), ENDED),
        (asked(a.DIA), (a.a_delegation(a.DIA, a.GUS),)),
        (asked(a.BO), (a.a_delegation(a.BO, a.CHEN),)),
        (asked(a.BO), (a.a_delegation(a.BO, a.ANA),)),
        (a.a_request(ruling=asked(a.BO).ruling, reviews=[a.approval(a.GUS)]), LENT),
        (a.a_request(ruling=asked(a.BO).ruling, reviews=[a.approval(a.BO)]), LENT),
    ],
    ids=[
        "the rule forbids it",
        "somebody else lends",
        "who is called is no approver",
        "the stand-in may answer themselves",
        "the stand-in asked for it",
        "the stand-in has been heard",
        "the giver has been heard",
    ],
)
def test_where_nobody_stands_in_nobody_is_named(request_: ApprovalRequest, lent: Sequence[Delegation]) -> None:
    drawn = card(request_, lent)

    assert " for @" not in drawn
    assert "in another's name" not in drawn


def test_members_of_live_groups_are_stood_in_for_as_well() -> None:
    request = asked(a.CHEN, groups=(RELEASE, ROTA), mention_groups=(RELEASE, ROTA))
    rolls = {RELEASE: a_roll(a.DIA, a.EVE, usergroup_id="S0RELEASE"), ROTA: a_roll(a.OLD)}
    lent = (a.a_delegation(a.DIA, a.GUS), a.a_delegation(a.OLD, a.GUS), a.a_delegation(a.EVE, a.DIA))

    drawn = card(request, lent, rolls)

    assert "@U0CHEN000 @S0RELEASE @U0GUS0000 for @U0DIA0000 @U0GUS0000 for @" in drawn
    assert "@U0DIA0000 for @" not in drawn, "dia is in the group herself"


def test_lines_and_the_digest_call_stand_ins_too() -> None:
    view = replace(a_view(asked(a.BO, a.CHEN)), lent=LENT)
    said = [Said(note=note, by=a.TIMER, calls=(a.BO,)) for note in (Note.ESCALATED, Note.REMINDED, Note.DESERTED)]

    for line in (draw_thread_line(view, one) for one in said):
        require_legal_card(line)
        assert read_aloud(line.blocks).endswith(" · @U0GUS0000 for @U0BO00000\n")
        assert not line.text.endswith("for .")
    digest = draw_digest([view])
    assert digest is not None
    assert "@U0GUS0000 for @U0BO00000 @U0CHEN000" in read_aloud(digest.blocks)


def test_the_review_of_a_broken_glass_is_lent_by_nobody() -> None:
    view = replace(a_view(a.a_broken_glass()), lent=(a.a_delegation(a.DIA, a.GUS),))

    line = draw_thread_line(view, Said(note=Note.GLASS_CHASED, by=a.TIMER, calls=(a.DIA,)))

    assert "@U0GUS0000" not in read_aloud(line.blocks)


@pytest.mark.parametrize("words", ["a", "&", HOSTILE, "\u202e", "\x00"])
def test_any_number_of_stand_ins_with_any_names_makes_a_legal_card(words: str) -> None:
    givers = [Person(key=f"g{n}{words * 30}", email=f"g{n}@acme.test") for n in range(60)]
    takers = [Person(key=f"t{n}{words * 30}", slack_id=f"U0{n:07}") for n in range(60)]
    lent = [a.a_delegation(giver, taker) for giver, taker in zip(givers, takers, strict=True)]
    for called in (tuple(givers), ()):
        stage = a.a_stage("qa", 2, givers, mention=called)
        request = a.a_request(ruling=a.a_ruling(stages=[stage]))
        card(request, lent)
        view: RequestView = replace(a_view(request), lent=tuple(lent))
        require_legal_card(draw_thread_line(view, Said(note=Note.REMINDED, by=a.TIMER, calls=called)))
