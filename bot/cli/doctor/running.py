"""Whether the bot runs here, is well by its own account, and goes by the policy that the file holds."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from bot.cli.doctor.case import Case
from bot.cli.doctor.clocks import compare
from bot.cli.doctor.finding import Finding, fail, warn, well
from bot.cli.operating import NoBot, ask_readiness, order
from bot.core.judging.policy import Policy
from bot.core.moments import read_moment

_SHOWN_HASH = 19


def check_bot(case: Case, policy: Policy | None) -> Iterator[Finding]:
    """Ask the bot at our own address; *policy* is what the file holds, None: it can't be used."""
    try:
        checks = ask_readiness(case.settings)
    except NoBot as nobody:
        says, _, remedy = str(nobody).partition(": ")
        yield fail("bot.answers", says, remedy or None)
        return
    for name, health in checks.items():
        made = well if health.get("ok") is True else fail
        yield made(f"bot.{name}", str(health.get("detail")))
    try:
        said = order(case.settings, "/operator/status")
    except NoBot as nobody:
        yield fail("bot.answers", str(nobody))
        return
    yield well("bot.answers", f"version {said['version']}, as {said['replica']}")
    yield _held(said, policy)
    yield compare("clock.bot", "the bot's", read_moment(cast("str", said["now"])), case.clock())


def _held(said: Mapping[str, Any], policy: Policy | None) -> Finding:
    check, held = "policy.held", str(said["policy"])[:_SHOWN_HASH]
    if policy is None:
        return warn(
            check, f"the bot goes by {held}, which is not in the file any more", "keep it running, mend the file"
        )
    if policy.hash != said["policy"]:
        says = f"the bot goes by {held}, the file holds {policy.hash[:_SHOWN_HASH]}"
        return warn(check, says, "jit policy reload")
    return well(check, f"the bot goes by {held}, as the file has it")
