"""The policy that holds now: swapped whole by a reload, or kept when the new file is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from bot.core.judging.policy import Policy
from bot.policy.loader import load_policy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """A policy that may hold, and what was found for it."""

    policy: Policy
    found: T


class CurrentPolicy(Generic[T]):
    """One policy file and what it says at this moment.

    *find* is asked for what a new policy needs before it holds; what it raises keeps the old one (secrets that are
    missing, say). Raises PolicyInvalid when the file cannot be used at the start.
    """

    def __init__(self, path: Path, find: Callable[[Policy], T]) -> None:
        self._path = path
        self._find = find
        self._held = self.load()

    def __call__(self) -> Policy:
        """Return the policy that holds now."""
        return self._held.policy

    def found(self) -> T:
        """Return what was found for the policy that holds now; the same object as long as that holds."""
        return self._held.found

    def load(self) -> Candidate[T]:
        """Read the file again, and change nothing yet. Raises PolicyInvalid, or what *find* raises."""
        policy = load_policy(self._path)
        return Candidate(policy, self._find(policy))

    def hold(self, candidate: Candidate[T]) -> None:
        """Swap: from here on *candidate* is what requests are judged by."""
        self._held = candidate
