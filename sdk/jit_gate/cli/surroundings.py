"""The only reader of the environment: where the bot is, and what proves who asks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jit_gate.errors import BadInput
from jit_gate.id_tokens import GetToken, find_id_token

_LONGEST = 16 * 1024


@dataclass(frozen=True)
class Access:
    """Where to ask and with what: a token, or what hands out an ID token of the CI. Neither is in a text of this."""

    url: str
    token: str | GetToken

    def __repr__(self) -> str:
        """Return a text that may be shown."""
        return f"Access(url={self.url!r})"


def environment() -> Mapping[str, str]:
    """Return the environment, as it is now."""
    return dict(os.environ)


def read_access(env: Mapping[str, str], url: str | None, token_file: str | None, audience: str | None = None) -> Access:
    """Return what ``--url`` and ``--token-file`` say, else ``JIT_URL``, ``JIT_TOKEN`` and ``JIT_TOKEN_FILE``.

    Without a token the CI is asked for an ID token, for *audience*, else ``JIT_OIDC_AUDIENCE``, else the bot's address.
    Raises BadInput.
    """
    found = url or env.get("JIT_URL", "").strip()
    if not found:
        raise BadInput("Say where the bot is: set JIT_URL, or give --url.")
    file = token_file or (None if env.get("JIT_TOKEN") else env.get("JIT_TOKEN_FILE"))
    token = (_read_secret(file) if file else env.get("JIT_TOKEN", "")).strip()
    if token:
        return Access(found, token)
    id_token = find_id_token(env, audience or env.get("JIT_OIDC_AUDIENCE") or found.rstrip("/"))
    if id_token is None:
        raise BadInput(
            "Say who asks: set JIT_TOKEN, give --token-file, or let the CI give the job an ID token (JIT_ID_TOKEN, or"
            " `permissions: id-token: write`). A token is never a flag: others could read it."
        )
    return Access(found, id_token)


def read_signing_secret(env: Mapping[str, str], file: str | None) -> str:
    """Return what callbacks are signed with: from *file*, ``JIT_SIGNING_SECRET`` or its ``_FILE``. Raises BadInput."""
    file = file or (None if env.get("JIT_SIGNING_SECRET") else env.get("JIT_SIGNING_SECRET_FILE"))
    secret = (_read_secret(file) if file else env.get("JIT_SIGNING_SECRET", "")).strip()
    if not secret:
        raise BadInput("Say what callbacks are signed with: set JIT_SIGNING_SECRET, or give --secret-file.")
    return secret


def _read_secret(file: str) -> str:
    try:
        with Path(file).open("rb") as opened:
            content = opened.read(_LONGEST + 1)
        if len(content) > _LONGEST:
            raise BadInput(f"{file} is too long for a secret.")
        return content.decode()
    except OSError as error:
        raise BadInput(f"{file} can't be read ({error.strerror}).") from error
    except UnicodeDecodeError:
        raise BadInput(f"{file} is no text.") from None  # the cause would show bytes of it
