"""A door that does as told, and fails the test when the relay misuses it."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.attempts import Attempt, Delivered
from bot.relay.errand import Errand, Hold
from tests.relay.virtual import clock

Answer = Attempt | Hold | Exception | Callable[[Errand], Attempt]


@dataclass(slots=True)
class ADoor:
    """Answers each destination's errands in turn; Delivered when nothing was prepared."""

    scope: str = "slack:"
    cap: int = 16
    seconds: float = 0.0
    answers: defaultdict[str, deque[Answer]] = field(default_factory=lambda: defaultdict[str, deque[Answer]](deque))
    carried: list[tuple[str, datetime]] = field(default_factory=list[tuple[str, datetime]])
    errands: list[Errand] = field(default_factory=list[Errand])
    slow: dict[str, float] = field(default_factory=dict[str, float])
    pacing: dict[str, datetime] = field(default_factory=dict[str, datetime])
    most_at_once: int = 0
    _inside: list[str] = field(default_factory=list[str])
    _arrived: set[str] = field(default_factory=set[str])

    def prepare(self, destination: str, *answers: Answer) -> None:
        self.answers[destination].extend(answers)

    def paced(self, now: datetime) -> Mapping[str, datetime]:
        return {destination: turn for destination, turn in self.pacing.items() if turn > now}

    async def carry(self, errand: Errand, now: datetime) -> Attempt | Hold:
        assert now == clock()
        assert errand.id not in self._arrived, "delivered again after it had arrived"
        with self._one_at_a_time(errand.destination):
            self.carried.append((errand.id, now))
            self.errands.append(errand)
            await asyncio.sleep(self.slow.get(errand.destination, self.seconds))
            return self._answer(errand)

    def _answer(self, errand: Errand) -> Attempt | Hold:
        prepared = self.answers[errand.destination]
        answer = prepared.popleft() if prepared else Delivered()
        if isinstance(answer, Exception):
            raise answer
        attempt = answer(errand) if callable(answer) else answer
        if isinstance(attempt, Delivered):
            self._arrived.add(errand.id)
        return attempt

    @contextmanager
    def _one_at_a_time(self, destination: str) -> Generator[None]:
        assert destination not in self._inside, f"two at once for {destination}"
        self._inside.append(destination)
        self.most_at_once = max(self.most_at_once, len(self._inside))
        assert len(self._inside) <= self.cap, "more at once than the door takes"
        try:
            yield
        finally:
            self._inside.remove(destination)
