"""How commands show things: tables for people, JSON for programs, always on standard output."""

import sys
from collections.abc import Collection, Iterable, Sequence

import orjson
import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDEST = 10_000
"""Wider than any row: nothing is cut in a pipe."""

AS_JSON = typer.Option("--json", help="Write JSON.")


def print_json(value: object) -> None:
    """Write *value* as one indented JSON document; what JSON has no word for becomes its text."""
    sys.stdout.write(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], elastic: Collection[str] = ()) -> None:
    """Write *rows* as a table, one line each; a narrow terminal cuts the *elastic* columns, a pipe none.

    Nothing in a cell is taken for markup: titles come from outside.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column not in elastic)
    for row in rows:
        table.add_row(*(Text(_one_line(cell), no_wrap=True, overflow="ellipsis") for cell in row))
    width = None if sys.stdout.isatty() else _WIDEST
    Console(highlight=False, width=width).print(table)


def print_lines(lines: Iterable[str]) -> None:
    """Write lines as they are, without what could move a terminal's cursor or colour it."""
    for line in lines:
        typer.echo(_one_line(line))


def _one_line(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
