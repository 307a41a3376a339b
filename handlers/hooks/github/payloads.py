"""The parts of GitHub's payloads that we read (https://docs.github.com/webhooks/webhook-events-and-payloads)."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from handlers.hooks.delivery import Told

FullName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}$")]
Id = Annotated[int, Field(ge=1, le=2**53 - 1)]
Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{40,64}$")]


class Account(Told):
    """A user, a bot or an organisation."""

    login: str


class Repository(Told):
    """Where it happens."""

    full_name: FullName
    name: str
    html_url: str


class Installation(Told):
    """By which installation of the App we hear of it."""

    id: Id


class PullRequest(Told):
    """A pull request that the commit belongs to."""

    number: int
    title: str = ""
    html_url: str | None = None
    user: Account | None = None


class Deployment(Told):
    """What waits."""

    id: Id
    sha: Sha
    ref: str
    created_at: AwareDatetime


class ProtectionRule(Told):
    """``deployment_protection_rule``."""

    action: str
    environment: str
    event: str | None = None
    deployment_callback_url: str
    deployment: Deployment
    pull_requests: tuple[PullRequest, ...] = ()
    repository: Repository
    installation: Installation
    sender: Account


class Run(Told):
    """A run of a workflow."""

    id: Id
    conclusion: str | None = None
    updated_at: AwareDatetime


class WorkflowRun(Told):
    """``workflow_run``."""

    action: str
    workflow_run: Run
    repository: Repository

    @property
    def ended_at(self) -> datetime:
        """When it changed last, which of a run that is completed was its end."""
        return self.workflow_run.updated_at
