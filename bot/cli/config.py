"""`jit config`: what is set, and what may stand in the policy file."""

from typing import Annotated

import typer
from pydantic import SecretStr

from bot.cli.chosen import chosen_settings
from bot.cli.output import AS_JSON, print_json, print_lines, print_table
from bot.policy.grammar.reference import draw_reference, draw_schema
from bot.settings import SECRETS, Settings

commands = typer.Typer(help="Show the settings, and the reference of the policy file.", no_args_is_help=True)


@commands.command()
def show(*, as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Show every setting as the bot would read it here; of secrets only whether they are set."""
    found = _shown(chosen_settings())
    if as_json:
        print_json(found)
    else:
        print_table(("setting", "value"), found.items())


@commands.command()
def reference(
    *,
    schema: Annotated[bool, typer.Option("--schema", help="The JSON Schema that editors read, instead.")] = False,
) -> None:
    """Print what may stand in the policy file: docs/policy.md, or its JSON Schema."""
    print_lines((draw_schema() if schema else draw_reference()).splitlines())


def _shown(settings: Settings) -> dict[str, object]:
    shown: dict[str, object] = {}
    for name, field in Settings.model_fields.items():
        variable, value = str(field.validation_alias or name), getattr(settings, name)
        is_secret = variable in SECRETS or isinstance(value, SecretStr)
        shown[variable] = ("not set" if value is None else "set") if is_secret else value
    return shown
