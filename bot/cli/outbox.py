"""`jit outbox`: what could not be delivered and was given up, and another try for it."""

from typing import Annotated

import typer

from bot.cli.books import look
from bot.cli.chosen import chosen_settings
from bot.cli.operating import NoBot, order
from bot.cli.output import AS_JSON, print_json, print_lines, print_table
from bot.core.moments import draw_moment
from bot.store import OutboxRow, Snapshot

commands = typer.Typer(help="See what was given up, and have it tried again.", no_args_is_help=True)

_MOST = 1000

RowId = Annotated[str, typer.Argument(help="The id that `jit outbox list` shows, or a callback's webhook-id.")]


@commands.command(name="list")
def list_dead(
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="How many at most.")] = 50,
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """List what was given up, oldest first: callbacks, cards and messages that nobody has got."""

    def query(snapshot: Snapshot) -> list[tuple[OutboxRow, int | None]]:
        return [(row, _number(snapshot, row)) for row in snapshot.dead(limit)]

    found = look(chosen_settings(), query)
    if as_json:
        print_json([_draw(row, number) for row, number in found])
    else:
        rows = ((row.id, number, _kind(row), row.destination, row.attempts, row.last_error) for row, number in found)
        print_table(("id", "#", "what", "where", "tries", "why"), rows, {"where", "why"})


@commands.command()
def replay(row: RowId) -> None:
    """Have the running bot try again what was given up; a callback goes out with the id and the bytes it had."""
    answer = order(chosen_settings(), f"/operator/outbox/{_plain(row)}/replay")
    if not answer["ok"]:
        raise NoBot(str(answer["why"]))
    print_lines([f"{answer['id']} is due again, to {answer['destination']}"])


def _plain(row: str) -> str:
    found = row.removeprefix("jit_")  # as callers know their callbacks
    if not all(c.isascii() and (c.isalnum() or c == "-") for c in found) or not found:
        raise typer.BadParameter("an id is made of letters, digits and -; `jit outbox list` shows them")
    return found


def _number(snapshot: Snapshot, row: OutboxRow) -> int | None:
    request = snapshot.request(row.request) if row.request else None
    return request.number if request else None


def _kind(row: OutboxRow) -> str:
    return type(row.effect).__name__


def _draw(row: OutboxRow, number: int | None) -> dict[str, object]:
    return {
        "id": row.id,
        "request": row.request,
        "number": number,
        "what": _kind(row),
        "destination": row.destination,
        "attempts": row.attempts,
        "created_at": draw_moment(row.created_at),
        "why": row.last_error,
    }
