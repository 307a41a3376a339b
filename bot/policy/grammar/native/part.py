"""What every native source may have, and how the keys of its kind are told apart: by how they end."""

from typing import Annotated

from pydantic import AfterValidator, Field
from yarl import URL

from bot.policy.grammar.persons import Part
from bot.policy.grammar.scalars import MAX_SECRETS, EnvironmentNames, Host, Rate, refusal
from bot.policy.reading.wording import shown

_SHARED = frozenset({"kind", "token_env", "signing_secret_env", "callback_hosts", "limit"})


class NativePart(Part):
    """A source that asks by its own webhooks (`POST /hooks/<its name>`), and is answered in its own words."""

    kind: str
    """Which kind it is."""
    token_env: EnvironmentNames = Field(default=[], max_length=MAX_SECRETS)
    """The environment variable with a bearer token by which its jobs may call the API as this source, too."""
    signing_secret_env: EnvironmentNames = Field(default=[], max_length=MAX_SECRETS)
    """The environment variable with a secret (`whsec_…`) for signatures of such calls."""
    callback_hosts: list[Host] = Field(default=[])
    """Hosts where it may be answered by http, or inside the network."""
    limit: Rate | None = None
    """How often it may ask; without it there is no limit."""

    @property
    def secrets(self) -> dict[str, str]:
        """The variables of its kind that hold secrets, by what they are."""
        return {name: str(value) for name, value in self._own("_env").items()}

    @property
    def files(self) -> dict[str, str]:
        """The files of its kind that hold secrets, by what they are."""
        return {name: str(value) for name, value in self._own("_file").items()}

    @property
    def terms(self) -> dict[str, object]:
        """Whatever else is said of its kind."""
        named = {f"{name}_env" for name in self.secrets} | {f"{name}_file" for name in self.files}
        return {key: value for key, value in self if key not in _SHARED | named and value is not None}

    def _own(self, ending: str) -> dict[str, object]:
        own = {key: value for key, value in self if key not in _SHARED and value is not None}
        return {key.removesuffix(ending): value for key, value in own.items() if key.endswith(ending)}


def _address(value: str) -> str:
    try:
        url = URL(value)
        is_plain = bool(url.host) and not (url.query_string or url.fragment or url.user or url.password)
    except ValueError:
        is_plain = False
    else:
        is_plain = is_plain and url.scheme in {"https", "http"}
    if not is_plain:
        raise refusal(f"must be the address of an API, such as https://api.example.com, not {shown(value)}")
    return value.rstrip("/")


ApiUrl = Annotated[str, AfterValidator(_address)]
