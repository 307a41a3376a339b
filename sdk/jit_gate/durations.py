"""Durations as the policy file writes them: ``30m``, ``1h30m``, ``2d``."""

from __future__ import annotations

import re

from jit_gate.errors import BadInput

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|[smhdw])")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")


def read_duration(text: str) -> float:
    """Return seconds. Raises BadInput."""
    if not _WHOLE.fullmatch(text):
        raise BadInput(f'{text!r} is no duration: write it like "30m" or "1h30m".')
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


def draw_duration(seconds: float) -> str:
    """Return whole seconds for people: ``1h 02m``, ``4m 05s``, ``9s``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h {minutes:02}m"
    return f"{minutes}m {rest:02}s" if minutes else f"{rest}s"
