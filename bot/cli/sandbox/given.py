"""What `jit sandbox` is given: files that become one configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.cli.sandbox.failed import SandboxFailed
from bot.sandbox import SandboxConfig, with_addresses, with_description, with_manifest

BOT_TOKEN = "xoxb-sandbox"  # noqa: S105 - opens nothing but a workspace on this machine
APP_TOKEN = "xapp-sandbox"  # noqa: S105 - the same
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The configuration so far, and the manifest that says where the app is."""

    config: SandboxConfig
    manifest: Mapping[str, Any] | None

    def reached_at(self, request_url: str | None) -> SandboxConfig:
        """Return the configuration with one address for everything; without one, the app is in Socket Mode."""
        return replace(self.config, request_url=request_url)

    def reached_as_it_says(self) -> SandboxConfig:
        """Return the configuration with the manifest's addresses; without a manifest, the app is in Socket Mode."""
        return self.config if self.manifest is None else with_addresses(self.config, self.manifest)


def read_given(port: int, *, manifest: Path | None, workspace: Path | None, state: Path | None) -> Given:
    """Read the files. Raises SandboxFailed with what is wrong where."""
    config = SandboxConfig(
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        base_url=f"http://127.0.0.1:{port}",
        app_name="Your app",
        state_file=state,
    )
    registered = {"display_information": {"name": config.app_name}} if manifest is None else _read(manifest)
    try:
        config = with_manifest(config, registered)
    except ValidationError as invalid:
        raise SandboxFailed(_explain(manifest, invalid)) from None
    if workspace is not None:
        try:
            config = with_description(config, _read(workspace))
        except ValidationError as invalid:
            raise SandboxFailed(_explain(workspace, invalid)) from None
        except LookupError as missing:
            raise SandboxFailed(f"{workspace}: {missing.args[0]}") from None
    return Given(config=config, manifest=None if manifest is None else registered)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        document: object = cast("Any", YAML(typ="safe", pure=True)).load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError):
        raise SandboxFailed(f"{path}: neither YAML nor JSON") from None
    if not isinstance(document, dict):
        raise SandboxFailed(f"{path}: not a mapping")
    return cast("Mapping[str, Any]", document)


def _explain(path: Path | None, invalid: ValidationError) -> str:
    first = invalid.errors(include_url=False, include_input=False)[0]
    return f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}".replace(": : ", ": ")
