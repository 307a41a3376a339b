"""`jit waiver`: what is waived, and an end to it."""

from typing import Annotated
from urllib.parse import quote

import typer

from bot.cli.books import look
from bot.cli.chosen import chosen_settings
from bot.cli.operating import NoBot, order
from bot.cli.output import AS_JSON, print_json, print_lines, print_table
from bot.core.moments import draw_moment
from bot.core.waivers.waiver import Waiver
from bot.machine import utc_now
from bot.store import Snapshot

commands = typer.Typer(help="See what is waived, and end it.", no_args_is_help=True)

_MOST = 1000
_LONGEST = 500
"""Of a reason that is given here: it travels in an address."""


@commands.command(name="list")
def list_waivers(
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="How many at most.")] = 50,
    *,
    every: Annotated[bool, typer.Option("--all", help="Also those that are over, the newest first.")] = False,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """List waivers, the first to end first: which failure, until when, how many uses are left, by whom, and why."""

    def query(snapshot: Snapshot) -> list[Waiver]:
        now = utc_now()
        found = snapshot.waivers.newest(limit) if every else snapshot.waivers.live(limit)
        return [one for one in found if every or one.holds(now)]

    found = look(chosen_settings(), query)
    if as_json:
        print_json([_draw(one) for one in found])
    else:
        print_table(("#", "test", "where", "until", "left", "by", "ticket", "why", "end"), map(_row, found), _ELASTIC)


@commands.command()
def revoke(
    waiver: Annotated[str, typer.Argument(help="The number that `jit waiver list` shows.")],
    reason: Annotated[str, typer.Option(help="Why; it is read in the thread of the request, and in the log.")],
) -> None:
    """Have the running bot take a waiver back: from the next request on that failure counts again."""
    number, why = waiver.removeprefix("#"), reason.strip()
    if not (number.isascii() and number.isdecimal() and len(number) < 10):  # noqa: PLR2004 - as many digits as a number may have
        raise typer.BadParameter("a waiver has a number; `jit waiver list` shows it")
    if not 0 < len(why) <= _LONGEST:
        raise typer.BadParameter(f"--reason: say why, in {_LONGEST} characters at most")
    answer = order(chosen_settings(), f"/operator/waivers/{number}/revoke?reason={quote(why, safe='')}")
    if not answer["ok"]:
        raise NoBot(str(answer["why"]))
    print_lines([f"waiver #{answer['number']} is revoked: {answer['test']}"])


_ELASTIC = {"test", "where", "why"}


def _row(waiver: Waiver) -> tuple[object, ...]:
    site = waiver.site
    where = " ".join(part for part in (site.repository, site.environment) if part)
    left = f"{waiver.uses - waiver.used} of {waiver.uses}"
    end = waiver.end.how.value if waiver.end else ""
    until = draw_moment(waiver.until)[:16]
    return (waiver.number, waiver.test, where, until, left, waiver.by.key, waiver.ticket, waiver.reason, end)


def _draw(waiver: Waiver) -> dict[str, object]:
    end = waiver.end
    ended = {"how": end.how.value, "at": draw_moment(end.at), "by": end.by.name, "reason": end.reason} if end else None
    return {
        "number": waiver.number,
        "source": waiver.site.source,
        "repository": waiver.site.repository,
        "environment": waiver.site.environment,
        "test": waiver.test,
        "signature": waiver.signature,
        "by": waiver.by.key,
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "request": waiver.about,
        "given_at": draw_moment(waiver.since),
        "expires_at": draw_moment(waiver.until),
        "uses": waiver.uses,
        "used": waiver.used,
        "reminded_at": draw_moment(waiver.reminded_at) if waiver.reminded_at else None,
        "ended": ended,
    }
