"""GitHub's own examples, as they are published, are read for what they mean."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from handlers.hooks.delivery import Delivery
from handlers.hooks.github import KIND
from handlers.hooks.meanings import Ended, Meaning, Nothing, Ping
from tests.fakes.github import SECRET, signed
from tests.handlers.hooks.conftest import GITHUB

PUBLISHED: dict[str, Any] = json.loads((Path(__file__).parent / "github_published.json").read_text(encoding="utf-8"))


def read(event: str, payload: object) -> Meaning:
    body = orjson.dumps(payload)
    delivery = Delivery(headers=signed(event, body), body=body)
    KIND.prove(delivery, {"webhook_secret": SECRET})
    return KIND.read(delivery, GITHUB)


def test_a_ping_is_a_ping() -> None:
    assert read("ping", PUBLISHED["payloads"]["ping"]) == Ping()


def test_a_run_that_is_over_ends_what_waits_in_it() -> None:
    payload = PUBLISHED["payloads"]["workflow_run"]
    payload["workflow_run"]["conclusion"] = "cancelled"

    meaning = read("workflow_run", payload)

    at = datetime(2021, 12, 16, 19, 37, 22, tzinfo=UTC)
    assert meaning == Ended(
        matter="Codertocat/Hello-World/runs/1589141559", at=at, reason="The run on GitHub ended: cancelled"
    )


@pytest.mark.parametrize(
    ("action", "conclusion"), [("completed", "action_required"), ("completed", None), ("requested", "success")]
)
def test_a_run_that_goes_on_ends_nothing(action: str, conclusion: str | None) -> None:
    payload = PUBLISHED["payloads"]["workflow_run"]
    run = payload["workflow_run"] | {"conclusion": conclusion}

    assert isinstance(read("workflow_run", payload | {"action": action, "workflow_run": run}), Nothing)


def test_everything_else_is_nothing() -> None:
    assert isinstance(read("deployment_status", PUBLISHED["payloads"]["deployment_status"]), Nothing)
