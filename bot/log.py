"""The log: structlog for us and for the libraries, one line an event, and no secret in any of them."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import Literal, TextIO, cast
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.tracebacks import draw_traceback

STRUCK = "[secret]"
_SHORTEST_KNOWN = 8
_LONGEST_FOREIGN = 300
_TELLTALE = re.compile(r"(token|secret|password|passwd|authorization|cookie|signature|api[_-]?key)$", re.IGNORECASE)
_SHAPES = re.compile(
    r"xox[a-z]-[\w.%-]+"  # Slack's tokens, all kinds
    r"|xoxe\.[\w.%-]+"
    r"|xapp-[\w-]+"
    r"|(?<=ticket=)[^\s&\"')]+"  # what opens a websocket of Slack's
    r"|whsec_[\w+/=-]+"
    r"|(?<=earer )[\w.~+/=-]+"
    r"|(?<=://)[^\s/@:]+:[^\s/@]+(?=@)"  # user and password in an address
)
_NOTHING = re.compile(r"(?!)")
_QUIET = {
    # These write whole bodies, headers or SQL parameters below the level given here.
    "aiohttp.access": logging.CRITICAL,
    "aiohttp": logging.WARNING,
    "apscheduler": logging.ERROR,
    "asyncio": logging.WARNING,
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
}

Format = Literal["text", "json"]
Secrets = Callable[[], tuple[str, ...]]


def start_log(form: Format | None, level: str, secrets: Secrets = lambda: (), stream: TextIO | None = None) -> None:
    """Send everything that is logged in this process to *stream* (standard error), without any of *secrets*.

    Without a *form* it is text on a terminal and JSON elsewhere. *secrets* is asked anew for every line, because a
    policy file may name more of them later.
    """
    out = sys.stderr if stream is None else stream
    chosen = form or ("text" if out.isatty() else "json")
    line = _line(chosen, secrets, colours=out.isatty())
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *_SHARED, line],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    _adopt_libraries(out, line)


def _adopt_libraries(out: TextIO, line: Processor) -> None:
    """Route the standard library's logging through the same last steps, each library no lower than is safe."""
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _as_library, *_SHARED, line],
            foreign_pre_chain=[structlog.stdlib.add_logger_name],
        )
    )
    handler.addFilter(_is_harmless)
    logging.root.handlers = [handler]
    logging.root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def _is_harmless(record: logging.LogRecord) -> bool:
    """Tell whether a library may say this. Asked for each line, because Bolt sets the level of its loggers itself."""
    return all(record.levelno >= least for name, least in _QUIET.items() if f"{record.name}.".startswith(f"{name}."))


def _as_library(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Cut what a library says: some put the whole of what they could not handle into the message."""
    said = str(event.get("event", ""))
    event["event"] = said if len(said) <= _LONGEST_FOREIGN else said[:_LONGEST_FOREIGN] + "…"
    event["level"] = method
    return event


def _strike_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Strike the value of every field whose name tells that it is a secret, at any depth."""
    return cast("EventDict", _struck(event))


def _struck(value: object) -> object:
    if isinstance(value, dict):
        pairs = cast("dict[object, object]", value).items()
        return {key: STRUCK if _TELLTALE.search(str(key)) else _struck(inner) for key, inner in pairs}
    if isinstance(value, list | tuple):
        return [_struck(inner) for inner in cast("Iterable[object]", value)]
    return value


_SHARED: tuple[Processor, ...] = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.ExceptionRenderer(draw_traceback),
    _strike_fields,
)


def _line(form: Format, secrets: Secrets, *, colours: bool) -> Processor:
    """Return the last step: the event as one line of text, struck as a whole, whatever put a secret into it."""
    draw: Processor
    if form == "json":
        draw = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        draw = structlog.dev.ConsoleRenderer(colors=colours)

    def finish(logger: WrappedLogger, method: str, event: EventDict) -> str:
        return struck(str(draw(logger, method, event)), secrets())

    return finish


def struck(text: str, secrets: tuple[str, ...]) -> str:
    """Return *text* without any of *secrets*, and without what merely looks like one."""
    return _SHAPES.sub(STRUCK, _pattern(secrets).sub(STRUCK, text))


@cache
def _pattern(secrets: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds *secrets* as they are, and as JSON, addresses and Python write them; shorter ones never."""
    spelled = {form for secret in secrets if len(secret) >= _SHORTEST_KNOWN for form in _spellings(secret)}
    if not spelled:
        return _NOTHING
    return re.compile("|".join(re.escape(form) for form in sorted(spelled, key=len, reverse=True)))


def _spellings(secret: str) -> tuple[str, ...]:
    in_json = (json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
    return (secret, *in_json, quote(secret, safe=""), repr(secret)[1:-1])
