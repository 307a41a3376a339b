"""`jit audit`: whether the log is whole, and the log itself."""

import sys
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from bot.cli.books import look, require_database
from bot.cli.chosen import chosen_settings
from bot.cli.output import AS_JSON, print_json, print_lines
from bot.store import AuditVerdict, export_audit, verify_audit

commands = typer.Typer(help="Verify the audit log, or write it out.", no_args_is_help=True)


class ExportFormat(StrEnum):
    """How the log can be written out."""

    JSONL = "jsonl"


@commands.command()
def verify(*, as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Check every entry, the chain, its end, and that it leads to what the requests say; exit 1 when not."""
    verdict = look(chosen_settings(), verify_audit)
    if as_json:
        print_json(verdict)
    elif verdict.ok:
        print_lines([f"good: {verdict.entries} entries, one chain, and every request stands where they say"])
    else:
        sys.stderr.write(f"jit: {_draw_fault(verdict)}\n")
    if not verdict.ok:
        raise typer.Exit(1)


@commands.command()
def export(
    file: Annotated[Path | None, typer.Option("--out", "-o", help="A new file, instead of standard output.")] = None,
    *,
    form: Annotated[ExportFormat, typer.Option("--format", help="How to write it.")] = ExportFormat.JSONL,
) -> None:
    """Write every entry of the log, oldest first, as the very bytes that are hashed; one a line."""
    del form  # there is one so far
    settings = chosen_settings()
    require_database(settings)
    with nullcontext(sys.stdout.buffer) if file is None else _new(file) as out:
        count = look(settings, lambda snapshot: export_audit(snapshot, out))
        out.flush()
    sys.stderr.write(f"{count} entries written to {file}\n" if file else "")


def _new(file: Path) -> BinaryIO:
    try:
        return file.open("xb")
    except FileExistsError:
        raise typer.BadParameter(f"{file} is there already, and an export never overwrites; name a new file") from None


def _draw_fault(verdict: AuditVerdict) -> str:
    return f"the log is not whole: entry {verdict.first_bad_seq}: {verdict.why}"
