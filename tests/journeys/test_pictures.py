"""The pictures of the docs are those that the journeys take, each is shown with words for whoever can't see it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PICTURES = sorted((ROOT / "docs" / "images").glob("*.png"))
LARGEST = 200_000
"""Bytes."""


def test_every_picture_is_taken_by_a_journey() -> None:
    journeys = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))

    assert PICTURES
    assert [one.stem for one in PICTURES if f'"{one.stem}")' not in journeys] == []


def test_every_picture_is_shown_and_said_in_words() -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = [
        found for one in documents for found in re.findall(r"!\[(.*?)\]\((.*?)\)", one.read_text(encoding="utf-8"))
    ]

    assert {Path(path).name for _, path in shown} == {one.name for one in PICTURES}
    assert [path for words, path in shown if len(words.split()) < 3] == []


def test_no_picture_is_large() -> None:
    assert {one.name: one.stat().st_size for one in PICTURES if one.stat().st_size > LARGEST} == {}
