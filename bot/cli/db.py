"""`jit db`: the database's version, and bringing it up to date."""

from typing import Annotated

import typer

from bot.cli.books import require_database
from bot.cli.chosen import chosen_settings
from bot.cli.output import AS_JSON, print_json, print_lines
from bot.store import schema_status, upgrade_schema

commands = typer.Typer(help="Look at the database's schema, or bring it up to date.", no_args_is_help=True)


@commands.command()
def status(*, as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Say which schema the database has and which one is needed; exit 1 when it is older, 78 when it is newer."""
    settings = chosen_settings()
    require_database(settings)
    found = schema_status(settings.database_url)
    if as_json:
        print_json({"stored": found.stored, "needed": found.needed, "current": found.is_current})
    elif found.is_current:
        print_lines([f"up to date: schema {found.stored}"])
    else:
        print_lines([f"schema {found.stored or 'none'}, needed is {found.needed}; `jit db upgrade` mends it"])
    if not found.is_current:
        raise typer.Exit(1)


@commands.command()
def upgrade() -> None:
    """Bring the database up to date, or make it. `jit serve` does so by itself."""
    before = upgrade_schema(chosen_settings().database_url)
    if before.is_current:
        print_lines([f"up to date already: schema {before.needed}"])
    else:
        print_lines([f"from schema {before.stored or 'none'} to {before.needed}"])
