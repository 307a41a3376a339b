"""What the commands do: ask, wait, look, take back; each returns its exit code."""

from __future__ import annotations

import uuid
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jit_gate.answers import ApprovalRequest, State
from jit_gate.asking import Ask, Report
from jit_gate.cli import exits, words
from jit_gate.cli.composing import compose, compose_evidence
from jit_gate.cli.outputs import Outputs
from jit_gate.cli.screen import Screen
from jit_gate.cli.stopping import Stopped, Stops
from jit_gate.cli.values import read_reports
from jit_gate.client import Client
from jit_gate.durations import read_duration
from jit_gate.errors import GateError, Refused

STOP_SECONDS = 6.0
"""How long taking a request back may take: GitHub ends a cancelled job for good ten seconds after its first signal."""


@dataclass(frozen=True)
class Gate:
    """One run of the command. ``hurried`` is the client that is in a hurry: it takes back what nobody waits for."""

    client: Client
    hurried: Client
    flags: Namespace
    env: Mapping[str, str]
    screen: Screen
    outputs: Outputs
    stops: Stops

    def request(self) -> int:
        """Ask, and wait if that is wanted."""
        wait_limit = read_duration(self.flags.wait_limit)
        ask, reports = compose(self.flags, self.env), read_reports(self.flags.report)
        key = self.flags.idempotency_key or str(uuid.uuid4())
        try:
            with self.stops.heeded():
                asked = self.client.request(ask, reports, key=key)
        except Stopped:
            return self._stopped_while_asking(ask, reports, key)
        self.screen.say(words.asked(asked))
        self.outputs.asked(asked)
        if self.flags.wait and not asked.state.is_final:
            return self._wait(asked, asked.digest, wait_limit)
        if self.flags.wait or asked.state.is_final:
            return self._ended(asked)
        self.screen.result(asked.id, asked.document if self.flags.json else None)
        return exits.APPROVED

    def wait(self) -> int:
        """Wait for the end of what was asked before."""
        return self._wait(self.flags.id, self.flags.digest, read_duration(self.flags.wait_limit))

    def status(self) -> int:
        """Say where it stands."""
        with self.stops.heeded():
            seen = self.client.show(self.flags.id)
        return self._ended(seen) if seen.state.is_final else self._open(seen)

    def report(self) -> int:
        """Bring other evidence for it: 0 once it stands, also when that is nothing new."""
        evidence, reports = compose_evidence(self.flags, self.env), read_reports(self.flags.report)
        with self.stops.heeded():
            seen = self.client.report(self.flags.id, evidence, reports)
        self.screen.say(words.brought(seen))
        if seen.state.is_final:
            return self._ended(seen)
        self.outputs.asked(seen)
        self.screen.result(seen.id, seen.document if self.flags.json else None)
        return exits.APPROVED

    def cancel(self) -> int:
        """Take it back: 0 when it is cancelled, 1 when it ended otherwise before."""
        try:
            with self.stops.heeded():
                ended = self.client.cancel(self.flags.id, self.flags.reason)
        except Refused as refused:
            if refused.code != "not_open":
                raise
            self.screen.say(str(refused))
            return exits.REJECTED
        self.outputs.ended(ended)
        self.screen.result(ended.state.value, ended.document if self.flags.json else None)
        return exits.APPROVED if ended.state is State.CANCELLED else exits.REJECTED

    def _wait(self, request: ApprovalRequest | str, digest: str | None, limit: float) -> int:
        request_id = request if isinstance(request, str) else request.id
        try:
            with self.stops.heeded(), self.screen.watching():
                seen = self.client.wait(request, limit=limit, digest=digest, on_look=self._show)
        except Stopped:
            return self._stopped(request_id)
        if seen.state.is_final:
            return self._ended(seen)
        self.screen.say(f"the wait is over, and nothing is decided: jit-gate wait {seen.id} goes on")
        return self._open(seen)

    def _show(self, seen: ApprovalRequest) -> None:
        self.stops.heed()
        if not seen.state.is_final:
            self.screen.progress(words.standing(seen))

    def _open(self, seen: ApprovalRequest) -> int:
        self.outputs.asked(seen)
        self.screen.say(words.standing(seen))
        self.screen.result(seen.state.value, seen.document if self.flags.json else None)
        return exits.UNDECIDED

    def _ended(self, ended: ApprovalRequest) -> int:
        return conclude(ended, self.flags, self.screen, self.outputs)

    def _stopped_while_asking(self, ask: Ask, reports: Sequence[Report], key: str) -> int:
        """Take back what may have been asked: the same key brings it, or makes what is cancelled at once."""
        if self.flags.keep:
            self.screen.say(f"{self.stops.received}: it may have been asked, and is not taken back")
            return exits.UNDECIDED
        return self._stopped(self.hurried.request(ask, reports, key=key).id)

    def _stopped(self, request_id: str) -> int:
        """Take back what nobody waits for any more. However it has ended meanwhile: who was stopped goes no further."""
        if self.flags.keep:
            self.screen.say(f"{self.stops.received}: the request stays open")
            return exits.UNDECIDED
        try:
            ended = self.hurried.cancel(request_id, f"the job that waited was stopped ({self.stops.received})")
        except Refused as refused:
            self.screen.say(f"{self.stops.received}: {refused}")
            return exits.UNDECIDED if refused.code == "not_open" else exits.NO_ANSWER
        except GateError as error:
            self.screen.say(f"{self.stops.received}, and the request could not be taken back: {error}")
            return exits.NO_ANSWER
        self.screen.say(f"{self.stops.received}: #{ended.number} is taken back")
        self.outputs.ended(ended)
        self.screen.result(ended.state.value, ended.document if self.flags.json else None)
        return exits.UNDECIDED


def conclude(ended: ApprovalRequest, flags: Namespace, screen: Screen, outputs: Outputs) -> int:
    """Tell how it ended, to whoever looks and to later steps, and return what that is worth."""
    code = exits.exit_code(ended, keeps_conditions=flags.accept_conditions)
    screen.say(words.ending(ended))
    if ended.is_approved and code != exits.APPROVED:
        screen.say("it holds: give --accept-conditions if what follows keeps the condition")
    outputs.ended(ended)
    screen.result(ended.state.value, ended.document if flags.json else None)
    return code
