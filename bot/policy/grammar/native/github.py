"""GitHub: deployment protection rules of an App."""

from typing import Annotated, Self

from pydantic import Field, WithJsonSchema, model_validator
from yarl import URL

from bot.policy.grammar.native.part import ApiUrl, NativePart
from bot.policy.grammar.scalars import EnvironmentName, refusal

Login = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]
Glob = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.*-]{1,100}$")]
"""``*`` stands for anything in a repository's name, never for its owner."""


class GitHubPart(NativePart):
    """With `kind: github`: a GitHub App that protects environments ([how to set it up](github.md))."""

    kind: Annotated[str, WithJsonSchema({"const": "github"})]
    """What speaks there."""
    webhook_secret_env: EnvironmentName
    """The environment variable with the App's webhook secret."""
    app_id: Annotated[int, Field(ge=1)]
    """The App's id, as its page says."""
    private_key_file: Annotated[str, Field(min_length=1)] | None = None
    """The file with the App's private key (`.pem`), beside this file or with its whole path."""
    private_key_env: EnvironmentName | None = None
    """The environment variable with that key, in its stead."""
    api_url: ApiUrl = "https://api.github.com"
    """Where GitHub's API is: of a GitHub Enterprise Server `https://HOST/api/v3`. Nothing is answered elsewhere."""
    owners: Annotated[list[Login], Field(min_length=1)] | None = None
    """The users and organisations whose repositories may ask. Anybody can install a public App."""
    repositories: Annotated[list[Glob], Field(min_length=1)] | None = None
    """The repositories that may ask, such as `acme/*`, beside those of `owners`; one of the two is needed."""
    check_run: bool = True
    """Whether the commit gets a check run that shows how the request stands."""

    @model_validator(mode="after")
    def _has_one_key(self) -> Self:
        if (self.private_key_file is None) == (self.private_key_env is None):
            raise refusal("needs private_key_file or private_key_env, one of the two")
        if self.owners is None and self.repositories is None:
            raise refusal("needs owners or repositories: whose deployments may ask")
        url = URL(self.api_url)
        if url.scheme == "http" and url.host not in self.callback_hosts:
            raise refusal("api_url must begin with https://, unless its host stands in callback_hosts")
        return self
