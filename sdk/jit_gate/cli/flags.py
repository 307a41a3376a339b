"""The flags of every command."""

from __future__ import annotations

import sys
from argparse import Action, ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Mapping
from typing import NoReturn

from jit_gate import __version__
from jit_gate.cli.exits import NO_ANSWER

FROM_ENV = "--from-env"

_ABOUT = "Ask JIT Approvals whether an action may happen, and wait for the answer."
_EXITS = """\
exit codes of `request --wait`, `wait`, `status` and `verify`:
  0  approved
  1  rejected
  2  no decision: expired, cancelled, superseded, still open, or approved on a condition
  3  could not ask, or no clear answer: network, authentication, bad input, a forged callback
`request` without --wait, and `report`, exit 0 once it is asked, unless it is rejected at once.

The bot and the token: JIT_URL and JIT_TOKEN (or JIT_TOKEN_FILE). A callback's secret: JIT_SIGNING_SECRET (or
JIT_SIGNING_SECRET_FILE). None of these is a flag.
"""


class Parser(ArgumentParser):
    """As argparse has it, but what can't be read exits as what could not be asked: 2 means something else here."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, in one line."""
        sys.stderr.write(f"jit-gate: {message} ({self.prog} --help)\n")
        sys.exit(NO_ANSWER)

    def fields(self) -> Mapping[str, Action]:
        """Return its flags by their names, but those that ask for something else."""
        named = {name: action for action in self._actions for name in action.option_strings}
        return {name[2:]: action for name, action in named.items() if name not in {"-h", "--help", FROM_ENV}}


def fields(command: str) -> Mapping[str, Action]:
    """Return the flags of a command by their names; none if there is no such command."""
    reader = Parser()
    if command in _COMMANDS:
        _COMMANDS[command][1](reader)
    return reader.fields()


def parser() -> Parser:
    """Return the reader of the command line."""
    whole = Parser(
        prog="jit-gate",
        description=_ABOUT,
        epilog=_EXITS,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=f"jit-gate {__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (about, add) in _COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        add(command)
    return whole


def _request(command: Parser) -> None:
    _access(command)
    command.add_argument("--wait", action="store_true", help="wait for the answer, and exit with it")
    _waiting(command)
    _from_env(command)
    command.add_argument("--no-ci", action="store_true", help="take nothing from the variables of the CI")
    command.add_argument(
        "--idempotency-key", metavar="KEY", help="the same key brings the same request (else a new one each time)"
    )
    _what(command)
    _who(command)
    evidence = command.add_argument_group("what the tests said")
    evidence.add_argument("--report", metavar="GLOB", action="append", default=[], help="'build/**/*.xml'; repeat it")
    evidence.add_argument("--tests", metavar="FILE", help="counts in JSON, instead of reports")
    answer = command.add_argument_group("the answer")
    answer.add_argument("--timeout", metavar="30m", help="when the request expires; the policy may say sooner")
    answer.add_argument("--callback-url", metavar="URL", help="where the signed answer is sent, too")


def _what(command: Parser) -> None:
    asked = command.add_argument_group("what is asked (values are name=text, or name:=JSON)")
    asked.add_argument("--title", required=True, help="what people read first")
    asked.add_argument("--action", required=True, help="deploy, migrate, … as the policy calls it")
    for name in ("service", "environment", "repository", "ref", "commit", "lane", "reason", "severity"):
        asked.add_argument(f"--{name}")
    repeated = (
        ("label", "hotfix"),
        ("flag", "NAME[=false]"),
        ("parameter", "version=1.42.0"),
        ("metadata", "run=7"),
        ("link", "label=https://…"),
    )
    for name, example in repeated:
        asked.add_argument(f"--{name}", metavar=example, action="append", default=[], help="repeat it")


def _who(command: Parser) -> None:
    people = command.add_argument_group("people (EMAIL, github:LOGIN or slack:ID; several names of one with commas)")
    people.add_argument("--requester", metavar="WHO", help="whose wish it is; else whoever started the run")
    people.add_argument("--triggerer", metavar="WHO", help="who started the run; else whom the CI names")
    people.add_argument("--author", metavar="WHO", action="append", default=[], help="who wrote the change; repeat it")


def _from_env(command: Parser) -> None:
    command.add_argument(
        FROM_ENV, metavar="PREFIX", help="take PREFIX_TITLE as --title, and so on; what repeats has one a line"
    )


def _wait(command: Parser) -> None:
    _about_one(command)
    _from_env(command)
    _digest(command)
    _waiting(command)


def _report(command: Parser) -> None:
    _about_one(command)
    command.add_argument("--no-ci", action="store_true", help="take nothing from the variables of the CI")
    command.add_argument("--revision", type=int, metavar="N", help="replace this revision, and no newer one")
    for name in ("commit", "ref", "reason"):
        command.add_argument(f"--{name}")
    for name, example in (("parameter", "version=1.42.0"), ("link", "label=https://…"), ("author", "WHO")):
        command.add_argument(f"--{name}", metavar=example, action="append", default=[], help="repeat it")
    command.add_argument("--report", metavar="GLOB", action="append", default=[], help="'build/**/*.xml'; repeat it")
    command.add_argument("--tests", metavar="FILE", help="counts in JSON, instead of reports")


def _cancel(command: Parser) -> None:
    _about_one(command)
    command.add_argument("--reason", help="why, for whoever would have answered")


def _verify(command: Parser) -> None:
    command.add_argument("id", metavar="ID", help="the request that the callback has to be about")
    command.add_argument("--body", metavar="FILE", help="what was posted, byte for byte; else standard input")
    for part in ("id", "timestamp", "signature"):
        command.add_argument(f"--webhook-{part}", required=True, metavar="TEXT", help="the header of this name")
    command.add_argument("--secret-file", metavar="FILE", help="a file with the source's signing secret")
    _digest(command)
    _result(command)


def _digest(command: Parser) -> None:
    command.add_argument("--digest", help="what the answer must be about, as `request` writes it: sha256:…")


def _about_one(command: Parser) -> None:
    command.add_argument("id", metavar="ID", help="the request's id, as `request` writes it")
    _access(command)


def _access(command: Parser) -> None:
    command.add_argument("--url", help="the bot's address (JIT_URL)")
    command.add_argument("--token-file", metavar="FILE", help="a file with the token (JIT_TOKEN, JIT_TOKEN_FILE)")
    command.add_argument(
        "--oidc-audience", metavar="AUD", help="for whom the CI's ID token is, without a token (else the bot's address)"
    )
    command.add_argument("--ca-file", metavar="FILE", help="trust these certificates alone (JIT_CA_FILE)")
    command.add_argument("--allow-http", action="store_true", help="send the token unencrypted to another machine")
    command.add_argument(
        "--retry-for", metavar="15m", default="15m", help="how long the bot may be out of reach, each time (15m)"
    )
    _result(command)


def _result(command: Parser) -> None:
    command.add_argument("--json", action="store_true", help="write the whole answer on standard output")
    command.add_argument("--dotenv", metavar="FILE", help="write JIT_REQUEST_ID, JIT_STATE … there, for later jobs")
    command.add_argument(
        "--outputs", metavar="FOLDER", help="write id, state, verdict, by, reason … there, each in a file of its own"
    )
    command.add_argument(
        "--accept-conditions", action="store_true", help="a yes on a condition is one: what follows keeps the condition"
    )


def _waiting(command: Parser) -> None:
    command.add_argument("--wait-limit", metavar="24h", default="24h", help="the longest to wait (24h)")
    command.add_argument("--keep", action="store_true", help="do not take the request back when this job is cancelled")


_COMMANDS: Mapping[str, tuple[str, Callable[[Parser], None]]] = {
    "request": ("ask, and with --wait wait for the answer", _request),
    "wait": ("wait for the answer to what was asked", _wait),
    "status": ("say where a request stands, and exit as wait does", _about_one),
    "verify": ("prove a callback, and exit with what it says", _verify),
    "report": ("bring other test results, for another commit perhaps", _report),
    "cancel": ("take a request back; exits 0 when it is", _cancel),
}
