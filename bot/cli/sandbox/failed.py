"""What `jit sandbox` says when it cannot start."""


class SandboxFailed(Exception):
    """The workspace cannot start; the message says what to do."""
