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


def test_its_shortcuts_are_those_that_are_listened_to() -> None:
    features = cast("dict[str, Any]", draw_manifest(PLACEHOLDER, Mode.HTTP)["features"])

    assert {one["callback_id"] for one in features["shortcuts"]} == SHORTCUTS
