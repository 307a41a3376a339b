import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.slack.jit.words import (
    LONGEST_REASON,
    Choice,
    Command,
    Puzzle,
    Word,
    people_apart,
    read_command,
    said_to_us,
)

ID = "019a0000-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", Command(word=Word.HELP)),
        ("   ", Command(word=Word.HELP)),
        ("HELP", Command(word=Word.HELP)),
        ("list", Command(word=Word.LIST)),
        ("show 12", Command(word=Word.SHOW, which="12")),
        ("show #12", Command(word=Word.SHOW, which="#12")),
        (f"show {ID.upper()}", Command(word=Word.SHOW, which=ID)),
        ("Approve  12", Command(word=Word.APPROVE, which="12")),
        ("list in public", Command(word=Word.LIST, is_public=True)),
        ("list  channel  In  Public", Command(word=Word.LIST, choice=Choice.CHANNEL, is_public=True)),
        ("stats 12h in public", Command(word=Word.STATS, rest="12h", is_public=True)),
        ("on-call in public", Command(word=Word.ON_CALL, is_public=True)),
        ("on-call republic", Command(word=Word.ON_CALL, rest="republic")),
        ("reject 12 said in public", Command(word=Word.REJECT, which="12", reason="said in public")),
        ("approve 12 looks fine", Command(word=Word.APPROVE, which="12", reason="looks fine")),
        ('reject 12 "the test is red"', Command(word=Word.REJECT, which="12", reason="the test is red")),
        ("reject 12 “the test is red”", Command(word=Word.REJECT, which="12", reason="the test is red")),
        ("reject 12 it's red", Command(word=Word.REJECT, which="12", reason="it's red")),
        ("reject 12 a &lt; b &amp;&amp; c &gt; d", Command(word=Word.REJECT, which="12", reason="a < b && c > d")),
        ("reject 12 &amp;lt;", Command(word=Word.REJECT, which="12", reason="&lt;")),
        ("reject 12 a\u202eb\x00c", Command(word=Word.REJECT, which="12", reason="abc")),
    ],
)
def test_what_people_type_is_understood(text: str, command: Command) -> None:
    assert read_command(text) == command


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("<@U0JITBOT0> list", "list"),
        ("<@U0JITBOT0|jit>,\n  show   #1 ", "show #1"),
        ("\u200b <@U0JITBOT0>: ", ""),
        ("<@U0JITBOT0>", ""),
        ("<@U0JITBOT00> list", None),
        ("<@U0OTHER00> list", None),
        ("Hey <@U0JITBOT0> list", None),
        ("&lt;@U0JITBOT0&gt; list", None),
        ("<@U0JITBOT0 list", None),
        ("", None),
    ],
)
def test_only_what_begins_with_the_bot_s_name_is_said_to_it(text: str, asked: str | None) -> None:
    assert said_to_us(text, "U0JITBOT0") == asked


def test_people_stand_apart_from_the_words_around_them() -> None:
    assert people_apart("delegate <@U0BO00000|bo> until &lt;friday&gt;") == [
        "delegate ",
        "U0BO00000",
        " until <friday>",
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("aprove 2", "Did you mean /jit approve 2?"),
        ("rejct 12 the test is red", "Did you mean /jit reject 12 the test is red?"),
        ("aprove", "Did you mean /jit approve N [reason]?"),
        ("aprove it", "Did you mean /jit approve N [reason]?"),
        ("lst", "Did you mean /jit list [for me | mine | channel]?"),
        ("list mine in public", "shown to you alone"),
        ("list for me in public", "shown to you alone"),
        ("xyzzy", "/jit help"),
        ("show", "/jit show N"),
        ("approve", "/jit approve N"),
        ("reject because it is red", "/jit reject N"),
        ("approve 12; drop", "/jit approve N"),
        ("approve 1234567890123456", "/jit approve N"),
        ("reject 12 " + "x" * (LONGEST_REASON + 1), str(LONGEST_REASON)),
    ],
)
def test_what_is_not_understood_gets_the_nearest_that_would_be(text: str, hint: str) -> None:
    puzzle = read_command(text)

    assert isinstance(puzzle, Puzzle)
    assert hint in puzzle.sentence


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200))
def test_nothing_anybody_types_breaks_it(text: str) -> None:
    read_command(text)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("<@U0BO00000|bo> said so", "@bo said so"),
        ("<@U0BO00000> said so in <#C0APPROVE|approvals>", "@U0BO00000 said so in #approvals"),
        ("see <https://ci.acme.test/1?a=1&amp;b=2|ci.acme.test>", "see https://ci.acme.test/1?a=1&b=2"),
        ("&lt;@U0BO00000&gt; is no reference", "<@U0BO00000> is no reference"),
    ],
)
def test_references_in_a_reason_are_as_they_were_typed(sent: str, reason: str) -> None:
    command = read_command(f"reject 12 {sent}")

    assert isinstance(command, Command)
    assert command.reason == reason


def test_a_word_about_no_request_keeps_what_stands_behind_it() -> None:
    assert read_command("delegate <@U0BO00000|bo> until friday") == Command(
        word=Word.DELEGATE, rest="<@U0BO00000|bo> until friday"
    )
