"""What the demo says to the person who started it."""

from collections.abc import Mapping
from typing import Any

from bot.cli.demo.state import DemoState


def draw_welcome(state: DemoState, request: Mapping[str, Any]) -> str:
    """Return where to click, who to be, what will happen, and how to stop."""
    return "\n".join(
        (
            "",
            f"  Click here      {state.workspace_url}/",
            "  Be              bo (of the group qa; ana asked, so she may not answer)",
            f"  In the channel  #payments-releases, on the card of request #{request['number']}: {request['title']}",
            *_what_next(request),
            "",
            "  Ask again, from another terminal:",
            f'    curl -H "Authorization: Bearer $(cat {state.token_file})" -H "Content-Type: application/json" \\',
            f"""      -d '{{"title": "Restart the queue", "action": "restart"}}' {state.bot_url}/v1/requests""",
            "",
            f"  The bot's log is {state.folder / 'jit.log'}.",
            "  Ctrl-C stops everything; the next start goes on from there.",
            "",
        )
    )


def _what_next(request: Mapping[str, Any]) -> tuple[str, ...]:
    if request["state"] not in {"pending", "needs_info"}:
        return (f"  What happened   It was {request['state']} in an earlier run; its card shows by whom.",)
    return (
        "  What happens    Approve is one click, Reject asks for a reason. The card, its thread, ana's messages and",
        "                  the pipeline's signed answer follow within a second; the answer is told below.",
    )
