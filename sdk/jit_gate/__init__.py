"""Asks JIT Approvals whether an action may happen, and waits for the answer. Only ``is_approved`` is a yes.

with_token = Client("https://jit.example.com", token)
asked = with_token.request(Ask(title="Deploy payments 1.42.0", action="deploy"))
if with_token.wait(asked).is_approved:
...
"""

from jit_gate.answers import ApprovalRequest, Decision, Question, Review, State
from jit_gate.asking import Ask, Link, Person, Report, Tests
from jit_gate.client import Client
from jit_gate.errors import Astray, BadInput, Forged, GateError, NoAnswer, Refused, Unclear
from jit_gate.patience import Patience
from jit_gate.signatures import read_callback, verify

__version__ = "0.1.0"

__all__ = [
    "ApprovalRequest",
    "Ask",
    "Astray",
    "BadInput",
    "Client",
    "Decision",
    "Forged",
    "GateError",
    "Link",
    "NoAnswer",
    "Patience",
    "Person",
    "Question",
    "Refused",
    "Report",
    "Review",
    "State",
    "Tests",
    "Unclear",
    "read_callback",
    "verify",
]
