"""`jit policy reload`: the running bot reads its policy file again, and we wait for what comes of it."""

import sys

import typer

from bot.cli.chosen import chosen_settings
from bot.cli.operating import NoBot, order
from bot.cli.output import print_lines

_REFUSED = 78


def reload() -> None:
    """Have the running bot read its policy file again, as SIGHUP does; exit 78 with every error when it is refused."""
    answer = order(chosen_settings(), "/operator/reload")
    if answer["undone"]:
        raise NoBot(f"not reloaded: {answer['undone']}")
    for error in answer["errors"]:
        sys.stderr.write(f"{error}\n")
    if answer["errors"]:
        sys.stderr.write(f"jit: the file was refused; {answer['hash']} still holds\n")
        raise typer.Exit(_REFUSED)
    print_lines([f"loaded: {answer['hash']}, {answer['rules']} rules; what is open keeps the rule it was judged by"])
