"""A click on a shared card against the same click on each alone: whoever was shown stands where they would alone.

What happens is drawn, and :mod:`tests.model.pair` lets it happen in two houses; they are compared after each act.
"""

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.core.ruling import Verdict
from bot.store import verify_audit
from tests.model.house import a_house
from tests.model.pair import ALONE, EVENTS, PEOPLE, PRESENCE, SHARED, Pair

OFTEN = ("ask", "ask", "draw", "click", "click", "together", "both")
ACTS = st.tuples(
    st.sampled_from(
        [
            *OFTEN,
            *OFTEN,
            "ask for more",
            "command",
            "command",
            "looks",
            "looks",
            "wait",
            "doze",
            "later",
            "overslept",
            "overtaken",
            "supersede",
            *EVENTS,
            *PRESENCE,
        ]
    ),
    st.integers(0, 5),
    st.sampled_from([*PEOPLE, *PEOPLE[:2], *PEOPLE[:2]]),
    st.sampled_from([Verdict.APPROVE, Verdict.APPROVE, Verdict.REJECT]),
)


@settings(
    max_examples=max(10, int(os.environ.get("JIT_MODEL_EXAMPLES", "80")) // 8),
    phases=[Phase.generate] if "JIT_MODEL_EXAMPLES" in os.environ else list(Phase),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.booleans(), st.lists(ACTS, min_size=6, max_size=30))
def test_each_stands_where_it_would_had_the_click_been_made_on_it_alone(
    supersedes: bool,  # noqa: FBT001 - drawn
    acts: list[tuple[Any, ...]],
) -> None:
    asyncio.run(_live(acts, supersedes=supersedes))


async def _live(acts: list[tuple[Any, ...]], *, supersedes: bool) -> None:
    ruling = replace(SHARED, supersede_lane=supersedes)
    with TemporaryDirectory() as folder:
        shared, alone = await a_house(Path(folder), "shared", ruling), await a_house(Path(folder), "alone", ALONE)
        pair = Pair(shared, alone, supersedes)
        try:
            for act in acts:
                await pair.act(*act)
                await pair.compare()
            verdict = await shared.store.read(verify_audit)
            assert verdict.ok, verdict.why
        finally:
            await shared.store.close()
            await alone.store.close()
