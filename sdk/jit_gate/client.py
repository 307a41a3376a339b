"""The typed client: ask, look, wait, take back. Sync; safe to repeat; never says yes by mistake."""

from __future__ import annotations

import math
import re
import ssl
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from json import dumps

from jit_gate.answers import ID, ApprovalRequest, Binding, read_request
from jit_gate.asking import Ask, Evidence, Report
from jit_gate.errors import Astray, BadInput, Refused, Unclear
from jit_gate.patience import Patience, Trier
from jit_gate.wire.address import read_address
from jit_gate.wire.exchange import Call, Road, exchange
from jit_gate.wire.forms import draw_form
from jit_gate.wire.problems import require_good
from jit_gate.wire.proxies import find_proxy
from jit_gate.wire.strict_json import read_object

CALL_SECONDS = 60.0
"""How long one call may take, the body's way up and the answer's way down."""

LOOK_SECONDS = 20.0
"""How long one look waits at the bot: an end is told at once, a question at the next look.

Well below the minute after which most proxies cut what is silent.
"""

SHORTEST_LOOK = 1.0
"""A house that is about to close answers everybody who waits at once; it is not asked again at once."""

_TOKEN = re.compile(r"[!-~]+")
_KEY = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")


@dataclass(frozen=True)
class Network:
    """How the bot is reached: ``ca_file`` is trusted instead of what the system trusts."""

    ca_file: str | None = None
    allow_http: bool = False


class Client:
    """Asks one bot as one source. Every method raises GateError; none returns a yes that was not read whole.

    *token* may be what hands out a token: then it is asked before each call, so that one which ends is followed by
    another.
    """

    def __init__(
        self,
        url: str,
        token: str | Callable[[], str],
        *,
        network: Network | None = None,
        patience: Patience | None = None,
    ) -> None:
        if isinstance(token, str):
            _shown(token)
        network = network or Network()
        address = read_address(url, allow_http=network.allow_http)
        self._road = Road(address, _tls(network.ca_file) if address.secure else None, find_proxy(address))
        self._token = token
        self._patience = patience or Patience()
        self._trier = Trier(self._patience)

    def request(self, ask: Ask, reports: Sequence[Report] = (), *, key: str | None = None) -> ApprovalRequest:
        """Ask, once, however often it has to be sent. *key* is the idempotency key; a new one unless given.

        Raises Unclear when the answer does not repeat what was asked.
        """
        key = str(uuid.uuid4()) if key is None else key
        if not _KEY.fullmatch(key):
            raise BadInput("An idempotency key is 1 to 255 visible ASCII characters.")
        body = ask.encode()
        content_type, content = draw_form(body, reports) if reports else ("application/json", body)
        headers = {"Content-Type": content_type, "Idempotency-Key": key}
        call = self._call("POST", "", headers, content)
        asked = self._trier.run(lambda left: self._send(call, min(CALL_SECONDS, left), frozenset({200, 201})))
        if differing := ask.differences(asked.document):
            raise Unclear(f"The answer is not about what was asked: it differs in {', '.join(differing)}.")
        return asked

    def report(self, request_id: str, evidence: Evidence, reports: Sequence[Report] = ()) -> ApprovalRequest:
        """Bring other evidence for an open request, and return it as it stands then. Sent again, it changes nothing.

        Raises Refused (``not_open``, ``stale``) when it has ended, or when a newer revision came before.
        """
        request_id, body = _checked(request_id), evidence.encode()
        content_type, content = draw_form(body, reports) if reports else ("application/json", body)
        call = self._call("PUT", f"/{request_id}/evidence", {"Content-Type": content_type}, content)
        seen = self._trier.run(lambda left: self._about(call, request_id, min(CALL_SECONDS, left)))
        if evidence.commit is not None and seen.document.get("commit") != evidence.commit:
            raise Unclear("The answer is not about what was brought: it is about another commit.")
        return seen

    def show(self, request_id: str) -> ApprovalRequest:
        """Return the request as it stands."""
        return self._look(_checked(request_id), 0.0, None)

    def wait(
        self,
        request: ApprovalRequest | str,
        *,
        limit: float | None = None,
        digest: str | None = None,
        on_look: Callable[[ApprovalRequest], None] = lambda _: None,
    ) -> ApprovalRequest:
        """Return the request as soon as it has ended; after *limit* seconds as it stands then.

        The answer holds for what was asked: *digest*, or that of the request given, or of the first look. Raises
        Unclear when that changes. *on_look* is told of every look.
        """
        asked_for = request if isinstance(request, str) else request.id
        binding = Binding(digest if digest or isinstance(request, str) else request.digest)
        request_id, ends = _checked(asked_for), self._patience.clock() + (math.inf if limit is None else limit)
        look_for = 0.0
        while True:
            begun = self._patience.clock()
            left = max(0.0, ends - begun)
            seen = self._look(request_id, min(look_for, left), left)
            binding.require(seen)
            on_look(seen)
            now = self._patience.clock()
            if seen.state.is_final or now >= ends:
                return seen
            self._patience.sleep(max(0.0, min(look_for, SHORTEST_LOOK, ends - now) - (now - begun)))
            look_for = LOOK_SECONDS

    def cancel(self, request_id: str, reason: str | None = None) -> ApprovalRequest:
        """Take the request back, and return it. Raises Refused (``not_open``) when it has ended otherwise."""
        request_id = _checked(request_id)
        body = dumps({} if reason is None else {"reason": reason}).encode()
        call = self._call("POST", f"/{request_id}/cancel", {"Content-Type": "application/json"}, body)
        try:
            return self._trier.run(lambda left: self._about(call, request_id, min(CALL_SECONDS, left)))
        except Refused as refused:
            # Perhaps it was our own call before, whose answer was lost on its way.
            if refused.code != "not_open" or (seen := self.show(request_id)).state.value != "cancelled":
                raise
            return seen

    def _look(self, request_id: str, wait: float, limit: float | None) -> ApprovalRequest:
        def attempt(left: float) -> ApprovalRequest:
            seconds = min(wait, left)
            call = self._call("GET", f"/{request_id}?wait={seconds:.3f}" if seconds else f"/{request_id}")
            return self._about(call, request_id, seconds + CALL_SECONDS / 4)

        return self._trier.run(attempt, limit)

    def _about(self, call: Call, request_id: str, seconds: float) -> ApprovalRequest:
        """Send a call about one request. Raises Astray when the answer is about another."""
        seen = self._send(call, seconds, frozenset({200}))
        if seen.id != request_id:
            raise Astray("The answer is about another request: something on the way mixes answers up.")
        return seen

    def _send(self, call: Call, seconds: float, good: frozenset[int]) -> ApprovalRequest:
        token = _shown(self._token if isinstance(self._token, str) else self._token())
        reply = exchange(
            self._road, replace(call, headers={"Authorization": f"Bearer {token}", **call.headers}), seconds
        )
        require_good(reply, good)
        return read_request(read_object(reply.body))

    def _call(self, method: str, rest: str, headers: dict[str, str] | None = None, body: bytes | None = None) -> Call:
        always = {
            "Accept": "application/json, application/problem+json",
            "Accept-Encoding": "identity",
            "Cache-Control": "no-store",
            "Connection": "close",
            "User-Agent": "jit-gate",
        }
        return Call(method, f"{self._road.address.path}/v1/requests{rest}", {**always, **(headers or {})}, body)


def _shown(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise BadInput("The token must be visible ASCII, without spaces.")
    return token


def _checked(request_id: str) -> str:
    if not ID.fullmatch(request_id):
        raise BadInput(f"{request_id[:60]!r} is no request's id.")
    return request_id


def _tls(ca_file: str | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # SSLError is one
        raise BadInput(f"The certificates in {ca_file} can't be read ({error.strerror or error}).") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
