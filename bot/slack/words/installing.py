"""What whoever installs the app reads in their browser; plain text."""

from collections.abc import Mapping

from bot.slack.words.escape import line

_NAME = 80
_AGAIN = "Begin again at /slack/install."
NOT_SERVED = "JIT Approvals is not set up for this workspace, so nothing was done. Ask whoever runs it."
_REASONS: Mapping[str, str] = {
    "access_denied": f"You said no at Slack, so nothing was installed. {_AGAIN}",
    "invalid_browser": f"This was begun in another browser, or longer than ten minutes ago. {_AGAIN}",
    "invalid_state": f"This was begun longer than ten minutes ago, or was done already. {_AGAIN}",
    "missing_code": f"Slack sent nothing to install with. {_AGAIN}",
    "invalid_code": f"Slack does not take what it sent a moment ago. {_AGAIN}",
}


def draw_installed(team: str | None) -> str:
    """Return what is said when it is done."""
    where = line(team or "", _NAME) or "your workspace"
    return f"JIT Approvals is installed in {where}. Invite it into the policy's channels: /invite @jit\n"


def draw_not_installed(reason: str) -> str:
    """Return why it is not; *reason* is Bolt's word, or Slack's."""
    return f"{_REASONS.get(reason, f'Slack did not install it. {_AGAIN}')}\n"


def draw_elsewhere(team: str | None, ours: str) -> str:
    """Return what is said to somebody of another workspace: this bot serves the one it was set up for."""
    what = f"workspace {line(team, _NAME)}" if team else "a whole organisation"
    return (
        f"This bot serves the workspace {ours} only, and was not installed for {what}: nothing was kept. "
        "Choose that workspace, or run another bot for yours.\n"
    )


def draw_unreachable() -> str:
    """Return what is said when Slack does not answer."""
    return f"Slack doesn't answer just now, so nothing was installed. {_AGAIN}\n"
