"""What a condition makes of a field that the caller left out: it reads as ``""``, which is not "production" either."""

import re
from collections.abc import Iterator

from bot.policy.conditions.engine import Engine
from bot.policy.conditions.facts import FACTS, Kind

_REQUIRED = frozenset({"request.title", "request.action"})
_OMITTABLE = [
    fact.name
    for fact in FACTS
    if fact.kind is Kind.TEXT and fact.name.startswith("request.") and fact.name not in _REQUIRED
]
_LITERAL = re.compile(r"""\"([^"\\]*)\"|'([^'\\]*)'""")


def let_through_when_omitted(text: str, engine: Engine) -> Iterator[str]:
    """Yield the facts that block *text*, which compiles, with a value it names, and do not when they are left out.

    ``request.environment != "production"`` is such a condition; ``request.environment == "staging"`` is none.
    """
    blocks = engine.blocker(text)
    named = {first or second for first, second in _LITERAL.findall(text)} - {""}
    for fact in _OMITTABLE:
        if fact in text and not blocks(fact, "") and any(blocks(fact, value) for value in named):
            yield fact
