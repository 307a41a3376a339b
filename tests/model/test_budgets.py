"""Budgets and limits against a list of moments: no rule decides, or asks, more often than its file says."""

import asyncio
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.core.errors import Refusal, Refused
from bot.core.judging.budget import Limit
from bot.core.judging.policy import Policy, Rule
from bot.core.ruling import Handling
from bot.store import verify_audit
from bot.usecases.submit import submit
from tests.factories import POLICY_HASH, a_cancellation, a_ruling, some_tests
from tests.model.house import House, a_house
from tests.store.asks import advancing
from tests.store.sharing import ask_of

MINUTE = timedelta(minutes=1)
LIMITS = st.builds(Limit, count=st.integers(1, 3), per=st.sampled_from([5 * MINUTE, 10 * MINUTE, 15 * MINUTE]))
ACTS = st.sampled_from(["ask", "ask", "ask", "ask", "doubtful", "cancel", "wait", "wait", "moment"])


def _policy(budget: Limit, limit: Limit) -> Policy:
    yes = Rule(
        name="yes", when=None, terms=a_ruling(handling=Handling.AUTO_APPROVE, rule="yes", channels=()), limit=budget
    )
    ask = Rule(name="ask", when=None, terms=a_ruling(rule="ask", timeout=timedelta(days=1)), limit=limit)
    return Policy(hash=POLICY_HASH, default=a_ruling(rule="default"), rules=(yes, ask))


@dataclass
class Books:
    """When each rule was used, and what that leaves: a use exactly one span ago is free again."""

    budget: Limit
    limit: Limit
    approved: list[datetime] = field(default_factory=list[datetime])
    asked: list[datetime] = field(default_factory=list[datetime])
    used: int = 0

    def expect(self, now: datetime, *, is_doubtful: bool) -> str | timedelta:
        """Return what becomes of one more ask, or how long to wait before it is taken."""
        self.used = self.budget.count - self._left(self.approved, self.budget, now)
        if not is_doubtful and self._left(self.approved, self.budget, now) > 0:
            self.approved.append(now)
            return "approved"
        if self._left(self.asked, self.limit, now) > 0:
            self.asked.append(now)
            return "pending"
        tight = sorted(self.asked)[-self.limit.count]
        return tight + self.limit.per - now

    @staticmethod
    def _left(uses: list[datetime], limit: Limit, now: datetime) -> int:
        return limit.count - sum(now - moment < limit.per for moment in uses)


async def _ask(house: House, policy: Policy, *, is_doubtful: bool) -> str | timedelta | None:
    ask = ask_of(tests=some_tests(incomplete=["cut off"]) if is_doubtful else some_tests())
    try:
        made = await house.store.committer.run(lambda tx, now: submit(tx, ask, policy, now))
    except Refused as refused:
        return refused.retry_after if refused.code is Refusal.TOO_MANY else None
    house.made.append(made.request.id)
    return made.request.state.value


@settings(
    max_examples=max(20, int(os.environ.get("JIT_MODEL_EXAMPLES", "400")) // 10),
    phases=[Phase.generate] if "JIT_MODEL_EXAMPLES" in os.environ else list(Phase),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(LIMITS, LIMITS, st.lists(ACTS, min_size=6, max_size=30))
def test_a_rule_is_used_as_often_as_its_file_says(budget: Limit, limit: Limit, acts: list[str]) -> None:
    asyncio.run(_live(budget, limit, acts))


async def _live(budget: Limit, limit: Limit, acts: list[str]) -> None:
    policy, books = _policy(budget, limit), Books(budget, limit)
    with TemporaryDirectory() as folder:
        house = await a_house(Path(folder), "books", a_ruling())
        try:
            for act in acts:
                if act in {"wait", "moment"}:
                    house.clock[0] += 5 * MINUTE if act == "wait" else timedelta(microseconds=1)
                elif act == "cancel" and house.made:
                    await house.run(advancing(house.made[-1], a_cancellation()))
                elif act in {"ask", "doubtful"}:
                    expected = books.expect(house.clock[0], is_doubtful=act == "doubtful")
                    assert await _ask(house, policy, is_doubtful=act == "doubtful") == expected
                    if act == "ask" and isinstance(expected, str):
                        spent = [(one.rule, one.used) for one in (await house.look(-1)).ruling.budgets]
                        assert spent == [("yes", books.used)], "it can't be told why"
            verdict = await house.store.read(verify_audit)
            assert verdict.ok, verdict.why
        finally:
            await house.store.close()
