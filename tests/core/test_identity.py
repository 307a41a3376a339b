"""One human, however they sign in: likeness is enough for a ban, only certainty gives a right."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.identity import Identity, People, Person, is_among, is_one_of, lowered, same_human
from tests.factories import ANA, BO

TABLE = People((ANA, BO, Person(key="chen@acme.test", slack_id="U0CHEN000"), Person(key="dia", email="dia@acme.test")))


@pytest.mark.parametrize(
    "identity",
    [
        Identity(email="ana@acme.test"),
        Identity(email=" ANA@Acme.Test "),
        Identity(slack_id="U0ANA0000"),
        Identity(github="Ana"),
        Identity(email="ana@home.test", slack_id="U0ANA0000"),
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

    assert TABLE.resolve(both) == BO
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


PERSON = st.builds(
    Person,
    key=st.text(min_size=1, max_size=5).filter(str.strip),
    email=st.none() | st.text(max_size=5),
    slack_id=st.none() | st.text(max_size=5),
    github=st.none() | st.text(max_size=5),
)


@settings(deadline=None)
@given(PERSON, PERSON)
def test_a_right_implies_a_likeness_and_everybody_is_themselves(one: Person, other: Person) -> None:
    assert same_human(one, one)
    assert is_one_of(one, (one,))
    assert same_human(one, other) == same_human(other, one)
    assert same_human(one, other) or not is_one_of(one, (other,))


@settings(deadline=None)
@given(st.text())
def test_only_the_letters_a_to_z_are_lowered(text: str) -> None:
    assert lowered(text) == "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)
