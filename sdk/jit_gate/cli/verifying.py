"""``jit-gate verify``: a callback that somebody received, proven here, and worth what it says of one request."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from jit_gate.answers import ApprovalRequest, Binding
from jit_gate.cli.surroundings import read_signing_secret
from jit_gate.errors import BadInput, Unclear
from jit_gate.signatures import read_callback, verify

_LARGEST = 64 * 1024 * 1024


def read_proven(flags: Namespace, env: Mapping[str, str]) -> ApprovalRequest:
    """Return the request that a callback tells of.

    Raises Forged for what is not proven, Unclear when it is about another request, or about something else.
    """
    headers = {
        "webhook-id": flags.webhook_id,
        "webhook-timestamp": flags.webhook_timestamp,
        "webhook-signature": flags.webhook_signature,
    }
    told = read_callback(verify(_body(flags.body), headers, read_signing_secret(env, flags.secret_file)))
    if told.id != flags.id:
        raise Unclear(f"The callback is genuine, and about another request (#{told.number}).")
    Binding(flags.digest).require(told)
    return told


def _body(file: str | None) -> bytes:
    try:
        if file is None:
            return sys.stdin.buffer.read(_LARGEST)
        with Path(file).open("rb") as opened:
            return opened.read(_LARGEST)
    except OSError as error:
        raise BadInput(f"The body can't be read ({error.strerror}).") from error
