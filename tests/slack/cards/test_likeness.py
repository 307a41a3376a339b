"""A card is recognised in what Slack makes of it, and calls nobody when it is hushed."""

from typing import Any

import orjson

from bot.slack.cards.likeness import hush, words_kept

BLOCKS: list[dict[str, Any]] = [
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "a & b"},
                    {"type": "user", "user_id": "U0ANA0000"},
                    {"type": "usergroup", "usergroup_id": "S0QA00000"},
                    {"type": "broadcast", "range": "here"},
                ],
            }
        ],
    },
    {"type": "actions", "elements": [{"type": "button", "action_id": "jit_approve", "value": "v1"}]},
]


def changed(old: str, new: str) -> dict[str, object]:
    return {"blocks": orjson.loads(orjson.dumps(BLOCKS).decode().replace(old, new))}


def test_ids_and_escapes_that_slack_adds_change_nothing() -> None:
    ours = words_kept({"blocks": BLOCKS})

    assert words_kept(changed('"type":"actions"', '"block_id":"x1","type":"actions"')) == ours
    assert words_kept(changed("a & b", "a &amp; b")) == ours


def test_other_words_people_and_buttons_are_told_apart() -> None:
    ours = words_kept({"blocks": BLOCKS})
    lies = [changed("a & b", "approved"), changed("U0ANA0000", "U0BO00000"), changed("v1", "v2")]

    assert len({ours, *(words_kept(lie) for lie in lies)}) == 4
    assert words_kept({"blocks": []}) is None
    assert words_kept(None) is None


def test_a_hushed_card_calls_nobody_and_keeps_its_words_and_buttons() -> None:
    hushed = orjson.dumps(hush(BLOCKS)).decode()

    assert not any(call in hushed for call in ("U0ANA0000", "S0QA00000", "broadcast"))
    assert "a & b" in hushed
    assert "jit_approve" in hushed
