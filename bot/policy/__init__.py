"""The policy file in, :mod:`bot.core.rules` out: YAML with positions, CEL conditions compiled to plain callables."""

from bot.policy.cases import Verdict, run_cases
from bot.policy.errors import PolicyError, PolicyInvalid, Position
from bot.policy.explanation import Explanation, explain
from bot.policy.given import counts_given, wrong_count
from bot.policy.loader import Checked, check_policy, load_policy, read_policy, starter_policy
from bot.policy.scalars import read_duration, read_moment
from bot.policy.simulation import Difference, simulate

__all__ = [
    "Checked",
    "Difference",
    "Explanation",
    "PolicyError",
    "PolicyInvalid",
    "Position",
    "Verdict",
    "check_policy",
    "counts_given",
    "explain",
    "load_policy",
    "read_duration",
    "read_moment",
    "read_policy",
    "run_cases",
    "simulate",
    "starter_policy",
    "wrong_count",
]
