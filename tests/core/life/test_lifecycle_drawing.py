"""The page about the lifecycle is the lifecycle's."""

from pathlib import Path

from bot.core.life.lifecycle_drawing import draw_lifecycle

PAGE = Path(__file__).parents[3] / "docs" / "lifecycle.md"
AGAIN = (
    """draw again: python -c "from bot.core.life.lifecycle_drawing import draw_lifecycle as d; print(d(), end='')" """
)


def test_the_page_says_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == draw_lifecycle(), f"{AGAIN}> docs/lifecycle.md"
