"""What rules compare is what people see on the card: text that looks like another text is refused."""

from typing import Any

import pytest

from tests.handlers.api.house import BEARER, MINIMAL, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIELDS = ("action", "service", "environment", "repository", "ref", "commit", "lane", "severity")
UNSEEN = {
    "a zero-width space": "production\u200b",
    "a zero-width joiner": "prod\u200duction",
    "a word joiner": "production\u2060",
    "a soft hyphen": "prod\u00aduction",
    "a variation selector": "production\ufe0f",
    "an override of direction": "\u202enoitcudorp",
    "an isolate": "\u2066production\u2069",
    "a tag": "production\U000e0070",
    "a Hangul filler": "production\u3164",
    "a combining joiner": "pro\u034fduction",
    "a blank of Braille": "production\u2800",
    "a no-break space": "pro\u00a0duction",
    "an ideographic space": "production\u3000",
    "a line separator": "production\u2028",
    "a control": "production\x08",
    "a tab": "pro\tduction",
    "a line break at the end": "production\n",
    "a space at the end": "production ",
    "a space in front": " production",
    "two spaces in a row": "production  eu",
}


async def refused_at(house: House, **fields: Any) -> list[str]:  # noqa: ANN401 - any field of a request
    async with house.client.post("/v1/requests", json={**MINIMAL, **fields}, headers=BEARER) as answer:
        assert answer.status == 422, await answer.text()
        return [error["pointer"] for error in (await answer.json(content_type=None))["errors"]]


@pytest.mark.parametrize("kind", UNSEEN)
@pytest.mark.parametrize("field", FIELDS)
async def test_what_a_rule_compares_looks_like_nothing_else(shared_house: House, field: str, kind: str) -> None:
    assert await refused_at(shared_house, **{field: UNSEEN[kind]}) == [f"/{field}"]


@pytest.mark.parametrize("kind", UNSEEN)
async def test_labels_flags_and_the_names_of_parameters_are_compared_too(shared_house: House, kind: str) -> None:
    name = UNSEEN[kind]

    assert await refused_at(shared_house, labels=["hotfix", name]) == ["/labels/1"]
    assert await refused_at(shared_house, flags={name: True}) == [f"/flags/{name}"]
    assert await refused_at(shared_house, parameters={"a": [{name: 1}]}) == [f"/parameters/a/0/{name}"]


@pytest.mark.parametrize("hidden", ["\u200b", "\u2060", "\u00ad", "\U000e0041"])
async def test_nobody_has_an_address_with_something_unseen_in_it(shared_house: House, hidden: str) -> None:
    assert await refused_at(shared_house, requester={"email": f"ana{hidden}@acme.test"}) == ["/requester/email"]
    assert await refused_at(shared_house, authors=[{"github": f"bo{hidden}"}]) == ["/authors/0/github"]


@pytest.mark.parametrize("hidden", ["\u200b", "\u2060", "\u00ad", "\u202e", "\x08"])
async def test_a_parameter_holds_nothing_unseen(shared_house: House, hidden: str) -> None:
    assert await refused_at(shared_house, parameters={"region": ["us", f"eu{hidden}"]}) == ["/parameters/region/1"]


async def test_the_character_is_named(shared_house: House) -> None:
    async with shared_house.client.post("/v1/requests", json={**MINIMAL, "lane": "a\u200b"}, headers=BEARER) as answer:
        assert "U+200B" in (await answer.json(content_type=None))["detail"]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": " Deploy\u200b \u202epayments", "reason": "line\n\u200bline\t ", "metadata": {"a\u200b": "\u2060"}},
        {"environment": "Süd-Ost 2", "service": "платежи", "ref": "refs/heads/größe", "lane": "日本/本番"},
        {"labels": ["⚠️ risky", "👩🏽‍🚀", "🏳️‍🌈 pride", "🐛"]},
        {"parameters": {"script": "set -e\n\techo ok\r\n", "separator": " ", "note": "two  spaces "}},
    ],
)
async def test_what_can_be_seen_or_is_only_read_stays_free(shared_house: House, fields: dict[str, Any]) -> None:
    asked = await shared_house.ask({**MINIMAL, **fields})

    assert {name: asked[name] for name in fields} == fields
