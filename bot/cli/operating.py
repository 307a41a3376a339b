"""Talking to the bot that runs here: it must prove, as we do, that it holds the same secret key."""

import http.client
import secrets
from collections.abc import Mapping
from typing import Any

import orjson

from bot.cli.kept import kept_key_file
from bot.machine import utc_now
from bot.settings import Settings
from handlers.operator.passes import ANSWER_HEADER, Passes

_PATIENCE = 60.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a bot may listen on, and where we find it then


class NoBot(Exception):
    """Nobody we could give orders to; the sentence says what to do."""


class NobodyAnswers(NoBot):
    """Nothing listens where the bot would."""


def ask_readiness(settings: Settings) -> Mapping[str, Mapping[str, Any]]:
    """Return what the bot says of each of its parts; anybody could have answered. Raises NoBot."""
    status, _, body = _call(settings, "GET", f"{settings.mount}/readyz", {})
    try:
        return orjson.loads(body)["checks"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise NoBot(f"what answers at {_address(settings)} ({status}) is no bot: look at JIT_PORT") from None


def order(settings: Settings, path: str) -> Mapping[str, Any]:
    """Have the running bot do what *path* says, wait until it is done, and return its answer. Raises NoBot."""
    passes, nonce, path = Passes(known_secret_key(settings)), secrets.token_hex(16), f"{settings.mount}{path}"
    pass_ = passes.draw(f"POST {path}", nonce, utc_now())
    status, headers, body = _call(settings, "POST", path, {"Authorization": pass_})
    if not passes.is_ours(nonce, body, headers.get(ANSWER_HEADER, "")):
        raise NoBot(
            f"what answers at {_address(settings)} ({status}) is no bot with our secret key; "
            "set JIT_SECRET_KEY, JIT_DATABASE_URL and JIT_PORT as it has them, and look at this machine's clock"
        )
    return orjson.loads(body)


def _call(
    settings: Settings, method: str, path: str, headers: Mapping[str, str]
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Return status, headers and body of the answer. Raises NoBot."""
    line, where = http.client.HTTPConnection(_host(settings), settings.port, timeout=_PATIENCE), _address(settings)
    try:
        line.request(method, path, headers=headers)
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read()
    except ConnectionRefusedError:
        raise NobodyAnswers(f"no bot answers at {where} (JIT_HOST, JIT_PORT): start it with jit serve") from None
    except (OSError, http.client.HTTPException) as error:
        raise NoBot(f"the bot at {where} gave no answer: {error or type(error).__name__}; its log says more") from None
    finally:
        line.close()


def _host(settings: Settings) -> str:
    return _EVERYWHERE.get(settings.host, settings.host)


def _address(settings: Settings) -> str:
    host = _host(settings)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def known_secret_key(settings: Settings) -> str:
    """Return the key that the bot has, and never make one. Raises NoBot."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    kept = kept_key_file(settings)
    if kept is None or not kept.is_file():
        raise NoBot(
            "no secret key is set here, and none is kept beside a database: set JIT_SECRET_KEY as the bot has it"
        )
    return kept.read_text(encoding="utf-8").strip()
