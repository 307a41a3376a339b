"""Whether Slack lets us in, with all that we need, and has what the policy names."""

from collections.abc import AsyncIterator, Iterator

from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.doctor.case import Case
from bot.cli.doctor.clocks import compare
from bot.cli.doctor.finding import Finding, fail, warn, well
from bot.cli.online import Troubles, look_up
from bot.core.judging.policy import Policy
from bot.policy.mentions import Kind, Mention, read_mentions
from bot.slack import Channels, Directory
from bot.slack.faults import CALL_ERRORS, read_fault, remedy_of
from bot.slack.manifest import BOT_SCOPES
from bot.slack.workspace.inspection import Inspector
from bot.slack.workspace.vitals import Vitals, take_vitals, try_socket

_INSTALL = "update the app from manifest.yml and install it again"


async def check_slack(case: Case, client: AsyncWebClient, policy: Policy | None) -> AsyncIterator[Finding]:
    """Ask Slack who we are, and for what *policy* names there; None: its file can't be used."""
    try:
        vitals = await take_vitals(client)
    except CALL_ERRORS as error:
        yield refused("slack.token", error)
        return
    yield well("slack.token", f"{vitals.user} in {vitals.team}")
    yield _scopes(vitals)
    if vitals.now is not None:
        yield compare("clock.slack", "Slack's", vitals.now, case.clock())
    if case.settings.slack_app_token is not None:
        yield await _socket(client, case.settings.slack_app_token.get_secret_value())
    if policy is not None:
        async for finding in _names(case, client, policy):
            yield finding


def refused(check: str, error: BaseException) -> Finding:
    """Return the finding that a call to Slack, which raised one of faults.CALL_ERRORS, comes to."""
    fault = read_fault(error)
    return fail(check, str(fault), remedy_of(fault) or "try again; if it stays so, look at Slack's status page")


def _scopes(vitals: Vitals) -> Finding:
    check = "slack.scopes"
    if vitals.scopes is None:
        return warn(check, "Slack did not say which scopes the token has", "is SLACK_API_URL Slack's?")
    missing = [scope for scope in BOT_SCOPES if scope not in vitals.scopes]
    if missing:
        return fail(check, f"{', '.join(missing)}: not granted", _INSTALL)
    return well(check, f"all {len(BOT_SCOPES)} of the manifest are granted")


async def _socket(client: AsyncWebClient, app_token: str) -> Finding:
    try:
        await try_socket(client, app_token)
    except CALL_ERRORS as error:
        fault = read_fault(error)
        return fail(
            "slack.app_token", str(fault), "look at SLACK_APP_TOKEN (scope connections:write), and at Socket Mode"
        )
    return well("slack.app_token", "Slack gives websockets for it")


async def _names(case: Case, client: AsyncWebClient, policy: Policy) -> AsyncIterator[Finding]:
    mentions = read_mentions(case.settings.policy_file)
    channels = Channels(client, lambda: policy.shared_channels, case.clock)
    inspector = Inspector(client, Directory(client, lambda: policy.people, case.clock), channels)
    try:
        troubles = await look_up(mentions, inspector)
        admins = policy.admin_channel and await inspector.trouble_with_channel(policy.admin_channel)
    except CALL_ERRORS as error:
        yield refused("slack.channels", error)
        return
    for check, kinds in (
        ("slack.channels", {Kind.CHANNEL}),
        ("slack.people", {Kind.ACCOUNT, Kind.ADDRESS, Kind.USERGROUP}),
    ):
        for finding in _troubled(check, [one for one in mentions if one.kind in kinds], troubles):
            yield finding
    if policy.admin_channel is None:
        says = "the policy names none: trouble of the bot itself is told to nobody"
        yield warn("slack.admin_channel", says, "set admin_channel in the policy's defaults")
    elif admins is not None:
        yield fail("slack.admin_channel", f"{policy.admin_channel}: {admins}", "mend it, or name another in the policy")
    else:
        yield well("slack.admin_channel", policy.admin_channel)


def _troubled(check: str, mentions: list[Mention], troubles: Troubles) -> Iterator[Finding]:
    bad = {(one.kind, one.name): one for one in mentions if troubles[one.kind, one.name] is not None}
    for key, one in bad.items():
        place = f"{one.place.file}:{one.place.position.line}: " if one.place.position else ""
        yield fail(check, f"{place}{one.name}: {troubles[key]}", "mend it there, or in the policy")
    if not bad:
        yield well(check, f"all {len({one.name for one in mentions})} that the policy names")
