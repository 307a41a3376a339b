"""Block Kit's limits, one row each: what is just right is taken, one more is refused with a pointer."""

from typing import Any

import pytest

from bot.sandbox.blocks import check_blocks, check_view
from bot.sandbox.refusal import SlackRefusal
from tests.sandbox.cards import (
    actions,
    asks,
    button,
    card,
    modal,
    moment,
    mrkdwn,
    option,
    overflow,
    people,
    plain,
    question,
    section,
    select,
)

Json = dict[str, Any]


def header(text: str) -> Json:
    return {"type": "header", "text": plain(text)}


def context(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*runs: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(runs)}


RIGHT: list[list[Json]] = [
    card(),
    [{"type": "divider"}] * 50,
    [section("x" * 3000)],
    [{"type": "section", "fields": [mrkdwn("x" * 900)] * 10}],
    [header("x" * 150)],
    [context(*[mrkdwn("x")] * 10)],
    [actions(*[button(f"b{n}") for n in range(25)])],
    [actions(button(value="v" * 2000, text=plain("t" * 75)))],
    [section(accessory=select())],
    [section(accessory=overflow())],
    [actions(overflow(options=[option()]))],
    [actions(overflow(options=[option("t" * 75, "v" * 150, description=plain("d" * 75))] * 5))],
    [actions(overflow(options=[option(url="https://acme.test/" + "u" * 2982)]))],
    [section(accessory=people(initial_user="U0ANA0000"))],
    [actions(people(), moment(initial_date_time=1_628_633_820))],
    [asks(moment(initial_date_time=9_999_999_999))],
    [
        rich(
            rich_section(
                {"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U0ANA0000"}
            )
        )
    ],
    [rich({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}], "border": 0})],
    [rich({"type": "rich_text_list", "style": "bullet", "elements": [rich_section({"type": "text", "text": "x"})]})],
    [{"type": "image", "image_url": "https://acme.test/a.png", "alt_text": "a"}],
]

WRONG: list[tuple[list[Json], str]] = [
    ([asks(overflow())], "unsupported type: overflow [json-pointer:/blocks/0/element/type]"),
    (
        [actions(overflow(options=[option(value=str(n)) for n in range(6)]))],
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    ([actions(overflow(options=[]))], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    (
        [actions(overflow(options=[option("t" * 76)]))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
    ),
    (
        [actions(overflow(options=[option(value="v" * 151)]))],
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    (
        [actions(overflow(options=[option(url="javascript:alert(1)")]))],
        "[json-pointer:/blocks/0/elements/0/options/0/url]",
    ),
    (
        [actions(overflow(options=[option() | {"text": mrkdwn("*x*")}]))],
        "input should be 'plain_text' [json-pointer:/blocks/0/elements/0/options/0/text/type]",
    ),
    (
        [actions(overflow(options=[{"text": plain("x")}]))],
        "missing required field: value [json-pointer:/blocks/0/elements/0/options/0]",
    ),
    (
        [actions(overflow(placeholder=plain("More")))],
        "invalid additional property: placeholder [json-pointer:/blocks/0/elements/0]",
    ),
    (
        [actions(select(options=[option(url="https://acme.test/")]))],
        "invalid additional property: url [json-pointer:/blocks/0/elements/0/options/0]",
    ),
    ([asks(moment(initial_date_time=999_999_999))], "[json-pointer:/blocks/0/element/initial_date_time]"),
    ([section(accessory=moment())], "unsupported type: datetimepicker [json-pointer:/blocks/0/accessory/type]"),
    ([asks(people(initial_user="ana"))], "[json-pointer:/blocks/0/element/initial_user]"),
    ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([{"type": "shout"}], "unsupported type: shout [json-pointer:/blocks/0/type]"),
    ([{}], "missing required field: type [json-pointer:/blocks/0]"),
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    (
        [{"type": "section", "fields": [mrkdwn("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    ([header("x" * 151)], "must be less than 151 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "header", "text": mrkdwn("x")}], "input should be 'plain_text' [json-pointer:/blocks/0/text/type]"),
    ([context(*[mrkdwn("x")] * 11)], "no more than 10 items allowed [json-pointer:/blocks/0/elements]"),
    ([context()], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    (
        [actions(*[button(f"b{n}") for n in range(26)])],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        [actions(button(text=plain("t" * 76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        [actions(button(value="v" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        [actions(button("a" * 256))],
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    (
        [actions(button(), button())],
        "`action_id` approve already exists for another element [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    (
        [actions(button(), block_id="b"), actions(button(), block_id="b")],
        "`block_id` b already exists for another block [json-pointer:/blocks/1/block_id]",
    ),
    ([actions(button(), block_id="b" * 256)], "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    (
        [actions(button(style="warning"))],
        "input should be 'primary' or 'danger' [json-pointer:/blocks/0/elements/0/style]",
    ),
    ([actions(button(colour="red"))], "invalid additional property: colour [json-pointer:/blocks/0/elements/0]"),
    ([actions(button(value=None))], "must not be null [json-pointer:/blocks/0/elements/0/value]"),
    ([actions(button(value=42))], "input should be a valid string [json-pointer:/blocks/0/elements/0/value]"),
    ([actions(button(url="javascript:alert(1)"))], "json-pointer:/blocks/0/elements/0/url]"),
    (
        [actions({"type": "button", "action_id": "a"})],
        "missing required field: text [json-pointer:/blocks/0/elements/0]",
    ),
    ([actions(select(options=[]))], "no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    (
        [actions(select(initial_option={"text": plain("Other"), "value": "other"}))],
        "`initial_option` must match one of the options [json-pointer:/blocks/0/elements/0]",
    ),
    (
        [
            actions(
                button(
                    confirm={"title": plain("t" * 101), "text": plain("x"), "confirm": plain("y"), "deny": plain("n")}
                )
            )
        ],
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
    ),
    (
        [rich(rich_section({"type": "text", "text": ""}))],
        "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
    ),
    (
        [rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U0ANA0000"}]})],
        "unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    ([rich({"type": "section"})], "unsupported type: section [json-pointer:/blocks/0/elements/0/type]"),
]

WRONG_VIEWS: list[tuple[Json, str]] = [
    (modal(title=plain("t" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    (modal(submit=plain("t" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
    (modal(private_metadata="m" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
    (modal(callback_id="c" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
    (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    (modal(colour="red"), "invalid additional property: colour [json-pointer:/view]"),
    (
        {"type": "modal", "title": plain("Ask"), "blocks": [question()]},
        "missing required field: submit [json-pointer:/view]",
    ),
    (
        modal(question(label=plain("l" * 2001))),
        "must be less than 2001 characters [json-pointer:/view/blocks/0/label/text]",
    ),
    (modal(question(element=button())), "unsupported type: button [json-pointer:/view/blocks/0/element/type]"),
    (
        modal(question(element=select(options=[{"text": plain("x"), "value": str(n)} for n in range(101)]))),
        "no more than 100 items allowed [json-pointer:/view/blocks/0/element/options]",
    ),
    ({**modal(), "type": "home"}, "input should be 'modal' [json-pointer:/view/type]"),
    ({}, "missing required field: blocks [json-pointer:/view]"),
]


@pytest.mark.parametrize("blocks", RIGHT)
def test_blocks_at_their_limits_are_taken(blocks: list[Json]) -> None:
    assert check_blocks(blocks) == blocks


@pytest.mark.parametrize(("blocks", "problem"), WRONG, ids=[problem[:60] for _, problem in WRONG])
def test_blocks_past_a_limit_are_refused_with_a_pointer(blocks: list[Json], problem: str) -> None:
    with pytest.raises(SlackRefusal) as refused:
        check_blocks(blocks)

    assert refused.value.code == "invalid_blocks"
    assert any(message.startswith("[ERROR] ") and message.endswith(problem) for message in refused.value.messages)


def test_a_message_of_legal_blocks_can_still_be_too_long() -> None:
    with pytest.raises(SlackRefusal, match="msg_blocks_too_long"):
        check_blocks([section("x" * 2900)] * 5)


@pytest.mark.parametrize("view", [modal(), modal(title=plain("t" * 24), private_metadata="m" * 3000)])
def test_a_dialog_at_its_limits_is_taken(view: Json) -> None:
    assert check_view(view, 1000) == view


@pytest.mark.parametrize(("view", "problem"), WRONG_VIEWS, ids=[problem[:60] for _, problem in WRONG_VIEWS])
def test_a_dialog_past_a_limit_is_refused_with_a_pointer(view: Json, problem: str) -> None:
    with pytest.raises(SlackRefusal) as refused:
        check_view(view, 1000)

    assert refused.value.code == "invalid_arguments"
    assert f"[ERROR] {problem}" in refused.value.messages


def test_a_dialog_of_more_than_250_kilobytes_is_refused() -> None:
    with pytest.raises(SlackRefusal, match="view_too_large"):
        check_view(modal(), 250_001)
