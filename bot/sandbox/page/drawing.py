"""The templates: strict about names, and escaping everything."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

HERE = Path(__file__).parent.parent


@cache
def templates() -> jinja2.Environment:
    """Return the environment; a name that is missing is an error, and every value is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = _clock
    return environment


def draw(name: str, **values: Any) -> str:  # noqa: ANN401 - a template takes any values
    """Return a template filled in."""
    return templates().get_template(name).render(**values)


def _clock(time: datetime) -> str:
    return f"{time:%H:%M}"
