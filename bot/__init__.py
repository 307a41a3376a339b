"""JIT Approvals: holds an action until a policy or a person has said yes."""

__version__ = "0.1.0"
