"""The small words of the policy file: durations, limits, channels, names of variables, hosts, people's handles."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated

import durationpy
from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from bot.core.judging.budget import Limit
from bot.core.judging.counting import MOST
from bot.policy.reading.wording import did_you_mean, shown

LONGEST = timedelta(days=365)
LONGEST_WINDOW = timedelta(minutes=15)
MAX_SECRETS = 3

_DURATION = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,3})?(?:ms|[smhdw]))+", re.ASCII)
_LIMIT = re.compile(r"([0-9]{1,7}) per ([0-9a-z.]+)", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_USERGROUP_ID = re.compile(r"S[A-Z0-9]{6,}")
_USERGROUP = re.compile(r"@?[a-z0-9][a-z0-9._-]{0,79}")
_CALENDAR = re.compile(
    r"(?:https://[^\s/?#@\\]+|http://(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?)(?:[/?#]\S*)?"
)
_CALENDAR_FILE = re.compile(r"[^\x00-\x1f\x7f]{1,500}")
_CHANNEL_NAME = re.compile(r"#[^\s#@,.:;/A-Z]{1,80}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{6,}")
_ENVIRONMENT_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,127}", re.ASCII)
_BRANCH = re.compile(r"[^\s\x00-\x20\x7f~^:?\\\[]{1,255}")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,190}")
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{6,}")
_GITHUB = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?(?:\[bot\])?", re.ASCII)
_NAME = re.compile(r"\w[\w.-]{0,63}")


def refusal(sentence: str) -> PydanticCustomError:
    """Return an error that pydantic passes on as it is."""
    return PydanticCustomError("policy", "{sentence}", {"sentence": sentence})


def read_duration(value: object) -> timedelta:
    """Read ``30m``, ``1h30m`` or ``2d``; more than nothing, at most a year.

    Raises PydanticCustomError (a ValueError) with a sentence.
    """
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise refusal(f"must be a duration with a unit, such as 30s, 15m, 1h30m or 2d, not {shown(value)}")
    try:
        length = durationpy.from_str(value)
    except ValueError as error:
        raise refusal(f"must be a duration such as 15m or 1h30m, not {shown(value)}") from error
    if not timedelta(seconds=1) <= length <= LONGEST:
        raise refusal(f"must be at least 1s and at most {LONGEST.days}d, not {shown(value)}")
    return length


def _span(value: object) -> timedelta:
    """Read a duration that the log will hold in seconds: what it leaves out of them nobody could check afterwards."""
    length = read_duration(value)
    if length % timedelta(seconds=1):
        raise refusal(f"must be whole seconds, such as 90s, not {shown(value)}")
    return length


def _window(value: object) -> timedelta:
    length = read_duration(value)
    if length > LONGEST_WINDOW or length % timedelta(seconds=1):
        longest = int(LONGEST_WINDOW.total_seconds() // 60)
        raise refusal(f"must be whole seconds, such as 90s, and at most {longest}m, not {shown(value)}")
    return length


def read_limit(value: object) -> Limit:
    """Read ``600 per 1m``. Raises PydanticCustomError with a sentence."""
    match = _LIMIT.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[1]) < 1:
        raise refusal(f'must be a number of requests per duration, such as "600 per 1m", not {shown(value)}')
    return Limit(count=int(match[1]), per=read_duration(match[2]))


def read_date(value: object) -> date:
    """Read ``2026-12-24``. Raises PydanticCustomError with a sentence."""
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and _DATE.fullmatch(value) else None
    except ValueError:
        found = None
    if found is None:
        raise refusal(f"must be a day such as 2026-12-24, not {shown(value)}")
    return found


def read_moment(value: object) -> datetime:
    """Read ``2026-03-04T12:00:00Z``, in any zone. Raises PydanticCustomError (a ValueError) with a sentence."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise refusal(f"must be a moment with its zone, such as 2026-03-04T12:00:00Z, not {shown(value)}")
    return moment.astimezone(UTC)


def _rule_limit(value: object) -> Limit:
    limit = read_limit(value)
    if limit.count > MOST:
        raise refusal(f"must be at most {MOST} per duration: all of them are counted, each time")
    if limit.per % timedelta(seconds=1):
        raise refusal("must be per whole seconds, such as 90s")
    return limit


def read_local(value: object) -> date | datetime:
    """Read a day, a local time, or a moment with its offset. Raises PydanticCustomError with a sentence."""
    try:
        if isinstance(value, str):
            return date.fromisoformat(value) if _DATE.fullmatch(value) else datetime.fromisoformat(value)
    except ValueError:
        pass
    raise refusal(f"must be a day or a time such as 2026-11-27 or 2026-11-27T18:00, not {shown(value)}")


def one_of(words: type[StrEnum]) -> Callable[[object], StrEnum]:
    """Return a reader for one of the enum's words."""
    allowed = [word.value for word in words]

    def read(value: object) -> StrEnum:
        if isinstance(value, str) and value in allowed:
            return words(value)
        raise refusal(f"must be {_either(allowed)}, not {shown(value)}{did_you_mean(value, allowed)}")

    return read


def _text(value: object) -> object:
    if value is None:
        raise refusal('must be text, but nothing stands here; an unquoted # starts a comment: write "#channel"')
    return value


def _channel(value: str) -> str:
    if not _CHANNEL_NAME.fullmatch(value) and not _CHANNEL_ID.fullmatch(value):
        raise refusal(
            f'must be a channel such as "#approvals" (lower case) or an id such as C0123ABCD, not {shown(value)}'
        )
    return value


def _channel_id(value: str) -> str:
    if not _CHANNEL_ID.fullmatch(value):
        raise refusal(
            f"must be the id of a channel, such as C0123ABCD, not {shown(value)}: "
            "a name can be given to another channel"
        )
    return value


def _environment_name(value: str) -> str:
    if not _ENVIRONMENT_NAME.fullmatch(value):
        raise refusal(
            "must be the name of an environment variable, such as JIT_CI_TOKEN; the secret itself never stands here"
        )
    return value


def _branch(value: str) -> str:
    if not _BRANCH.fullmatch(value) or value.startswith("refs/"):
        raise refusal(f"must be a branch such as main, or a pattern such as release/*, not {shown(value)}")
    if not value.strip("*"):
        raise refusal("would make each branch its own base; name those that others start from")
    return value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value.casefold()) and not _is_address(value):
        raise refusal(f"must be a host name or address alone, without scheme, port or path, not {shown(value)}")
    return value.casefold()


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


def _matching(pattern: re.Pattern[str], what: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise refusal(f"must be {what}, not {shown(value)}")
        return value

    return check


def _usergroup(value: str) -> str:
    if not _USERGROUP_ID.fullmatch(value) and not _USERGROUP.fullmatch(value):
        raise refusal(f"must be the handle of a Slack user group, or its id such as S0123ABCD, not {shown(value)}")
    return value.removeprefix("@")


def _calendar(value: str) -> str:
    if _CALENDAR.fullmatch(value) or (_CALENDAR_FILE.fullmatch(value) and "://" not in value):
        return value
    if value.startswith("https://") and "@" in value:
        raise refusal("must not hold a name and a password; use the calendar's own secret address")
    # Whoever has such an address can read the calendar: it is not repeated.
    raise refusal("must be an address that begins with https://, or the path of an .ics file")


def is_name(value: str) -> bool:
    """Tell whether *value* can name a source, a person or a group."""
    return _NAME.fullmatch(value) is not None


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"one of {', '.join(words)}"


def _for_editors(pattern: re.Pattern[str], example: str) -> WithJsonSchema:
    """Say what a text looks like, for the JSON Schema that editors read."""
    shape = pattern.pattern.replace("*+", "*")
    return WithJsonSchema({"type": "string", "pattern": f"^(?:{shape})$", "examples": [example]})


def _one_or_several(check: Callable[[str], str]) -> BeforeValidator:
    """Read one text as a list of one, so that its fault is told where it stands."""

    def read(value: object) -> object:
        return [] if value is None else [check(value)] if isinstance(value, str) else value

    return BeforeValidator(read)


_ONE_OR_SEVERAL = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})

Duration = Annotated[timedelta, BeforeValidator(_span), _for_editors(_DURATION, "1h30m")]
Window = Annotated[timedelta, BeforeValidator(_window), _for_editors(_DURATION, "2m")]
Rate = Annotated[Limit, BeforeValidator(read_limit), _for_editors(_LIMIT, "600 per 1m")]
RuleRate = Annotated[Limit, BeforeValidator(_rule_limit), _for_editors(_LIMIT, "20 per 1d")]
Channel = Annotated[
    str,
    BeforeValidator(_text),
    AfterValidator(_channel),
    WithJsonSchema({"type": "string", "examples": ["#approvals", "C0123ABCD"]}),
]
ChannelId = Annotated[str, BeforeValidator(_text), AfterValidator(_channel_id), _for_editors(_CHANNEL_ID, "C0123ABCD")]
EnvironmentName = Annotated[str, AfterValidator(_environment_name)]
EnvironmentNames = Annotated[list[EnvironmentName], _one_or_several(_environment_name), _ONE_OR_SEVERAL]
UserGroupRef = Annotated[str, AfterValidator(_usergroup)]
CalendarRef = Annotated[str, AfterValidator(_calendar)]
BranchPattern = Annotated[
    str, BeforeValidator(_text), AfterValidator(_branch), WithJsonSchema({"type": "string", "examples": ["release/*"]})
]
Host = Annotated[str, AfterValidator(_host)]
_email = _matching(_EMAIL, "an e-mail address")
_slack_id = _matching(_SLACK_ID, "a Slack member id such as U0123ABCD")
_login = _matching(_GITHUB, "a GitHub login")

Emails = Annotated[list[Annotated[str, AfterValidator(_email)]], _one_or_several(_email), _ONE_OR_SEVERAL]
SlackIds = Annotated[list[Annotated[str, AfterValidator(_slack_id)]], _one_or_several(_slack_id), _ONE_OR_SEVERAL]
GithubLogins = Annotated[list[Annotated[str, AfterValidator(_login)]], _one_or_several(_login), _ONE_OR_SEVERAL]
