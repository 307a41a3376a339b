"""The policy file in, :mod:`bot.core.judging.rules` out: YAML with positions, CEL made into plain callables."""

from bot.policy.grammar.scalars import read_duration, read_moment
from bot.policy.loader import Checked, check_policy, load_policy, read_policy, starter_policy
from bot.policy.reading.errors import PolicyError, PolicyInvalid, Position
from bot.policy.trying.cases import Verdict, run_cases
from bot.policy.trying.explanation import Explanation, explain
from bot.policy.trying.given import counts_given, tests_given, wrong_count
from bot.policy.trying.simulation import Difference, simulate

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
    "tests_given",
    "wrong_count",
]
