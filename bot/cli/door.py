"""The way in and out of the command line: commands are put together here, and a fault becomes one line and a code."""

import errno
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from bot import __version__
from bot.address import CannotListen
from bot.cli import (
    audit,
    config,
    db,
    demo,
    history,
    init,
    outbox,
    policy,
    reload,
    request,
    sandbox,
    serve,
    simulate,
    waiver,
)
from bot.cli.chosen import choose
from bot.cli.demo.failed import DemoFailed
from bot.cli.doctor import command as doctor
from bot.cli.operating import NoBot
from bot.cli.sandbox.failed import SandboxFailed
from bot.core.errors import Refused
from bot.policy import PolicyInvalid
from bot.settings import SettingsInvalid
from bot.store import StoreUnusable

NO = 1
BAD_CONFIGURATION = 78
"""EX_CONFIG of sysexits.h."""

jit = typer.Typer(
    name="jit",
    help="Operates JIT Approvals: pipelines and services ask before they act; a policy or a person answers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
jit.command()(serve.serve)
jit.command()(demo.demo)
jit.command()(sandbox.sandbox)
jit.command()(init.init)
jit.command()(doctor.doctor)
jit.add_typer(db.commands, name="db")
policy.commands.command()(simulate.simulate)
policy.commands.command()(reload.reload)
jit.add_typer(policy.commands, name="policy")
jit.add_typer(config.commands, name="config")
jit.add_typer(audit.commands, name="audit")
jit.add_typer(request.commands, name="request")
jit.add_typer(history.commands, name="history")
jit.add_typer(outbox.commands, name="outbox")
jit.add_typer(waiver.commands, name="waiver")


def _tell_version(wanted: bool) -> None:  # noqa: FBT001 - the shape of a typer callback
    if wanted:
        typer.echo(f"jit {__version__}")
        raise typer.Exit


_OF_NO_WORKSPACE = frozenset({"serve", "demo", "sandbox", "init"})


@jit.callback()
def options(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", callback=_tell_version, is_eager=True, help="Say which this is."),  # noqa: FBT001, FBT003 - the shape of a typer option
    workspace: Annotated[
        str | None,
        typer.Option("--workspace", "-w", help="Which one, where the bot serves several."),
    ] = None,
) -> None:
    """Take what comes before the command."""
    del version
    if workspace is not None and context.invoked_subcommand in _OF_NO_WORKSPACE:
        raise typer.BadParameter(
            f"jit {context.invoked_subcommand} is about no single workspace; leave --workspace out"
        )
    choose(workspace)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code. Every fault a person can mend is one line on standard error."""
    try:
        code = jit(arguments, prog_name="jit", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has enough; the interpreter must not complain at its end
        return NO
    except _MENDABLE as fault:
        code, sentences = _explain(fault)
        for sentence in sentences:
            sys.stderr.write(f"{sentence}\n")
    return code if isinstance(code, int) else 0


_MENDABLE = (
    TyperException,
    SettingsInvalid,
    PolicyInvalid,
    StoreUnusable,
    Refused,
    DemoFailed,
    SandboxFailed,
    NoBot,
    OSError,
)


def _explain(fault: BaseException) -> tuple[int, list[str]]:
    match fault:
        case TyperException():
            said = fault.format_message()  # empty where the help has been shown instead
            return fault.exit_code, [f"jit: {said}"] if said else []
        case PolicyInvalid():
            return BAD_CONFIGURATION, str(fault).splitlines()  # as editors expect it: the place comes first
        case SettingsInvalid() | StoreUnusable():
            return BAD_CONFIGURATION, [f"jit: {line}" for line in str(fault).splitlines()]
        case CannotListen():
            return BAD_CONFIGURATION, [f"jit: {fault}"]
        case OSError():
            return NO, [f"jit: {_of_system(fault)}"]
        case _:
            return NO, [f"jit: {fault}"]


def _of_system(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"{error.strerror or 'the port is in use'}; stop what listens there, or choose another port"
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)
