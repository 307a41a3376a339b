"""The body of a request as callers write it. Unknown fields are refused; only title and action are required.

Lists are refused at their first wrong item: half a million of them would otherwise be explained for seconds, and nobody
else be answered meanwhile.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, FailFast, Field

from bot.reports import NAMES

Text = Annotated[str, Field(max_length=1000)]
Name = Annotated[str, Field(min_length=1, max_length=1000)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Url = Annotated[str, Field(max_length=1000, pattern=r"^https?://[^\s\x00-\x20\x7f/?#@\\]+([/?#][^\s\x00-\x20\x7f]*)?$")]
# Ill-formed handles would match nobody, and a ban on the requester would quietly hold for nobody.
Email = Annotated[str, Field(max_length=320, pattern=r"^[^\s\x00-\x20\x7f@]+@[^\s\x00-\x20\x7f@]+$")]
SlackId = Annotated[str, Field(max_length=40, pattern=r"^[UW][A-Z0-9]+$")]
Login = Annotated[str, Field(max_length=100, pattern=r"^[^\s\x00-\x20\x7f]+$")]


class Asked(BaseModel):
    """What all parts of a request have in common."""

    model_config = ConfigDict(extra="forbid", strict=True)


class IdentityAsked(Asked):
    """A person, by at least one of the names they have elsewhere."""

    email: Email | None = None
    slack_id: SlackId | None = None
    github: Login | None = None


class LinkAsked(Asked):
    """A place to look."""

    label: Text
    url: Url


class FailureAsked(Asked):
    """One failed test. Long messages and details are cut, with a mark."""

    id: Name
    message: str | None = None
    detail: str | None = None
    file: Text | None = None
    line: Count | None = None
    owner: Text | None = None


class TestsAsked(Asked):
    """What the tests said, when the caller has counted them itself."""

    __test__ = False

    total: Count
    failed: Count
    skipped: Count = 0
    failures: Annotated[tuple[FailureAsked, ...], FailFast()] = ()


class ReportAsked(Asked):
    """One report of a test runner, as it wrote it; its format is recognised when it is not named."""

    name: Name | None = None
    format: Annotated[Name, Field(json_schema_extra={"enum": list(NAMES)})] | None = None
    content: str


class RequestAsked(Asked):
    """What a pipeline or a service wants to do, and what is known about it."""

    title: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]
    action: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]
    service: Text | None = None
    environment: Text | None = None
    repository: Text | None = None
    ref: Text | None = None
    commit: Text | None = None
    lane: Text | None = None
    requester: IdentityAsked | None = None
    authors: Annotated[tuple[IdentityAsked, ...], FailFast(), Field(max_length=100)] = ()
    triggerer: IdentityAsked | None = None
    reason: Annotated[str, Field(max_length=4000)] | None = None
    severity: Text | None = None
    labels: Annotated[tuple[Text, ...], FailFast(), Field(max_length=100)] = ()
    flags: Annotated[dict[Text, bool], Field(max_length=100)] = Field(default_factory=dict[str, bool])
    parameters: dict[str, Any] = Field(default_factory=dict[str, Any])
    reports: Annotated[tuple[ReportAsked, ...], FailFast(), Field(max_length=100)] = ()
    tests: TestsAsked | None = None
    links: Annotated[tuple[LinkAsked, ...], FailFast(), Field(max_length=100)] = ()
    callback_url: Url | None = None
    timeout: Annotated[str, Field(max_length=100, pattern=r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d|w))+$")] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])


class EvidenceAsked(Asked):
    """What a request is to ask instead, and what the tests of that said.

    Its tests are replaced: without failures there are none. Whatever else is left out stays as it is. ``authors`` are
    added to those it has. ``revision`` is the one that is to be replaced: where it isn't the newest, nothing changes.
    """

    revision: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    commit: Text | None = None
    ref: Text | None = None
    parameters: dict[str, Any] | None = None
    authors: Annotated[tuple[IdentityAsked, ...], FailFast(), Field(max_length=100)] = ()
    reason: Annotated[str, Field(max_length=4000)] | None = None
    reports: Annotated[tuple[ReportAsked, ...], FailFast(), Field(max_length=100)] = ()
    tests: TestsAsked | None = None
    links: Annotated[tuple[LinkAsked, ...], FailFast(), Field(max_length=100)] = ()


class CancelAsked(Asked):
    """Why the request is no longer wanted."""

    reason: Annotated[str, Field(max_length=4000)] | None = None


class AnswerAsked(Asked):
    """What is said to the open question."""

    text: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
