"""Whether the policy file can be used, and whether the secrets that it names are there."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Finding, fail, warn, well
from bot.core.judging.policy import Policy
from bot.credentials import find_credentials
from bot.policy import PolicyInvalid, check_policy
from bot.settings import SettingsInvalid


@dataclass(slots=True)
class PolicyFile:
    """The policy that the file holds, once it was looked at; None: it can't be used."""

    policy: Policy | None = None

    def check(self, case: Case) -> Iterator[Finding]:
        """Look at the file as a start of the bot would."""
        path = case.settings.policy_file
        try:
            checked = check_policy(path)
        except PolicyInvalid as invalid:
            for line in str(invalid).splitlines():
                yield fail("policy.file", line, "mend it; until then the bot can't start, and a running one keeps its")
            return
        self.policy = checked.policy
        for warning in checked.warnings:
            yield warn("policy.file", str(warning), "see that it is meant so")
        if not checked.warnings:
            yield well("policy.file", f"{path}: {len(self.policy.rules)} rules, {self.policy.hash[:19]}")
        try:
            find_credentials(self.policy, case.settings)
        except SettingsInvalid as invalid:
            for line in invalid.lines:
                says, _, remedy = line.partition("; ")
                yield fail("policy.secrets", says, remedy or None)
        else:
            yield well("policy.secrets", f"those of {len(self.policy.sources)} sources are set")
