"""The policy that holds now: swapped whole by a reload, or kept when the new file is wrong."""

from collections.abc import Callable
from pathlib import Path

from bot.core.rules import Policy
from bot.policy.loader import load_policy


class CurrentPolicy:
    """One policy file and what it says at this moment.

    *accept* is asked about a new policy before it holds; what it raises keeps the old one (secrets that are missing,
    say). Raises PolicyInvalid when the file cannot be used at the start.
    """

    def __init__(self, path: Path, accept: Callable[[Policy], None]) -> None:
        self._path = path
        self._accept = accept
        self._policy = self._load()

    def __call__(self) -> Policy:
        """Return the policy that holds now."""
        return self._policy

    def reload(self) -> Policy:
        """Read the file again. Raises PolicyInvalid, or what *accept* raises; then nothing has changed."""
        self._policy = self._load()
        return self._policy

    def _load(self) -> Policy:
        policy = load_policy(self._path)
        self._accept(policy)
        return policy
