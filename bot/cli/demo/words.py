"""What the demo says to the person who started it."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.cli.demo.pipeline import OPEN
from bot.cli.demo.state import CHANNEL, DemoState


def draw_welcome(state: DemoState, request: Mapping[str, Any]) -> str:
    """Return where to click, who to be, what will happen, what else there is to try, and how to stop."""
    return "\n".join(
        (
            "",
            f"  Click here      {state.card_url}",
            "  Be              bo (of the group qa; ana asked, so she may not answer)",
            f"  In the channel  #{CHANNEL}, on the card of request #{request['number']}: {request['title']}",
            *_what_next(request),
            "  Or ask yourself /jit request, /jit help, or the Home tab of the app, as anybody",
            "",
            "  Ask again with the same failing tests, from another terminal:",
            f'    curl -H "Authorization: Bearer $(cat {_near(state.token_file)})" \\',
            f"      -H 'Content-Type: application/json' --data-binary @{_near(state.ask_file)} \\",
            f"      {state.bot_url}/v1/requests",
            "  Look at its books:",
            f"    export JIT_DATABASE_URL={state.database_url}",
            f"    {_jit()} request list; {_jit()} audit verify",
            "",
            f"  The bot's log is {state.folder / 'jit.log'}.",
            "  Ctrl-C stops everything; the next start goes on from there, and asks anew what has been answered.",
            "",
        )
    )


def _what_next(request: Mapping[str, Any]) -> tuple[str, ...]:
    if request["state"] not in OPEN:
        return (
            f"  What happened   Its policy's rule “{request['policy']['rule']}” answered at once: {request['state']}.",
        )
    return (
        "  What happens    Approve is one click, Reject asks for a reason. The card, its thread, ana's messages and",
        "                  the pipeline's signed answer follow within a second; the answer is told below.",
    )


def _jit() -> str:
    """Return how the command is called from here."""
    beside = Path(sys.executable).parent / "jit"
    return str(_near(beside)) if beside.exists() else "jit"


def _near(path: Path) -> Path:
    """Return *path* as it is called from here, when that is shorter."""
    here = Path(os.path.relpath(path))
    return path if ".." in here.parts else here
