"""`jit doctor`: looks at everything, says of each thing how it is, and what to do."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from bot.cli.chosen import chosen_settings
from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Finding, Status
from bot.cli.doctor.repairing import repair
from bot.cli.doctor.rounds import GROUPS, make_rounds
from bot.cli.output import AS_JSON, print_json, print_lines
from bot.log import start_log, struck
from bot.machine import utc_now
from bot.settings import Settings

_NO = 1
_MARKS = {Status.OK: "ok  ", Status.WARN: "warn", Status.FAIL: "FAIL"}

WholeLog = Annotated[bool, typer.Option("--whole-log", help="Check every entry of the log, as `jit audit verify`.")]
Repairing = Annotated[
    bool, typer.Option("--repair", help="First have the bot put right, at once, cards that do not show what is stored.")
]


def doctor(
    *, whole_log: WholeLog = False, repairing: Repairing = False, as_json: Annotated[bool, AS_JSON] = False
) -> None:
    """Say whether all is well and what to do, a line for each check; exit 1 when something fails."""
    settings = chosen_settings()
    start_log(settings.log_format, "error", settings.known_secrets)  # what is found is told in its own line
    case = Case(settings=settings, clock=utc_now, whole_log=whole_log)
    came = repair(case) if repairing else None
    found = [*([came.finding] if came else ()), *make_rounds(case)]
    is_well = all(one.status is not Status.FAIL for one in found)
    if as_json:
        done = {"repair": came.done} if came else {}
        print_json({"ok": is_well, "checks": [_draw(one, settings) for one in found], **done})
    else:
        print_lines(struck(line, settings.known_secrets()) for line in _lines(found))
    if not is_well:
        raise typer.Exit(_NO)


def _lines(found: Sequence[Finding]) -> Iterator[str]:
    for group in GROUPS:
        mine = [one for one in found if one.group == group]
        if mine:
            yield group
            yield from (f"  {_MARKS[one.status]} {_name(one)}: {_sentence(one)}" for one in mine)
    count = {status: sum(one.status is status for one in found) for status in Status}
    yield f"{count[Status.FAIL]} failed, {count[Status.WARN]} warnings, {count[Status.OK]} well"


def _name(one: Finding) -> str:
    return one.check.partition(".")[2]


def _sentence(one: Finding) -> str:
    return f"{one.says}; {one.remedy}" if one.remedy else one.says


def _draw(one: Finding, settings: Settings) -> dict[str, object]:
    secrets = settings.known_secrets()
    return {
        "check": one.check,
        "status": one.status.value,
        "says": struck(one.says, secrets),
        "remedy": None if one.remedy is None else struck(one.remedy, secrets),
    }
