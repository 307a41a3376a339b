"""What the page writes can be read on what it stands on, by day and by night."""

import re
from pathlib import Path

import pytest

import bot.sandbox

STYLE = Path(bot.sandbox.__file__).parent.joinpath("static", "page.css").read_text(encoding="utf-8")
LEAST = 4.5
"""The contrast that WCAG 2.2 asks for text of this size (1.4.3, level AA)."""


def palettes() -> dict[str, dict[str, str]]:
    """Return both palettes, colours as #rrggbb by their names; by night those count that are not said again."""
    day, night = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", body))
        for body in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    )
    return {"day": day, "night": day | night}


def luminance(colour: str) -> float:
    """Return https://www.w3.org/TR/WCAG22/#dfn-relative-luminance of #rrggbb."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("time", ["day", "night"])
@pytest.mark.parametrize(
    ("words", "ground"),
    [
        *((words, ground) for words in ("text", "faint", "link") for ground in ("ground", "soft", "whisper", "raised")),
        ("link", "mention"),
        ("code", "soft"),
        ("primary-text", "primary"),
        ("danger-text", "danger"),
        ("nav-text", "nav"),
        ("nav-strong", "nav-here"),
    ],
)
def test_words_can_be_read_where_they_stand(words: str, ground: str, time: str) -> None:
    colours = palettes()[time]

    assert contrast(colours[words], colours[ground]) >= LEAST
