"""One human, however they sign in: likeness is enough for a ban, only certainty gives a right."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.audit.people import are_told_apart, is_listed, share_a_handle
from bot.core.life.terms import of_person
from bot.core.people.identity import (
    Identity,
    People,
    Person,
    can_be_compared,
    is_among,
    is_one_of,
    lowered,
    same_human,
    shared_likeness,
)
from tests.factories import ANA, BO

TABLE = People((ANA, BO, Person(key="chen@acme.test", slack_id="U0CHEN000"), Person(key="dia", email="dia@acme.test")))


@pytest.mark.parametrize(
    "identity",
    [
        Identity(email="ana@acme.test"),
        Identity(email=" ANA@Acme.Test "),
        Identity(slack_id="U0ANA0000"),
        Identity(github="Ana"),
    ],
    ids=repr,
)
def test_a_known_person_is_found_by_any_handle_and_keeps_the_tables(identity: Identity) -> None:
    assert TABLE.resolve(identity) == ANA


def test_a_known_person_gains_what_the_table_does_not_know() -> None:
    found = TABLE.resolve(Identity(email="dia@acme.test", slack_id="U0DIA0000", github="dia"))

    assert found == Person(key="dia", email="dia@acme.test", slack_id="U0DIA0000", github="dia")


@pytest.mark.parametrize(
    ("identity", "stranger"),
    [
        (
            Identity(email="Gus@Acme.test", slack_id="U0GUS0000", github="Gus"),
            Person(key="gus@acme.test", email="gus@acme.test", slack_id="U0GUS0000", github="gus"),
        ),
        (Identity(slack_id="U0GUS0000"), Person(key="slack:U0GUS0000", slack_id="U0GUS0000")),
        (Identity(github="Gus"), Person(key="github:gus", github="gus")),
    ],
    ids=["e-mail first", "Slack id", "login"],
)
def test_a_stranger_is_named_by_the_best_handle(identity: Identity, stranger: Person) -> None:
    assert TABLE.resolve(identity) == stranger
    assert People().resolve(identity) == stranger


@pytest.mark.parametrize("blank", [None, "", " ", "\t\n"])
def test_an_identity_without_handles_is_nobody(blank: str | None) -> None:
    assert TABLE.resolve(Identity(email=blank, slack_id=blank, github=blank)) is None


def known_as(people: People = TABLE, **handles: str) -> Person:
    person = people.resolve(Identity(**handles))
    assert person
    return person


def test_a_handle_that_the_table_writes_otherwise_is_kept_and_gives_no_right() -> None:
    found = known_as(slack_id="U0ANA0000", email="ana.b@acme.test")

    assert found == replace(ANA, also=frozenset({"email:ana.b@acme.test"}))
    assert same_human(found, known_as(email="ana.b@acme.test"))
    assert not is_one_of(found, [known_as(email="ana.b@acme.test")])


def test_everybody_whom_the_handles_may_mean_is_remembered() -> None:
    found = known_as(email="bo@acme.test", github="ana")

    assert found.key == "bo"
    assert is_among(ANA, [found])
    assert not is_one_of(found, [ANA])


def test_another_slack_account_with_somebodys_address_is_not_them_but_may_be() -> None:
    found = known_as(slack_id="U0EVIL000", email="ana@acme.test", github="evil")

    assert (found.key, found.slack_id, found.email, found.github) == ("slack:U0EVIL000", "U0EVIL000", None, "evil")
    assert not is_one_of(found, [ANA])
    assert same_human(found, ANA)


@pytest.mark.parametrize("frozen", [ANA, replace(ANA, key="ana@acme.test")], ids=["by name", "by address"])
def test_an_approver_who_was_pinned_to_an_account_is_no_other_account_whatever_the_table_says_now(
    frozen: Person,
) -> None:
    found = known_as(People(), slack_id="U0EVIL000", email="ana@acme.test")

    assert found.email == "ana@acme.test"
    assert not is_one_of(found, [frozen])


def test_nobody_gains_a_handle_that_the_table_gives_to_somebody_else() -> None:
    table = People((Person(key="ana", slack_id="U0ANA0000"), Person(key="bo", email="bo@acme.test", github="bo")))

    found = known_as(table, slack_id="U0ANA0000", email="bo@acme.test", github="bo")

    assert found == Person(key="ana", slack_id="U0ANA0000", also=table.known[1].handles)
    assert not is_one_of(found, table.known[1:])


@pytest.mark.parametrize(
    "handles",
    [
        {"email": "ana\u200b@acme.test"},
        {"email": "ana@acme.test."},
        {"email": "ana+ci@acme.test"},
        {"email": '"ana"@acme.test'},
        {"email": "ANA+@acme.test"},
        {"email": "1234567+ana@users.noreply.github.com"},
        {"email": "ana@users.noreply.github.com"},
        {"github": "@ana"},
        {"github": "ana\u200b"},
        {"github": "a\u00adna"},
        {"github": "ana\ufe0f"},
        {"github": "ana\u3164"},
    ],
    ids=repr,
)
def test_another_spelling_is_in_doubt_the_same_human_and_has_no_right(handles: dict[str, str]) -> None:
    found = known_as(TABLE, **handles)

    assert same_human(found, known_as(slack_id="U0ANA0000"))
    assert not is_one_of(found, [ANA])


def test_a_spelling_leads_to_everything_the_table_knows() -> None:
    asked, clicks = known_as(github="@ana", email="ana@home.test"), known_as(slack_id="U0X", email="ana+2@acme.test")

    assert same_human(asked, clicks)


@pytest.mark.parametrize("other", ["+bo@acme.test", "bo@acme.test.org", "bo-ana@users.noreply.github.com"])
def test_who_is_spelt_differently_is_somebody_else(other: str) -> None:
    assert not same_human(known_as(email=other), ANA)
    assert not same_human(known_as(email="+x@acme.test"), known_as(email="+y@acme.test"))


@pytest.mark.parametrize(
    ("one", "other", "can"),
    [
        (Person(key="github:mal", github="mal"), Person(key="slack:U0MAL", slack_id="U0MAL"), False),
        (Person(key="github:mal", github="mal"), BO, True),
        (Person(key="m@x.test", email="m@x.test"), Person(key="ana", slack_id="U0ANA"), False),
        (Person(key="bo", github="bo"), Person(key="ana", slack_id="U0ANA"), True),
        (Person(key="bo", github="bo"), Person(key="slack:U0ANA", slack_id="U0ANA"), False),
        (Person(key="github:\u200b", github="\u200b"), BO, False),
        (Person(key="1+mal@users.noreply.github.com", email="1+mal@users.noreply.github.com"), ANA, True),
        (
            Person(key="x@users.noreply.github.com", email="x@users.noreply.github.com"),
            replace(ANA, github=None),
            False,
        ),
    ],
    ids=repr,
)
def test_two_can_be_told_apart_by_handles_of_one_kind_or_by_the_table(one: Person, other: Person, can: bool) -> None:  # noqa: FBT001 - a row of the table
    assert can_be_compared(one, other) is can_be_compared(other, one) is can


def test_what_two_share_is_said() -> None:
    assert shared_likeness(ANA, Person(key="x", email="ana+1@acme.test")) == "ana@acme.test"
    assert not shared_likeness(ANA, BO)


@pytest.mark.parametrize("name", ["ana", "key:ana", "slack:U0ANA0000", "bo"])
def test_a_name_given_as_an_address_is_nobody(name: str) -> None:
    assert TABLE.resolve(Identity(email=name)) is None


@pytest.mark.parametrize(
    "forged",
    [
        Identity(github="ana@acme.test"),
        Identity(github="U0ANA0000"),
        Identity(slack_id="ana"),
        Identity(slack_id="ana@acme.test"),
        Identity(email="u0ana0000@ana"),
        Identity(slack_id="u0ana0000"),
    ],
    ids=repr,
)
def test_a_handle_of_another_kind_is_not_the_same_handle(forged: Identity) -> None:
    found = TABLE.resolve(forged)

    assert found is not None
    assert not is_one_of(found, (ANA,))


def test_where_the_table_knows_different_people_the_slack_id_says_most() -> None:
    both = Identity(email="ana@acme.test", slack_id="U0BO00000", github="ana")

    assert TABLE.resolve(both) == replace(BO, also=ANA.handles)
    assert People((BO, ANA)).resolve(replace(both, slack_id=None)) == ANA


def test_a_name_in_the_table_that_is_an_address_is_recognised() -> None:
    found = TABLE.resolve(Identity(email="chen@acme.test"))

    assert found is not None
    assert is_one_of(found, TABLE.known)


def test_the_table_is_asked_by_name() -> None:
    assert TABLE.named("ana") is ANA
    assert TABLE.named("Ana") is None


ODD = [
    Person(key="x", email="\uff41na@acme.test"),  # a fullwidth letter
    Person(key="x", email="ANA@ACME.TE\u017fT"),  # the long s
    Person(key="x", github="\u212aim"),  # the sign for kelvin
]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_what_only_looks_alike_is_banned_and_has_no_right(odd: Person) -> None:
    real = (ANA, Person(key="kim", github="kim"))

    assert is_among(odd, real)
    assert not is_one_of(odd, real)


@pytest.mark.parametrize(
    "other",
    [Person(key="ANA"), Person(key="y", email="Ana@ACME.test"), Person(key="y", github="ANA")],
    ids=repr,
)
def test_letters_in_another_case_are_the_same_handle(other: Person) -> None:
    assert same_human(ANA, other)
    assert is_one_of(other, (ANA,))


def test_different_people_are_different() -> None:
    assert not same_human(ANA, BO)
    assert not is_one_of(ANA, (BO,))
    assert not is_one_of(ANA, ())
    assert not is_among(ANA, ())


@pytest.mark.parametrize("key", ["", "  "])
def test_nobody_is_nameless(key: str) -> None:
    with pytest.raises(ValueError, match="needs a name"):
        Person(key=key)


NAME = (
    st.text(max_size=5)
    | st.text("ab@+.\u200b\uff41 ", max_size=6)
    | st.sampled_from(["1+a@users.noreply.github.com", "a@b", "a"])
)
PERSON = st.builds(
    Person,
    key=NAME.filter(str.strip),
    email=st.none() | NAME,
    slack_id=st.none() | NAME,
    github=st.none() | NAME,
    also=st.frozensets(st.tuples(st.sampled_from(["key", "email", "slack", "github"]), NAME).map(":".join), max_size=2),
)


@settings(deadline=None)
@given(PERSON, PERSON)
def test_a_right_implies_a_likeness_and_everybody_is_themselves(one: Person, other: Person) -> None:
    assert same_human(one, one)
    assert is_one_of(one, (one,))
    assert same_human(one, other) == same_human(other, one)
    assert same_human(one, other) or not is_one_of(one, (other,))


@settings(deadline=None)
@given(PERSON, PERSON)
def test_whoever_reads_the_log_takes_the_same_people_for_one(one: Person, other: Person) -> None:
    mine, theirs = of_person(one), of_person(other)

    assert mine is not None
    assert theirs is not None
    assert share_a_handle(mine, [theirs]) == same_human(one, other)
    assert are_told_apart(mine, theirs) == can_be_compared(one, other)
    assert is_listed(mine, [theirs]) == is_one_of(one, (other,))


@settings(deadline=None)
@given(st.text())
def test_only_the_letters_a_to_z_are_lowered(text: str) -> None:
    assert lowered(text) == "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


TWO = Person(
    key="ana",
    email="ana@acme.test",
    slack_id="U0ANA0000",
    aliases=frozenset({"slack:U0ANA0000", "slack:U0ANA0002", "email:ana@acme.test", "email:ana@home.test"}),
)
"""One human with two Slack accounts and two addresses, as the table lists them."""


def test_each_listed_handle_is_the_same_human_and_the_one_that_came_is_named_first() -> None:
    people = People((TWO,))

    second = people.resolve(Identity(slack_id="U0ANA0002", email="ana@home.test"))

    assert second is not None
    assert (second.key, second.slack_id, second.email) == ("ana", "U0ANA0002", "ana@home.test")
    assert second.accounts == {"U0ANA0000", "U0ANA0002"}
    assert is_one_of(second, [TWO])
    assert same_human(second, TWO)


def test_a_third_account_is_nobody_whom_the_table_lists_with_two() -> None:
    third = People((TWO,)).resolve(Identity(slack_id="U0ANA0003", email="ana@home.test"))

    assert third is not None
    assert not is_one_of(third, [TWO])
    assert same_human(third, TWO)


def test_an_account_listed_later_gains_no_right_in_what_was_frozen_before() -> None:
    then = Person(key="ana", email="ana@acme.test", slack_id="U0ANA0000")
    now = People((TWO,)).resolve(Identity(slack_id="U0ANA0002"))

    assert now is not None
    assert not is_one_of(now, [then])
    assert same_human(now, then)


def test_a_manager_is_whom_the_table_names() -> None:
    people = People((ANA, BO), managers={"ana": "bo"})

    assert people.manager_of(ANA) == BO
    assert people.manager_of(BO) is None
