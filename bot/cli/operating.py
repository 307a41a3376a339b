"""Talking to the bot that runs here: it must prove, as we do, that it holds the same secret key."""

import http.client
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from bot.app import utc_now
from bot.settings import Settings
from handlers.operator.passes import ANSWER_HEADER, Passes

_PATIENCE = 60.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a bot may listen on, and where we find it then


class NoBot(Exception):
    """Nobody we could give orders to; the sentence says what to do."""


def order(settings: Settings, path: str) -> Mapping[str, Any]:
    """Have the running bot do what *path* says, wait until it is done, and return its answer. Raises NoBot."""
    passes, nonce = Passes(_secret_key(settings)), secrets.token_hex(16)
    host, port = _EVERYWHERE.get(settings.host, settings.host), settings.port
    where = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    line = http.client.HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        line.request("POST", path, headers={"Authorization": passes.draw(f"POST {path}", nonce, utc_now())})
        answer = line.getresponse()
        body = answer.read()
    except ConnectionRefusedError:
        raise NoBot(f"no bot answers at {where} (JIT_HOST, JIT_PORT): start it with jit serve") from None
    except (OSError, http.client.HTTPException) as error:
        raise NoBot(f"the bot at {where} gave no answer: {error or type(error).__name__}; its log says more") from None
    finally:
        line.close()
    if not passes.is_ours(nonce, body, answer.headers.get(ANSWER_HEADER, "")):
        raise NoBot(
            f"what answers at {where} ({answer.status}) is no bot with our secret key; "
            "set JIT_SECRET_KEY, JIT_DATABASE_URL and JIT_PORT as it has them, and look at this machine's clock"
        )
    return orjson.loads(body)


def _secret_key(settings: Settings) -> str:
    """Return the key that the bot has, and never make one. Raises NoBot."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    database = urlsplit(settings.database_url).path.removeprefix("/")
    kept = Path(f"{database}.key")
    if not settings.database_url.startswith("sqlite") or not kept.is_file():
        raise NoBot(
            "no secret key is set here, and none is kept beside a database: set JIT_SECRET_KEY as the bot has it"
        )
    return kept.read_text(encoding="utf-8").strip()
