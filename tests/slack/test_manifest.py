from pathlib import Path
from typing import Any, cast

import pytest
from ruamel.yaml import YAML

from bot.slack.manifest import PLACEHOLDER, Mode, draw_manifest
from handlers.slack import SHORTCUTS

WRITTEN = Path(__file__).parents[2] / "manifest.yml"


def test_the_written_manifest_is_the_drawn_one() -> None:
    assert cast("Any", YAML(typ="safe")).load(WRITTEN) == draw_manifest(PLACEHOLDER, Mode.HTTP)


def test_in_socket_mode_there_is_no_address() -> None:
    drawn = draw_manifest(PLACEHOLDER, Mode.SOCKET)

    assert PLACEHOLDER not in str(drawn)
    assert "'socket_mode_enabled': True" in str(drawn)


@pytest.mark.parametrize("mode", list(Mode))
def test_it_is_schema_version_two(mode: Mode) -> None:
    assert draw_manifest(PLACEHOLDER, mode)["_metadata"] == {"major_version": 2, "minor_version": 1}


@pytest.mark.parametrize(
    ("public_url", "domains"),
    [
        ("https://jit.acme.test", ["jit.acme.test"]),
        ("https://jit.acme.test:8443", ["jit.acme.test"]),
        ("http://127.0.0.1:8080", None),
        ("http://localhost:8080", None),
        ("http://[::1]:8080", None),
    ],
)
def test_links_to_its_own_host_are_shown_where_others_know_that(public_url: str, domains: list[str] | None) -> None:
    features = cast("dict[str, Any]", draw_manifest(public_url, Mode.SOCKET)["features"])

    assert features.get("unfurl_domains") == domains


def test_its_shortcuts_are_those_that_are_listened_to() -> None:
    features = cast("dict[str, Any]", draw_manifest(PLACEHOLDER, Mode.HTTP)["features"])

    assert {one["callback_id"] for one in features["shortcuts"]} == SHORTCUTS
