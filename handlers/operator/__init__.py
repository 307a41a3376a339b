"""What whoever operates the house asks of it from the command line, while it runs: read the policy, send it again."""

from handlers.operator.calls import OperatorCalls
from handlers.operator.passes import Passes

__all__ = ["OperatorCalls", "Passes"]
