"""The command ``jit-gate``."""

from __future__ import annotations

import sys

from jit_gate.cli.command import run
from jit_gate.cli.exits import NO_ANSWER


def main() -> None:
    """Run it, and leave with its exit code."""
    try:
        code = run(sys.argv[1:])
    except Exception:  # noqa: BLE001 - not even standard error can be written: Python would exit 1, and that means rejected
        code = NO_ANSWER
    sys.exit(code)


if __name__ == "__main__":
    main()
