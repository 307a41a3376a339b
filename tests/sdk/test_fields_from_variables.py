"""`--from-env`: what a form of a CI sends becomes the flags that it stands for, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jit_gate import BadInput
from jit_gate.cli.command import run
from jit_gate.cli.fields import with_fields
from jit_gate.cli.flags import fields, parser

ASK = ("request", "--from-env", "F")


def read(**env: str) -> list[str]:
    return with_fields(ASK, env)


def test_each_field_is_its_flag_and_what_is_empty_says_nothing() -> None:
    found = read(F_TITLE="a b", F_CALLBACK_URL="https://ci.acme.test", F_LANE="", F_REF=" \n", OTHER="x", FF_TITLE="y")

    assert found == ["request", "--callback-url=https://ci.acme.test", "--title=a b"]


def test_what_repeats_has_one_a_line_or_is_numbered() -> None:
    assert read(F_LABEL="a\n\n b \n")[1:] == ["--label=a", "--label=b"]
    assert read(F_REPORT_0="build/*.xml", F_REPORT_1="target/*.xml")[1:] == [
        "--report=build/*.xml",
        "--report=target/*.xml",
    ]


def test_a_reason_keeps_its_lines() -> None:
    assert read(F_REASON="one\ntwo")[1:] == ["--reason=one\ntwo"]


@pytest.mark.parametrize(("value", "words"), [("true", ["--wait"]), ("False", []), ("", [])])
def test_a_switch_is_true_or_false(value: str, words: list[str]) -> None:
    assert read(F_WAIT=value)[1:] == words


@pytest.mark.parametrize(
    "env",
    [{"F_WAIT": "yes"}, {"F_TITEL": "x"}, {"F_TITLE_0": "x"}, {"F_HELP": "true"}, {"F_FROM_ENV": "X"}, {"F_": "x"}],
)
def test_what_is_no_field_is_an_error_that_names_it(env: dict[str, str]) -> None:
    with pytest.raises(BadInput) as caught:
        with_fields(ASK, env)

    assert str(caught.value).startswith(next(iter(env)))


def test_the_command_lines_own_flags_win() -> None:
    words = with_fields(
        ("request", "--from-env=F", "--title=mine", "--action=a"), {"F_TITLE": "theirs", "F_ACTION": "b"}
    )

    flags = parser().parse_args(words)
    assert (flags.title, flags.action) == ("mine", "a")


def test_without_it_no_variable_counts() -> None:
    words = ["request", "--title=t", "--action=a", "--reason=--from-env"]

    assert with_fields(words, {"_TITLE": "x", "F_TITLE": "y"}) == words


@given(st.text(min_size=1).filter(str.strip))
def test_no_text_is_taken_for_a_flag(text: str) -> None:
    flags = parser().parse_args(read(F_TITLE=text, F_ACTION="--wait"))

    assert (flags.title, flags.action, flags.wait) == (text, "--wait", False)


def test_every_field_of_a_request_is_one() -> None:
    every = {"title", "action", "service", "environment", "repository", "ref", "commit", "lane", "reason", "severity"}

    assert every | {"label", "parameter", "report", "wait", "timeout", "requester", "outputs"} <= set(fields("request"))
    assert fields("no such command") == {}


def test_a_bad_one_is_exit_3_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("F_TITEL", "x")

    assert run(ASK) == 3

    told = capsys.readouterr().err
    assert told.startswith("jit-gate: F_TITEL is no field: there are accept-conditions, action, ")
    assert told.count("\n") == 1
