"""What stands behind `/jit waive 12`: a failed test, and then until when, how often, which ticket, and why. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from bot.core.errors import Refusal, Refused
from bot.core.evidence import Failure
from bot.slack.words.escape import line
from handlers.slack.jit.spans import LIKE_THIS as LIKE_A_MOMENT
from handlers.slack.jit.spans import read_beginning

LIKE_THIS = "/jit waive 12 tests.pay::test_refund for 3d uses 5 ticket PAY-77 the bank's sandbox is down"

_SIGNATURE = re.compile(r"s[0-9]+:[0-9a-f]{16}")
_QUOTED = re.compile(r"\s*[\"'\u201c\u201e\u2018\u00ab](.+?)[\"'\u201d\u201c\u2019\u00bb](?=\s|$)")
_OPTIONS = frozenset({"uses", "ticket", "for", "until"})
_NUMBER = re.compile(r"#?([0-9]{1,9})")
_SHORTEST = 3
"""Of how many characters the end of a test's name must be, to be taken for it."""

_NAMED, _NAME = 5, 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was typed behind the test; None is whatever the policy says."""

    until: datetime | None = None
    uses: int | None = None
    ticket: str | None = None
    reason: str = ""


def read_test(words: str, failures: Sequence[Failure], request: int) -> tuple[Failure, str]:
    """Return the failure that *words* begin with, and what stands behind it. Raises Refused, and says what failed.

    A test is named whole, with its spaces or in quotes, or by the end of its name. One that failed in several ways is
    told by its signature, behind its name.
    """
    name, rest = _named(words.strip(), failures)
    if not name:
        raise Refused(Refusal.OUT_OF_RANGE, f"Which test? Write it like this: {LIKE_THIS}")
    found = [failure for failure in failures if failure.id == name] or _ending(name, failures)
    if not found:
        raise Refused(
            Refusal.NOT_FOUND, f"No failed test of #{request} is called “{line(name, _NAME)}”. {_failed(failures)}"
        )
    if len({failure.id for failure in found}) > 1:
        raise Refused(Refusal.OUT_OF_RANGE, f"Several end like that; name it whole. {_failed(found)}")
    return _of_one(found, rest)


def read_options(words: str, zone: tzinfo, now: datetime) -> Options:
    """Return what *words* say, in whatever order, and the reason behind it. Raises Refused."""
    found, parts = Options(), words.split()
    while parts and parts[0].casefold() in _OPTIONS:
        match parts[0].casefold():
            case "uses":
                found, parts = _with_uses(found, parts[1:])
            case "ticket":
                found, parts = _with_ticket(found, parts[1:])
            case _:
                found, parts = _with_end(found, parts, zone, now)
    if parts and parts[0].casefold() == "because":
        parts = parts[1:]
    return replace(found, reason=" ".join(parts))


def _with_uses(found: Options, parts: list[str]) -> tuple[Options, list[str]]:
    count = _NUMBER.fullmatch(parts[0]) if parts else None
    if count is None:
        raise Refused(Refusal.OUT_OF_RANGE, f"How many uses? Write a number behind it: {LIKE_THIS}")
    return replace(found, uses=int(count[1])), parts[1:]


def _with_ticket(found: Options, parts: list[str]) -> tuple[Options, list[str]]:
    if not parts:
        raise Refused(Refusal.OUT_OF_RANGE, f"Which ticket? Write it like this: {LIKE_THIS}")
    return replace(found, ticket=parts[0]), parts[1:]


def _with_end(found: Options, parts: list[str], zone: tzinfo, now: datetime) -> tuple[Options, list[str]]:
    until, rest = read_beginning(" ".join(parts), zone, now)
    if until is None:
        raise Refused(Refusal.OUT_OF_RANGE, _unread(parts))
    return replace(found, until=until), rest.split()


def read_unwaiving(words: str) -> tuple[int, str | None]:
    """Return the number of the waiver that is taken back, and why. Raises Refused."""
    number, _, reason = words.strip().partition(" ")
    found = _NUMBER.fullmatch(number)
    if found is None:
        raise Refused(
            Refusal.OUT_OF_RANGE, "Which waiver? Write it like this: /jit unwaive 3. /jit waivers lists what there is."
        )
    return int(found[1]), reason.strip() or None


def _named(words: str, failures: Sequence[Failure]) -> tuple[str, str]:
    """Return the name that *words* begin with, and the rest: that of a failed test if it is one, spaces and all."""
    whole = max((one.id for one in failures if _begins(words, one.id)), key=len, default="")
    if whole:
        return whole, words[len(whole) :]
    if quoted := _QUOTED.match(words):
        return quoted[1].strip(), words[quoted.end() :]
    name, _, rest = words.partition(" ")
    return name, rest


def _begins(words: str, name: str) -> bool:
    return bool(name) and words.startswith(name) and words[len(name) :][:1].strip() == ""


def _ending(name: str, failures: Sequence[Failure]) -> list[Failure]:
    # Slack may have made a link of what looks like the name of a host.
    name = re.sub(r"^https?://", "", name)
    return [one for one in failures if one.id.endswith(name)] if len(name) >= _SHORTEST else []


def _of_one(found: Sequence[Failure], rest: str) -> tuple[Failure, str]:
    """Return which of the failures of one test is meant: there is one, or its signature follows."""
    kinds = {failure.signature: failure for failure in reversed(found)}
    first, _, behind = rest.strip().partition(" ")
    if _SIGNATURE.fullmatch(first):
        if first not in kinds:
            raise Refused(Refusal.NOT_FOUND, f"That test didn't fail with {first}. {_ways(kinds)}")
        return kinds[first], behind
    if len(kinds) > 1:
        raise Refused(Refusal.OUT_OF_RANGE, f"That test failed in several ways. {_ways(kinds)}")
    return found[0], rest


def _ways(kinds: dict[str | None, Failure]) -> str:
    ways = [f"{signature} ({line(one.message, _NAME)})" for signature, one in kinds.items() if signature is not None]
    return f"Write one of these behind its name: {_few(ways)}."


def _failed(failures: Sequence[Failure]) -> str:
    names = list(dict.fromkeys(line(one.id, _NAME) for one in failures))
    return f"These failed: {_few(names)}." if names else "Its source named none that failed."


def _few(names: Sequence[str]) -> str:
    more = f"; and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{'; '.join(names[:_NAMED])}{more}"


def _unread(parts: Sequence[str]) -> str:
    if parts[0].casefold() == "for":
        return f"For how long? Write it like one of these: {LIKE_A_MOMENT}. If it begins the reason, put because first."
    return f"Until when? Write it like one of these: {LIKE_A_MOMENT}."
