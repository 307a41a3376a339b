"""blocks.validate: exactly one thing, and every problem with its place."""

from typing import Any, cast

import pytest
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import Api
from tests.sandbox.cards import card, modal, section

Json = dict[str, Any]

HOME = {"type": "home", "blocks": [section()]}
WRONG = [section(), {"type": "poem"}]


async def refused(api: Api, **given: object) -> Json:
    with pytest.raises(SlackApiError) as caught:
        await api("blocks_validate", **given)
    return cast("Any", caught.value).response.data


@pytest.mark.parametrize(
    "given", [{"blocks": card()}, {"message": {"blocks": card()}}, {"view": modal()}, {"view": HOME}]
)
async def test_what_slack_would_take_is_taken(api: Api, given: Json) -> None:
    assert await api("blocks_validate", **given) == {"ok": True}


@pytest.mark.parametrize(
    ("given", "error", "pointer"),
    [
        ({"blocks": WRONG}, "invalid_blocks", "/1/type"),
        ({"message": {"blocks": WRONG}}, "invalid_message", "/blocks/1/type"),
        ({"message": {"text": "x"}}, "invalid_message", ""),
        ({"view": modal(*WRONG)}, "invalid_view", "/blocks/1/type"),
        ({"view": HOME | {"blocks": WRONG}}, "invalid_view", "/blocks/1/type"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(api: Api, given: Json, error: str, pointer: str) -> None:
    answer = await refused(api, **given)

    assert answer["error"] == error
    assert [problem["pointer"] for problem in answer["errors"]] == [pointer]
    assert all(problem["message"] for problem in answer["errors"])


@pytest.mark.parametrize("given", [{}, {"blocks": card(), "view": modal()}])
async def test_exactly_one_is_validated_at_a_time(api: Api, given: Json) -> None:
    assert (await refused(api, **given))["error"] == "invalid_arguments"
