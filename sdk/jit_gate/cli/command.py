"""From the command line to an exit code. Whatever goes wrong, it is never 0, and never what a decision means."""

from __future__ import annotations

import sys
import traceback
from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Callable

from jit_gate.cli.exits import NO_ANSWER
from jit_gate.cli.fields import with_fields
from jit_gate.cli.flags import parser
from jit_gate.cli.gate import STOP_SECONDS, Gate, conclude
from jit_gate.cli.outputs import find_outputs
from jit_gate.cli.screen import Screen
from jit_gate.cli.stopping import Stopped, Stops
from jit_gate.cli.surroundings import environment, read_access
from jit_gate.cli.verifying import read_proven
from jit_gate.client import Client, Network
from jit_gate.durations import draw_duration, read_duration
from jit_gate.errors import BadInput, GateError, NoAnswer, Refused
from jit_gate.id_tokens import GetToken
from jit_gate.patience import Patience


def run(words: Sequence[str]) -> int:
    """Carry out one command line, and return its exit code."""
    env = environment()
    screen = Screen(is_live=_is_live(env))
    try:
        flags = parser().parse_args(with_fields(words, env))
    except BadInput as bad:
        screen.say(str(bad))
        return NO_ANSWER
    return _run(flags, env, screen, Stops())


def _run(flags: Namespace, env: Mapping[str, str], screen: Screen, stops: Stops) -> int:
    try:
        stops.install()
        if flags.command == "verify":
            return conclude(read_proven(flags, env), flags, screen, find_outputs(env, flags))
        return _carry_out(_gate(flags, env, screen, stops))
    except Refused as refused:
        screen.say(str(refused))
        for fault in refused.faults:
            screen.say(f"  {fault}")
    except GateError as error:
        screen.say(str(error))
    except Stopped:
        screen.say(f"{stops.received}")
    except Exception as error:  # noqa: BLE001 - Python itself would exit 1, and that means rejected
        screen.say(f"broken: {type(error).__name__}; please report this")
        for line in traceback.format_tb(error.__traceback__)[-3:]:
            screen.say(f"  {line}")
    return NO_ANSWER


def _carry_out(gate: Gate) -> int:
    commands: Mapping[str, Callable[[], int]] = {
        "request": gate.request,
        "wait": gate.wait,
        "status": gate.status,
        "cancel": gate.cancel,
        "report": gate.report,
    }
    return commands[gate.flags.command]()


def _gate(flags: Namespace, env: Mapping[str, str], screen: Screen, stops: Stops) -> Gate:
    access = read_access(env, flags.url, flags.token_file, flags.oidc_audience)
    token = _noted(access.token, screen)
    network = Network(ca_file=flags.ca_file or env.get("JIT_CA_FILE"), allow_http=flags.allow_http)

    def trouble(error: NoAnswer, pause: float) -> None:
        screen.say(f"{error} Trying again in {draw_duration(pause) if pause >= 1 else 'a moment'}.")

    patience = Patience(retry_for=read_duration(flags.retry_for), on_trouble=trouble)
    hurry = Patience(retry_for=STOP_SECONDS, strange_for=STOP_SECONDS, longest_pause=1.0, on_trouble=trouble)
    return Gate(
        client=Client(access.url, token, network=network, patience=patience),
        hurried=Client(access.url, token, network=network, patience=hurry),
        flags=flags,
        env=env,
        screen=screen,
        outputs=find_outputs(env, flags),
        stops=stops,
    )


def _noted(token: str | GetToken, screen: Screen) -> str | GetToken:
    """Return *token* so that the screen never shows it, nor any that follows it."""
    if isinstance(token, str):
        screen.secrets = (token,)
        return token

    def shown() -> str:
        one = token()
        screen.secrets = tuple({*screen.secrets, one})
        return one

    return shown


def _is_live(env: Mapping[str, str]) -> bool:
    """Tell whether somebody looks at a terminal that understands more than lines."""
    return sys.stderr.isatty() and not env.get("CI") and env.get("TERM", "dumb") != "dumb"
