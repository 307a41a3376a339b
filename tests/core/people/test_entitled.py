"""Who could answer, and who may not and why: in words, and the same ones wherever they are read."""

from dataclasses import replace

from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy
from bot.core.judging.rules import judge
from bot.core.life.lifecycle import submit
from bot.core.people.entitled import who_may
from bot.core.representation import draw_request
from bot.core.ruling import Forbidden, Handling
from bot.core.view import RequestView
from tests import factories as a

SUBJECT = a.a_subject(requester=a.ANA, authors=[a.BO, a.ANA])
CHAIN = a.a_ruling(
    stages=[
        a.a_stage("qa", 1, [a.ANA, a.BO, a.CHEN]),
        a.a_stage("release", 2, [a.DIA], escalate=(a.a_step(15, [a.EVE]),)),
    ],
    forbid=list(Forbidden),
)


def test_every_stage_names_who_is_left_and_every_ban_its_reason() -> None:
    assert tuple(who_may(CHAIN, SUBJECT)) == (
        'stage "qa": 1 of chen',
        'stage "release": 2 of dia',
        'stage "release": after 15m of silence eve too',
        "may not answer: ana (asked for it)",
        "may not answer: bo (wrote part of the change)",
    )


def test_an_author_who_asked_is_banned_as_an_author_where_only_those_are() -> None:
    only_authors = replace(CHAIN, forbid=frozenset({Forbidden.AUTHORS}))

    assert [line for line in who_may(only_authors, SUBJECT) if line.startswith("may not")] == [
        "may not answer: bo (wrote part of the change)",
        "may not answer: ana (wrote part of the change)",
    ]


def test_without_bans_nobody_is_excluded() -> None:
    free = a.a_ruling(stages=[a.a_stage("qa", 2, [a.ANA, a.BO])], forbid=())

    assert tuple(who_may(free, SUBJECT)) == ('stage "qa": 2 of ana, bo',)


def test_a_stage_that_can_never_be_met_says_so_and_a_step_that_calls_nobody_is_not_told() -> None:
    step = a.a_step(15, [a.ANA])
    ruling = a.a_ruling(stages=[a.a_stage("qa", 2, [a.ANA, a.CHEN], escalate=(step,))])

    assert tuple(who_may(ruling, a.a_subject(requester=a.ANA)))[:2] == (
        'stage "qa": 2 of chen',
        'stage "qa" can never be met: 2 are needed, and only 1 may answer',
    )
    assert not any("silence" in line for line in who_may(ruling, a.a_subject(requester=a.ANA)))


def test_where_nobody_is_left_or_anybody_may_it_is_said() -> None:
    nobody = a.a_ruling(stages=[a.a_stage("qa", 1, [a.ANA])])
    anybody = a.a_ruling(stages=[a.a_stage("qa", 1), a.a_stage("all", 2)], forbid=())

    assert next(iter(who_may(nobody, SUBJECT))) == 'stage "qa": 1 of nobody'
    assert tuple(who_may(anybody, SUBJECT)) == ('stage "qa": any 1 full member', 'stage "all": any 2 full members')


def test_of_many_the_first_are_named() -> None:
    many = [a.a_person(f"p{n}") for n in range(25)]
    ruling = a.a_ruling(stages=[a.a_stage("qa", 1, many)], forbid=())

    assert next(iter(who_may(ruling, SUBJECT))).endswith("p19 and 5 more")


def test_where_the_policy_decides_nobody_is_excluded() -> None:
    assert tuple(who_may(a.a_ruling(handling=Handling.AUTO_APPROVE), SUBJECT)) == ()


def test_api_and_log_say_the_same_words_and_they_are_those_of_the_submission() -> None:
    facts = Facts(subject=SUBJECT, tests=a.some_tests(), source="ci", now=a.NOON)
    ruling = judge(Policy(hash=a.POLICY_HASH, default=replace(CHAIN, rule="default")), facts)
    outcome = submit(a.a_submission(ruling=ruling, subject=SUBJECT), a.NOON)
    answered = draw_request(RequestView(request=outcome.request, tests=a.some_tests()), "https://jit.acme.test")
    logged = outcome.happened[0].detail["ruling"]

    assert isinstance(logged, dict)
    assert answered["policy"] == {"rule": "default", "outcome": "require_approval", "explanation": list(ruling.lines)}
    assert logged["explanation"] == list(ruling.lines)
    assert ruling.lines[-1] == "may not answer: bo (wrote part of the change)"
