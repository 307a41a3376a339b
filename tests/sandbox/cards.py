"""Blocks and dialogs to post in tests."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "Deploy payments 1.42.0", **more: Any) -> Json:  # noqa: ANN401 - any field of a block
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str = "approve", **more: Any) -> Json:  # noqa: ANN401 - any field of a button
    return {"type": "button", "text": plain(action_id.title()), "action_id": action_id, **more}


def actions(*elements: Json, block_id: str = "answer") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def card() -> list[Json]:
    return [
        {"type": "header", "text": plain("Deploy payments 1.42.0")},
        section(),
        actions(button("approve", style="primary", value="42"), button("reject", style="danger", value="42")),
    ]


def select(action_id: str = "category", **more: Any) -> Json:  # noqa: ANN401 - any field of a select
    options = [{"text": plain("Product bug"), "value": "bug"}, {"text": plain("Flaky"), "value": "flaky"}]
    return {"type": "static_select", "action_id": action_id, "options": options, **more}


def overflow(action_id: str = "details", **more: Any) -> Json:  # noqa: ANN401 - any field of a menu
    options = [{"text": plain("I'm looking"), "value": "look"}, {"text": plain("Escalate"), "value": "escalate"}]
    return {"type": "overflow", "action_id": action_id, "options": options, **more}


def option(text: str = "Escalate", value: str = "escalate", **more: Any) -> Json:  # noqa: ANN401 - any field of one
    return {"text": plain(text), "value": value, **more}


def question(block_id: str = "reason", **more: Any) -> Json:  # noqa: ANN401 - any field of an input
    element = {"type": "plain_text_input", "action_id": f"{block_id}_text", "multiline": True}
    return {"type": "input", "block_id": block_id, "label": plain("Why?"), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:  # noqa: ANN401 - any field of a view
    return {
        "type": "modal",
        "callback_id": "reject",
        "title": plain("Reject"),
        "submit": plain("Reject"),
        "close": plain("Cancel"),
        "blocks": list(blocks) or [question()],
        **more,
    }


def asks(element: Json, block_id: str = "reason", **more: Any) -> Json:  # noqa: ANN401 - any field of an input
    return {"type": "input", "block_id": block_id, "label": plain("Who, and until when?"), "element": element, **more}


def people(action_id: str = "pick", **more: Any) -> Json:  # noqa: ANN401 - any field of an element
    return {"type": "users_select", "action_id": action_id, **more}


def moment(action_id: str = "details", **more: Any) -> Json:  # noqa: ANN401 - any field of an element
    return {"type": "datetimepicker", "action_id": action_id, **more}
